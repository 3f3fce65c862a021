package io.rudder.it.tool;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.util.Arrays;

/**
 * Answers every echo request that comes to an underlay address in a datagram on port 8285, whatever subnet it is for, so
 * that nodes which exist in etcd only can be reached. Argument: the underlay address.
 */
public final class GhostEcho {
    private static final int PORT = 8285;
    private static final int TYPE = Packets.HEADER_BYTES;

    private GhostEcho() {}

    /** Runs until it is ended. */
    public static void main(String[] args) throws IOException {
        byte[] buffer = new byte[1500];
        try (DatagramSocket socket = new DatagramSocket(PORT, InetAddress.getByName(args[0]))) {
            System.out.println("answering");
            while (true) {
                DatagramPacket datagram = new DatagramPacket(buffer, buffer.length);
                socket.receive(datagram);
                byte[] packet = Arrays.copyOf(buffer, datagram.getLength());
                if (packet.length > TYPE && packet[TYPE] == Packets.ECHO_REQUEST) {
                    byte[] reply = Packets.replyTo(packet);
                    socket.send(new DatagramPacket(reply, reply.length, datagram.getSocketAddress()));
                }
            }
        }
    }
}
