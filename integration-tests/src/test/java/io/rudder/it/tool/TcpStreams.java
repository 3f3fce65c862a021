package io.rudder.it.tool;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Several TCP streams at once, each carrying other random bytes both ways, written in pieces of odd sizes. Arguments:
 * {@code serve} or {@code connect}, address, port, how many streams, bytes each way. Both sides end with
 * {@code whole N}, the number of streams whose content arrived unchanged.
 */
public final class TcpStreams {
    private static final int MAX_WRITE_BYTES = 9000;

    private final int count;
    private final int bytes;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CompletionService<Boolean> results = new ExecutorCompletionService<>(threads);

    private TcpStreams(int count, int bytes) {
        this.count = count;
        this.bytes = bytes;
    }

    /** Runs until all streams have ended. */
    public static void main(String[] args) throws Exception {
        InetAddress address = InetAddress.getByName(args[1]);
        int port = Integer.parseInt(args[2]);
        TcpStreams streams = new TcpStreams(Integer.parseInt(args[3]), Integer.parseInt(args[4]));
        if (args[0].equals("serve")) {
            streams.serve(address, port);
        } else {
            streams.connect(address, port);
        }
    }

    private void serve(InetAddress address, int port) throws Exception {
        try (ServerSocket server = new ServerSocket(port, count, address)) {
            System.out.println("listening");
            for (int i = 0; i < count; i++) {
                Socket socket = server.accept();
                exchange(socket, -socket.getPort(), socket.getPort());
            }
            report();
        }
    }

    private void connect(InetAddress address, int port) throws Exception {
        for (int i = 0; i < count; i++) {
            Socket socket = new Socket(address, port);
            exchange(socket, socket.getLocalPort(), -socket.getLocalPort());
        }
        report();
    }

    private void report() throws Exception {
        int whole = 0;
        for (int i = 0; i < 2 * count; i++) {
            whole += results.take().get() ? 1 : 0;
        }
        threads.shutdown();
        System.out.println("whole " + whole / 2);
    }

    private void exchange(Socket socket, long ownSeed, long otherSeed) throws IOException {
        socket.setTcpNoDelay(true);
        results.submit(send(socket, ownSeed));
        results.submit(receive(socket, otherSeed));
    }

    private byte[] content(long seed) {
        byte[] content = new byte[bytes];
        new Random(seed).nextBytes(content);
        return content;
    }

    private Callable<Boolean> send(Socket socket, long seed) {
        return () -> {
            byte[] content = content(seed);
            Random sizes = new Random(~seed);
            OutputStream output = socket.getOutputStream();
            for (int done = 0; done < bytes; ) {
                int size = Math.min(1 + sizes.nextInt(1 + sizes.nextInt(MAX_WRITE_BYTES)), bytes - done);
                output.write(content, done, size);
                done += size;
            }
            socket.shutdownOutput();
            return true;
        };
    }

    private Callable<Boolean> receive(Socket socket, long seed) {
        return () -> {
            InputStream input = socket.getInputStream();
            byte[] received = input.readNBytes(bytes);
            return Arrays.equals(received, content(seed)) && input.read() < 0;
        };
    }
}
