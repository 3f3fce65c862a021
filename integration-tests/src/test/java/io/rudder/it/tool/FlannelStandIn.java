package io.rudder.it.tool;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A node that knows no more than the wire facts of flannel's {@code udp} backend: one datagram is one raw IP packet, on
 * port 8285 at both ends, received into a buffer of the TUN's MTU. It answers echo requests to its subnet.
 *
 * <p>Arguments: own underlay address, the first three bytes of the own /24 such as {@code 10.0.9}. Commands on standard
 * input: {@code peer PREFIX ADDRESS} names the node of another /24, {@code ping DESTINATION SEQUENCE BYTES} sends an
 * echo request of that many bytes in all. Prints {@code request from A of N bytes} and {@code reply from A seq S}.
 */
public final class FlannelStandIn {
    private static final int PORT = 8285;
    private static final int MTU_BYTES = 1472;
    private static final int ECHO_HEADERS_BYTES = Packets.HEADER_BYTES + 8;

    private final Map<String, String> nodeOfPrefix = new ConcurrentHashMap<>();
    private final DatagramSocket socket;
    private final String prefix;

    private FlannelStandIn(String address, String prefix) throws IOException {
        this.socket = new DatagramSocket(PORT, InetAddress.getByName(address));
        this.prefix = prefix;
    }

    /** Runs until standard input ends. */
    public static void main(String[] args) throws IOException {
        FlannelStandIn node = new FlannelStandIn(args[0], args[1]);
        Thread receiver = new Thread(node::receiveForEver, "receiver");
        receiver.setDaemon(true);
        receiver.start();
        System.out.println("started");
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            node.obey(line.split(" "));
        }
    }

    private void obey(String[] words) throws IOException {
        if (words[0].equals("peer")) {
            nodeOfPrefix.put(words[1], words[2]);
        } else {
            byte[] payload = new byte[Integer.parseInt(words[3]) - ECHO_HEADERS_BYTES];
            String source = prefix + ".1";
            send(Packets.echo(Packets.ECHO_REQUEST, source, words[1], Integer.parseInt(words[2]), payload));
        }
    }

    private void receiveForEver() {
        byte[] buffer = new byte[MTU_BYTES];
        while (true) {
            DatagramPacket datagram = new DatagramPacket(buffer, buffer.length);
            try {
                socket.receive(datagram);
                accept(Arrays.copyOf(buffer, datagram.getLength()));
            } catch (IOException e) {
                System.out.println("failed " + e);
            }
        }
    }

    private void accept(byte[] packet) throws IOException {
        if (packet.length < ECHO_HEADERS_BYTES || !prefixAt(packet, 16).equals(prefix)) {
            return;
        }
        String source = Packets.addressAt(packet, 12);
        int sequence = (packet[26] & 0xff) << 8 | packet[27] & 0xff;
        if (packet[20] == Packets.ECHO_REPLY) {
            System.out.printf("reply from %s seq %d%n", source, sequence);
        } else if (packet[20] == Packets.ECHO_REQUEST) {
            System.out.printf("request from %s of %d bytes%n", source, packet.length);
            send(Packets.replyTo(packet));
        }
    }

    private void send(byte[] packet) throws IOException {
        String node = nodeOfPrefix.get(prefixAt(packet, 16));
        if (node == null) {
            System.out.println("no node for " + Packets.addressAt(packet, 16));
            return;
        }
        socket.send(new DatagramPacket(packet, packet.length, new InetSocketAddress(node, PORT)));
    }

    private static String prefixAt(byte[] packet, int index) {
        String address = Packets.addressAt(packet, index);
        return address.substring(0, address.lastIndexOf('.'));
    }
}
