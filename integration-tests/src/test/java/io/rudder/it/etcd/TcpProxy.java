package io.rudder.it.etcd;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A relay on the loopback interface that can hold back what the server answers, or cut its connections. */
final class TcpProxy implements AutoCloseable {
    private final ServerSocket listener;
    private final int serverPort;
    private final List<Closeable> sockets = new CopyOnWriteArrayList<>();

    /** Guarded by this. */
    private boolean holding;

    /** Guarded by this: what has been read and not passed on. */
    private int heldBytes;

    /** Guarded by this: where the rest of a held answer waits. */
    private InputStream heldInput = InputStream.nullInputStream();

    TcpProxy(int serverPort) throws IOException {
        this.serverPort = serverPort;
        this.listener = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        start(this::acceptAll);
    }

    String endpoint() {
        return "http://127.0.0.1:" + listener.getLocalPort();
    }

    /** From now on answers wait in the proxy. */
    synchronized void hold() {
        holding = true;
        heldBytes = 0;
        heldInput = InputStream.nullInputStream();
    }

    /** How much the server has sent that is not passed on, as far as the socket's buffer holds it. */
    synchronized int heldBytes() throws IOException {
        return heldBytes + heldInput.available();
    }

    synchronized void release() {
        holding = false;
        notifyAll();
    }

    /** Cuts all connections; new ones are accepted. */
    void cut() {
        sockets.forEach(TcpProxy::quietClose);
        sockets.clear();
    }

    @Override
    public void close() {
        quietClose(listener);
        release();
        cut();
    }

    private void acceptAll() throws IOException {
        while (!listener.isClosed()) {
            Socket client = listener.accept();
            Socket server = new Socket(InetAddress.getLoopbackAddress(), serverPort);
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            sockets.add(client);
            sockets.add(server);
            start(() -> relay(client, server, false));
            start(() -> relay(server, client, true));
        }
    }

    private void relay(Socket from, Socket to, boolean answers) throws IOException {
        byte[] buffer = new byte[65536];
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream();
        for (int length = in.read(buffer); length > 0; length = in.read(buffer)) {
            if (answers) {
                waitWhileHolding(in, length);
            }
            out.write(buffer, 0, length);
        }
        quietClose(from);
        quietClose(to);
    }

    private synchronized void waitWhileHolding(InputStream in, int length) {
        heldInput = in;
        heldBytes = length;
        try {
            while (holding) {
                wait();
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void start(Task task) {
        Thread thread = new Thread(() -> {
            try {
                task.run();
            } catch (IOException e) {
                // a connection was cut, on purpose or by one of its ends
            }
        });
        thread.setDaemon(true);
        thread.start();
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
