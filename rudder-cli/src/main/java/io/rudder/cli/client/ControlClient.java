package io.rudder.cli.client;

import io.rudder.daemon.socket.CommandRequest;
import io.rudder.daemon.socket.Frame;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A connection to the daemon of this host, for one command. */
public final class ControlClient implements AutoCloseable {
    private final SocketChannel channel;
    private final ByteBuffer header = ByteBuffer.allocate(Frame.HEADER_BYTES);
    private final ByteBuffer payload = ByteBuffer.allocate(Frame.MAX_BYTES);

    private ControlClient(SocketChannel channel) {
        this.channel = channel;
    }

    /** Connects; fails if no daemon listens there, or if this user may not reach it. */
    public static ControlClient connect(Path socket) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.connect(UnixDomainSocketAddress.of(socket));
            return new ControlClient(channel);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /**
     * Has the daemon run a command, and writes out what it answers.
     *
     * @return the exit code
     */
    public int run(CommandRequest request, OutputStream out, OutputStream err) throws IOException {
        ByteBuffer line = ByteBuffer.wrap((request.toJson() + "\n").getBytes(StandardCharsets.UTF_8));
        while (line.hasRemaining()) {
            channel.write(line);
        }
        while (true) {
            read(header, Frame.HEADER_BYTES);
            int type = header.get();
            read(payload, header.getInt());
            switch (type) {
                case Frame.OUT -> copy(out);
                case Frame.ERR -> copy(err);
                case Frame.EXIT -> {
                    return payload.getInt();
                }
                default -> throw new IOException("unknown frame " + type);
            }
        }
    }

    private void copy(OutputStream stream) throws IOException {
        stream.write(payload.array(), 0, payload.limit());
        stream.flush();
    }

    private void read(ByteBuffer buffer, int length) throws IOException {
        if (length < 0 || length > buffer.capacity()) {
            throw new IOException("frame of " + length + " bytes");
        }
        buffer.clear().limit(length);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer) < 0) {
                throw new EOFException("the daemon ended");
            }
        }
        buffer.flip();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
