package io.rudder.it.tool;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * A relay that spoils connections at a test's command. Arguments: address, port, and the port at the same address that
 * it leads to. Commands on standard input:
 *
 * <ul>
 *   <li>{@code cut} all connections; new ones are accepted
 *   <li>{@code hold}, {@code release}: nothing passes, though connections stay
 *   <li>{@code delay MILLIS}: each piece of data waits so long
 *   <li>{@code lifetime MILLIS}: each new connection is cut so long after it was made; 0 for never
 *   <li>{@code lose COUNT TEXT}: the answers to the next COUNT requests with that text in them; the request passes, and
 *       the connection is cut 100 ms later
 *   <li>{@code lost}: says how many answers were lost
 *   <li>{@code accepted}: says how many connections there were
 * </ul>
 */
public final class TcpRelay {
    private final InetSocketAddress target;
    private final List<Closeable> sockets = new CopyOnWriteArrayList<>();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(TcpRelay::daemonThread);
    private volatile int delayMillis;
    private volatile int lifetimeMillis;
    private volatile int accepted;

    /** Guarded by this. */
    private boolean holding;

    /** Guarded by this: how many answers are still to be lost. */
    private int losing;

    /** Guarded by this. */
    private int lost;

    /** Guarded by this: which requests get no answer. */
    private String marked = "";

    private TcpRelay(InetSocketAddress target) {
        this.target = target;
    }

    public static void main(String[] args) throws IOException {
        InetAddress address = InetAddress.getByName(args[0]);
        TcpRelay relay = new TcpRelay(new InetSocketAddress(address, Integer.parseInt(args[2])));
        ServerSocket listener = new ServerSocket(Integer.parseInt(args[1]), 50, address);
        start(() -> relay.acceptAll(listener));
        System.out.println("relaying");
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            relay.obey(line.split(" "));
        }
    }

    private void obey(String[] command) {
        switch (command[0]) {
            case "cut" -> cut();
            case "hold" -> hold(true);
            case "release" -> hold(false);
            case "delay" -> delayMillis = Integer.parseInt(command[1]);
            case "lifetime" -> lifetimeMillis = Integer.parseInt(command[1]);
            case "lose" -> lose(Integer.parseInt(command[1]), command[2]);
            case "lost" -> System.out.println("lost " + lost());
            case "accepted" -> System.out.println("accepted " + accepted);
            default -> throw new IllegalArgumentException(command[0]);
        }
    }

    private void cut() {
        sockets.forEach(TcpRelay::quietClose);
        sockets.clear();
    }

    private synchronized void lose(int count, String text) {
        losing = count;
        marked = text;
    }

    private synchronized int lost() {
        return lost;
    }

    private synchronized boolean isToBeLost(String request) {
        if (losing == 0 || !request.contains(marked)) {
            return false;
        }
        losing--;
        lost++;
        return true;
    }

    private synchronized void hold(boolean isHolding) {
        holding = isHolding;
        notifyAll();
    }

    @SuppressWarnings("NonAtomicOperationOnVolatileField") // one thread accepts
    private void acceptAll(ServerSocket listener) throws IOException {
        while (!listener.isClosed()) {
            Socket client = listener.accept();
            accepted++;
            try {
                connect(client);
            } catch (IOException e) {
                quietClose(client);
            }
        }
    }

    private void connect(Socket client) throws IOException {
        Socket server = new Socket();
        server.connect(target);
        client.setTcpNoDelay(true);
        server.setTcpNoDelay(true);
        sockets.addAll(List.of(client, server));
        Connection connection = new Connection(client, server);
        start(connection::relayRequests);
        start(connection::relayAnswers);
        if (lifetimeMillis > 0) {
            closeLater(connection, lifetimeMillis);
        }
    }

    private void closeLater(Connection connection, int millis) {
        timer.schedule(connection::close, millis, TimeUnit.MILLISECONDS);
    }

    private final class Connection {
        private static final int LOST_AFTER_MILLIS = 100;

        private final Socket client;
        private final Socket server;
        private volatile boolean mute;

        Connection(Socket client, Socket server) {
            this.client = client;
            this.server = server;
        }

        void relayRequests() throws IOException {
            relay(client, server, request -> {
                if (isToBeLost(request)) {
                    mute = true;
                    closeLater(this, LOST_AFTER_MILLIS);
                }
                return true;
            });
        }

        void relayAnswers() throws IOException {
            relay(server, client, answer -> !mute);
        }

        private void relay(Socket from, Socket to, Predicate<String> passes) throws IOException {
            byte[] buffer = new byte[65536];
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            try {
                for (int length = in.read(buffer); length > 0; length = in.read(buffer)) {
                    waitAsTold();
                    if (passes.test(new String(buffer, 0, length, StandardCharsets.ISO_8859_1))) {
                        out.write(buffer, 0, length);
                    }
                }
            } finally {
                close();
            }
        }

        void close() {
            quietClose(client);
            quietClose(server);
        }
    }

    private synchronized void waitAsTold() {
        try {
            while (holding) {
                wait();
            }
            if (delayMillis > 0) {
                long end = System.nanoTime() + delayMillis * 1_000_000L;
                for (long left = delayMillis; left > 0; left = (end - System.nanoTime()) / 1_000_000) {
                    wait(left);
                }
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void start(Task task) {
        daemonThread(() -> {
                    try {
                        task.run();
                    } catch (IOException e) {
                        // a connection ended
                    }
                })
                .start();
    }

    private static Thread daemonThread(Runnable task) {
        Thread thread = new Thread(task);
        thread.setDaemon(true);
        return thread;
    }

    private static void quietClose(Closeable socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // closed is closed
        }
    }

    private interface Task {
        void run() throws IOException;
    }
}
