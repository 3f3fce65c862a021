package io.rudder.it.tool;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.concurrent.locks.LockSupport;

/**
 * Numbered datagrams at a steady rate, unacknowledged. Arguments: {@code receive} or {@code send}, address, port, how
 * many in all, and to send how many a second. The receiver ends with {@code received N, lost L, doubled D, disordered O,
 * longest gap G ms}, when no more come.
 */
public final class UdpStream {
    private static final int LENGTH = 100;
    private static final int SILENCE_BOUND_MILLIS = 5000;
    private static final int START_BOUND_MILLIS = 60_000;
    private static final int RECEIVE_BUFFER_BYTES = 32 << 20;
    private static final int MAX_GAPS = 20;
    // A sender that had to wait for a processor does not make up for all of it: a burst would fill any queue.
    private static final int MAX_BURST = 50;
    private static final long NANOS_PER_SECOND = 1_000_000_000;

    private UdpStream() {}

    /** Runs until all datagrams were sent, or no more come. */
    public static void main(String[] args) throws IOException {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getByName(args[1]), Integer.parseInt(args[2]));
        int count = Integer.parseInt(args[3]);
        if (args[0].equals("receive")) {
            receive(address, count);
        } else {
            send(address, count, Integer.parseInt(args[4]));
        }
    }

    private static void send(InetSocketAddress to, int count, int perSecond) throws IOException {
        try (DatagramSocket socket = new DatagramSocket()) {
            ByteBuffer content = ByteBuffer.allocate(LENGTH);
            long intervalNanos = NANOS_PER_SECOND / perSecond;
            long due = System.nanoTime();
            for (int number = 0; number < count; number++) {
                due = Math.max(due + intervalNanos, System.nanoTime() - MAX_BURST * intervalNanos);
                for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                    LockSupport.parkNanos(left);
                }
                content.putInt(0, number);
                socket.send(new DatagramPacket(content.array(), LENGTH, to));
            }
        }
        System.out.println("sent " + count);
    }

    /** The first lost numbers as ranges. */
    private static String gaps(BitSet seen, int count) {
        StringBuilder text = new StringBuilder();
        int from = seen.nextClearBit(0);
        for (int gaps = 0; from < count && gaps < MAX_GAPS; gaps++) {
            int next = seen.nextSetBit(from);
            int to = next < 0 ? count : next;
            text.append(' ').append(from).append("..").append(to - 1);
            from = seen.nextClearBit(to);
        }
        return text.length() == 0 ? " none" : text.toString();
    }

    private static void receive(InetSocketAddress address, int count) throws IOException {
        BitSet seen = new BitSet(count);
        int received = 0;
        int doubled = 0;
        int disordered = 0;
        int highest = -1;
        long longestGap = 0;
        try (DatagramSocket socket = new DatagramSocket(address)) {
            socket.setReceiveBufferSize(RECEIVE_BUFFER_BYTES);
            socket.setSoTimeout(START_BOUND_MILLIS);
            System.out.println("listening");
            DatagramPacket packet = new DatagramPacket(new byte[LENGTH], LENGTH);
            long last = 0;
            while (received < count) {
                socket.receive(packet);
                long now = System.nanoTime();
                if (last == 0) {
                    socket.setSoTimeout(SILENCE_BOUND_MILLIS);
                }
                longestGap = last == 0 ? 0 : Math.max(longestGap, now - last);
                last = now;
                int number = ByteBuffer.wrap(packet.getData()).getInt(0);
                doubled += seen.get(number) ? 1 : 0;
                received += seen.get(number) ? 0 : 1;
                seen.set(number);
                disordered += number < highest ? 1 : 0;
                highest = Math.max(highest, number);
            }
        } catch (SocketTimeoutException e) {
            System.out.println("no more come");
        }
        System.out.println("lost ones: " + gaps(seen, count));
        System.out.printf(
                "received %d, lost %d, doubled %d, disordered %d, longest gap %d ms%n",
                received, count - received, doubled, disordered, longestGap / 1_000_000);
    }
}
