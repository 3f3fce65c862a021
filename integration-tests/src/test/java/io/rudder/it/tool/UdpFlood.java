package io.rudder.it.tool;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.time.Duration;

/**
 * Datagrams as fast as the machine makes them. {@code flood ADDRESS PORT SECONDS BYTES} sends and ends with {@code sent
 * N}; {@code hold ADDRESS PORT} owns the port and never reads from it, so that nobody is told that it is closed.
 */
public final class UdpFlood {
    private static final int SENDS_PER_LOOK_AT_THE_CLOCK = 100;

    private UdpFlood() {}

    /** Floods for the given time, or holds the port until the process is ended. */
    public static void main(String[] args) throws IOException, InterruptedException {
        InetSocketAddress address = new InetSocketAddress(args[1], Integer.parseInt(args[2]));
        try (DatagramChannel channel = DatagramChannel.open()) {
            if (args[0].equals("hold")) {
                channel.setOption(StandardSocketOptions.SO_RCVBUF, 4096).bind(address);
                System.out.println("holding");
                Thread.currentThread().join();
            }
            channel.connect(address);
            flood(channel, Duration.ofSeconds(Long.parseLong(args[3])), Integer.parseInt(args[4]));
        }
    }

    private static void flood(DatagramChannel channel, Duration time, int bytes) throws IOException {
        ByteBuffer content = ByteBuffer.allocateDirect(bytes);
        long end = System.nanoTime() + time.toNanos();
        long sent = 0;
        while (System.nanoTime() - end < 0) {
            for (int i = 0; i < SENDS_PER_LOOK_AT_THE_CLOCK; i++) {
                sent += channel.write(content.rewind()) > 0 ? 1 : 0;
            }
        }
        System.out.println("sent " + sent);
    }
}
