package io.rudder.daemon.socket;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.handler.codec.LineBasedFrameDecoder;
import io.netty.handler.timeout.WriteTimeoutHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * A Unix socket that takes one command a connection: a line with a {@link CommandRequest}, answered by frames (see
 * {@link Frame}). Only its owner may connect.
 */
public final class ControlSocket implements AutoCloseable {
    private static final int MAX_COMMANDS = 16;
    private static final int WRITE_SECONDS = 60;

    private final Path path;
    private final Object fileKey;
    private final Channel channel;
    private final ExecutorService commands;

    private ControlSocket(Path path, Channel channel, ExecutorService commands) throws IOException {
        this.path = path;
        this.fileKey = fileKey(path);
        this.channel = channel;
        this.commands = commands;
    }

    /**
     * Listens. What a daemon that was killed left at the path is replaced.
     *
     * @param group a loop of Netty's epoll transport, for all connections
     * @throws IOException with one line fit for an operator, if another daemon listens there or the file cannot be made
     */
    public static ControlSocket open(Path path, EventLoopGroup group, CommandShell shell) throws IOException {
        if (answers(path)) {
            throw new IOException("another daemon answers at " + path + "; stop it, or choose another -run-dir");
        }
        Files.createDirectories(path.getParent());
        ExecutorService commands = new ThreadPoolExecutor(
                0,
                MAX_COMMANDS,
                10,
                TimeUnit.SECONDS,
                new SynchronousQueue<>(),
                new DefaultThreadFactory("rudder-command", true));
        // Nobody may connect before the mode is right, so the socket gets its name after.
        Path unnamed = path.resolveSibling(
                "." + path.getFileName() + "." + ProcessHandle.current().pid());
        Files.deleteIfExists(unnamed);
        Channel channel = bind(unnamed, group, shell, commands);
        Files.setPosixFilePermissions(unnamed, PosixFilePermissions.fromString("rw-------"));
        Files.move(unnamed, path, StandardCopyOption.ATOMIC_MOVE);
        return new ControlSocket(path, channel, commands);
    }

    private static Channel bind(Path path, EventLoopGroup group, CommandShell shell, ExecutorService commands)
            throws IOException {
        ChannelFuture bound = new ServerBootstrap()
                .group(group)
                .channel(EpollServerDomainSocketChannel.class)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel connection) {
                        connection
                                .pipeline()
                                .addLast(new WriteTimeoutHandler(WRITE_SECONDS))
                                .addLast(new LineBasedFrameDecoder(CommandRequest.MAX_BYTES))
                                .addLast(new ControlConnection(shell, commands));
                    }
                })
                .bind(new DomainSocketAddress(path.toString()))
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException(
                    "could not listen at " + path + ": " + bound.cause().getMessage(), bound.cause());
        }
        return bound.channel();
    }

    private static boolean answers(Path path) {
        try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            return probe.connect(UnixDomainSocketAddress.of(path));
        } catch (IOException e) {
            return false;
        }
    }

    private static Object fileKey(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
    }

    /** Ends all commands, and removes the file unless another daemon has replaced it. */
    @Override
    public void close() throws IOException {
        commands.shutdownNow();
        channel.close().awaitUninterruptibly(1, TimeUnit.SECONDS);
        if (Files.exists(path) && fileKey(path).equals(fileKey)) {
            Files.delete(path);
        }
    }
}
