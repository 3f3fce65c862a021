package io.rudder.it.tool;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;

/**
 * Numbered datagrams of many sizes, in bursts, each of which the receiver acknowledges, so that no queue overflows. The
 * number is the first thing in a datagram and in an acknowledgement. Arguments: {@code receive} or {@code send},
 * address, port, how many, and the longest size in bytes. The receiver ends with {@code received N, wrong W, disordered D}, after the last datagram or
 * when no more come.
 */
public final class UdpNumbers {
    /** Where a datagram's number is. */
    public static final int NUMBER = 0;

    private static final int BURST = 16;
    private static final int ACKNOWLEDGEMENT_BOUND_MILLIS = 1000;
    private static final int SILENCE_BOUND_MILLIS = 10_000;
    // The kernel doubles it, up to net.core.rmem_max; a datagram that came in a super-packet takes more than its bytes.
    private static final int RECEIVE_BUFFER_BYTES = 1 << 20;
    private static final int[] EQUAL_SIZES = {4, 5, 64, 333, 1000, 1443, 1444};

    /** Runs until all datagrams were sent or received. */
    public static void main(String[] args) throws IOException {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getByName(args[1]), Integer.parseInt(args[2]));
        int count = Integer.parseInt(args[3]);
        int longest = Integer.parseInt(args[4]);
        if (args[0].equals("receive")) {
            receive(address, count, longest);
        } else {
            send(address, count, longest);
        }
    }

    /** Bursts of one size, which may travel together, and bursts of random sizes take turns. */
    private static byte[] content(int number, int longest) {
        int burst = number / BURST;
        Random random = new Random(number);
        int size = burst % 2 == 0
                ? EQUAL_SIZES[burst / 2 % EQUAL_SIZES.length]
                : 4 + random.nextInt((random.nextInt(8) == 0 ? longest : 1444) - 3);
        byte[] content = new byte[size];
        random.nextBytes(content);
        ByteBuffer.wrap(content).putInt(NUMBER, number);
        return content;
    }

    private static void send(InetSocketAddress to, int count, int longest) throws IOException {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.setSoTimeout(ACKNOWLEDGEMENT_BOUND_MILLIS);
            for (int number = 0; number < count; number++) {
                byte[] content = content(number, longest);
                socket.send(new DatagramPacket(content, content.length, to));
                if (number % BURST == BURST - 1) {
                    awaitAcknowledgement(socket, number);
                }
            }
        }
    }

    private static void awaitAcknowledgement(DatagramSocket socket, int number) throws IOException {
        DatagramPacket answer = new DatagramPacket(new byte[4], 4);
        try {
            do {
                socket.receive(answer);
            } while (ByteBuffer.wrap(answer.getData()).getInt(NUMBER) < number);
        } catch (SocketTimeoutException e) {
            System.out.println("no acknowledgement of " + number);
        }
    }

    private final DatagramSocket socket;
    private final int longest;
    private int received;
    private int wrong;
    private int disordered;
    private int last = -1;

    private UdpNumbers(DatagramSocket socket, int longest) {
        this.socket = socket;
        this.longest = longest;
    }

    private static void receive(InetSocketAddress address, int count, int longest) throws IOException {
        try (DatagramSocket socket = new DatagramSocket(address)) {
            socket.setReceiveBufferSize(RECEIVE_BUFFER_BYTES);
            socket.setSoTimeout(SILENCE_BOUND_MILLIS);
            System.out.println("listening");
            new UdpNumbers(socket, longest).receiveUntil(count - 1);
        }
    }

    private void receiveUntil(int end) throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[65_535], 65_535);
        try {
            while (last < end) {
                socket.receive(packet);
                accept(Arrays.copyOf(packet.getData(), packet.getLength()), packet.getSocketAddress());
            }
        } catch (SocketTimeoutException e) {
            System.out.println("nothing after " + last);
        }
        System.out.printf("received %d, wrong %d, disordered %d%n", received, wrong, disordered);
    }

    private void accept(byte[] content, SocketAddress from) throws IOException {
        int number = ByteBuffer.wrap(content).getInt(NUMBER);
        received++;
        wrong += Arrays.equals(content, content(number, longest)) ? 0 : 1;
        disordered += number > last ? 0 : 1;
        last = Math.max(last, number);
        if (number % BURST == BURST - 1) {
            socket.send(new DatagramPacket(content, 4, from));
        }
    }
}
