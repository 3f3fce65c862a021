package io.rudder.it.tool;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.concurrent.locks.LockSupport;

/**
 * One end of a steady exchange of numbered datagrams: sends one each interval and counts what comes from the other end.
 * Arguments: own address, the other's address, port, interval in microseconds. Lines on standard input start the
 * sending, end it, and end the receiving; then it says {@code sent N, refused R, received M, twice D, longest gap G ms}.
 */
public final class NumberedFlow {
    private static final int MAX_NUMBERS = 10_000_000;

    private final DatagramSocket socket;
    private final BitSet seen = new BitSet();
    private volatile boolean sending = true;
    private int sent;
    private int refused;
    private int received;
    private int twice;
    private long lastNanos;
    private long longestGapNanos;

    private NumberedFlow(DatagramSocket socket) {
        this.socket = socket;
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        int port = Integer.parseInt(args[2]);
        InetSocketAddress own = new InetSocketAddress(InetAddress.getByName(args[0]), port);
        InetSocketAddress other = new InetSocketAddress(InetAddress.getByName(args[1]), port);
        NumberedFlow flow = new NumberedFlow(new DatagramSocket(own));
        Thread receiver = start(flow::receive);
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        System.out.println("listening");
        input.readLine();
        Thread sender = start(() -> flow.send(other, Long.parseLong(args[3]) * 1000));
        input.readLine();
        flow.sending = false;
        sender.join();
        System.out.println("silent");
        input.readLine();
        flow.socket.close();
        receiver.join();
        System.out.printf(
                "sent %d, refused %d, received %d, twice %d, longest gap %d ms%n",
                flow.sent, flow.refused, flow.received, flow.twice, flow.longestGapNanos / 1_000_000);
    }

    private void send(InetSocketAddress to, long intervalNanos) {
        long start = System.nanoTime();
        ByteBuffer content = ByteBuffer.allocate(64);
        for (long i = 0; sending; i++) {
            LockSupport.parkNanos(start + i * intervalNanos - System.nanoTime());
            try {
                content.putInt(0, sent);
                socket.send(new DatagramPacket(content.array(), content.capacity(), to));
                sent++;
            } catch (IOException e) {
                // no route, or the other end is unreachable: not sent, so not lost either
                refused++;
            }
        }
    }

    private void receive() {
        DatagramPacket packet = new DatagramPacket(new byte[64], 64);
        while (!socket.isClosed()) {
            try {
                socket.receive(packet);
                accept(ByteBuffer.wrap(packet.getData()).getInt(0));
            } catch (IOException e) {
                // closed at the end, or told of an unreachable other end
            }
        }
    }

    private void accept(int number) {
        if (number < 0 || number > MAX_NUMBERS) {
            return;
        }
        long now = System.nanoTime();
        if (received > 0) {
            longestGapNanos = Math.max(longestGapNanos, now - lastNanos);
        }
        lastNanos = now;
        boolean isNew = !seen.get(number);
        twice += isNew ? 0 : 1;
        seen.set(number);
        received += isNew ? 1 : 0;
    }

    private static Thread start(Runnable task) {
        Thread thread = new Thread(task);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }
}
