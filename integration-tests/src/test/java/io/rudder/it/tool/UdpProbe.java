package io.rudder.it.tool;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.util.Arrays;
import java.util.Random;

/**
 * Sends one datagram of each wanted size to a {@link UdpEcho} and compares what comes back byte by byte. Arguments:
 * address, port, and sizes such as {@code 7} or {@code 0-1500}. Prints {@code lost N} or {@code wrong N} for a size
 * that failed, and at the end {@code probed COUNT}.
 */
public final class UdpProbe {
    private static final int ANSWER_BOUND_MILLIS = 2000;

    private UdpProbe() {}

    /** Runs until all sizes were tried. */
    public static void main(String[] args) throws IOException {
        int probed = 0;
        try (DatagramSocket socket = new DatagramSocket()) {
            InetSocketAddress target = new InetSocketAddress(args[0], Integer.parseInt(args[1]));
            socket.setSoTimeout(ANSWER_BOUND_MILLIS);
            for (String range : Arrays.asList(args).subList(2, args.length)) {
                String[] ends = range.split("-");
                int last = Integer.parseInt(ends[ends.length - 1]);
                for (int size = Integer.parseInt(ends[0]); size <= last; size++) {
                    probe(socket, target, size);
                    probed++;
                }
            }
        }
        System.out.println("probed " + probed);
    }

    private static void probe(DatagramSocket socket, InetSocketAddress target, int size) throws IOException {
        byte[] sent = new byte[size];
        new Random(size).nextBytes(sent);
        socket.send(new DatagramPacket(sent, size, target));
        DatagramPacket answer = new DatagramPacket(new byte[65_535], 65_535);
        try {
            socket.receive(answer);
            if (!Arrays.equals(sent, Arrays.copyOf(answer.getData(), answer.getLength()))) {
                System.out.println("wrong " + size);
            }
        } catch (SocketTimeoutException e) {
            System.out.println("lost " + size);
        }
    }
}
