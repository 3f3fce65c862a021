package io.rudder.it.tool;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Random;
import java.util.zip.CRC32C;

/**
 * Moves random bytes over TCP. {@code receive ADDRESS PORT} takes one connection to its end, {@code send ADDRESS PORT
 * BYTES SEED} makes one. Both end with {@code BYTES bytes, checksum C}; the checksum is CRC-32C.
 */
public final class TcpTransfer {
    private static final int CHUNK_BYTES = 64 * 1024;

    private TcpTransfer() {}

    /** Runs one transfer. */
    public static void main(String[] args) throws IOException {
        InetAddress address = InetAddress.getByName(args[1]);
        int port = Integer.parseInt(args[2]);
        if (args[0].equals("receive")) {
            receive(address, port);
        } else {
            send(address, port, Long.parseLong(args[3]), Long.parseLong(args[4]));
        }
    }

    private static void receive(InetAddress address, int port) throws IOException {
        try (ServerSocket server = new ServerSocket(port, 1, address)) {
            System.out.println("listening");
            try (Socket socket = server.accept()) {
                InputStream input = socket.getInputStream();
                CRC32C checksum = new CRC32C();
                byte[] chunk = new byte[CHUNK_BYTES];
                long total = 0;
                for (int count = input.read(chunk); count >= 0; count = input.read(chunk)) {
                    checksum.update(chunk, 0, count);
                    total += count;
                }
                report(total, checksum);
            }
        }
    }

    private static void send(InetAddress address, int port, long bytes, long seed) throws IOException {
        Random random = new Random(seed);
        CRC32C checksum = new CRC32C();
        byte[] chunk = new byte[CHUNK_BYTES];
        try (Socket socket = new Socket(address, port)) {
            OutputStream output = socket.getOutputStream();
            for (long left = bytes; left > 0; left -= chunk.length) {
                random.nextBytes(chunk);
                int count = (int) Math.min(left, chunk.length);
                output.write(chunk, 0, count);
                checksum.update(chunk, 0, count);
            }
        }
        report(bytes, checksum);
    }

    private static void report(long bytes, CRC32C checksum) {
        System.out.printf("%d bytes, checksum %08x%n", bytes, checksum.getValue());
    }
}
