package io.rudder.it.tool;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;

/** Sends each datagram back to where it came from. Arguments: own address and port. */
public final class UdpEcho {
    private UdpEcho() {}

    /** Runs until the process is ended. */
    public static void main(String[] args) throws IOException {
        InetAddress address = InetAddress.getByName(args[0]);
        try (DatagramSocket socket = new DatagramSocket(Integer.parseInt(args[1]), address)) {
            System.out.println("listening");
            byte[] buffer = new byte[65_535];
            while (true) {
                DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                socket.receive(packet);
                socket.send(packet);
            }
        }
    }
}
