package io.rudder.it.tool;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Random;

/**
 * Sends datagrams with any content. Arguments: target address and port. Commands on standard input, each answered by
 * {@code done}: {@code hex BYTES} sends one datagram, {@code random COUNT SEED} sends COUNT of random size and content.
 */
public final class UdpSend {
    private static final int MAX_RANDOM_BYTES = 1472;

    private UdpSend() {}

    /** Runs until standard input ends. */
    public static void main(String[] args) throws IOException {
        InetSocketAddress target = new InetSocketAddress(args[0], Integer.parseInt(args[1]));
        try (DatagramSocket socket = new DatagramSocket()) {
            BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            System.out.println("started");
            for (String line = input.readLine(); line != null; line = input.readLine()) {
                String[] words = line.split(" ", -1);
                if (words[0].equals("hex")) {
                    send(socket, target, HexFormat.of().parseHex(words[1]));
                } else {
                    sendRandom(socket, target, Integer.parseInt(words[1]), Long.parseLong(words[2]));
                }
                System.out.println("done");
            }
        }
    }

    private static void sendRandom(DatagramSocket socket, InetSocketAddress target, int count, long seed)
            throws IOException {
        Random random = new Random(seed);
        for (int i = 0; i < count; i++) {
            byte[] content = new byte[random.nextInt(MAX_RANDOM_BYTES)];
            random.nextBytes(content);
            send(socket, target, content);
        }
    }

    private static void send(DatagramSocket socket, InetSocketAddress target, byte[] content) throws IOException {
        socket.send(new DatagramPacket(content, content.length, target));
    }
}
