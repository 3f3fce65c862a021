package io.rudder.daemon.systemd;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollDomainDatagramChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.FileDescriptor;
import io.rudder.netty.linux.RightsMessage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the service manager how the daemon fares, in the form of sd_notify(3): lines of {@code NAME=value} in a datagram
 * to the socket that {@code NOTIFY_SOCKET} names, a path, or an abstract name behind {@code @}. Without one nothing is
 * told. All methods may be called from any thread.
 */
public final class SystemdNotifier {
    private static final Logger log = LoggerFactory.getLogger(SystemdNotifier.class);
    private static final String SOCKET = "NOTIFY_SOCKET";
    private static final long LIMIT_SECONDS = 1;
    // Whoever looks at the status does not mind, and a storm of changes shall not become one of messages.
    private static final long STATUS_DELAY_SECONDS = 1;

    private final Optional<Channel> channel;
    private final AtomicReference<String> nextStatus = new AtomicReference<>();

    private SystemdNotifier(Optional<Channel> channel) {
        this.channel = channel;
    }

    /** Connects to the service manager that started this process, if one did and wants to be told. */
    public static SystemdNotifier open(EventLoopGroup group, Map<String, String> environment) {
        String name = environment.getOrDefault(SOCKET, "");
        if (!name.startsWith("/") && !name.startsWith("@")) {
            if (!name.isEmpty()) {
                log.warn(
                        "{}={} is neither a path nor an abstract socket: the service manager is not told",
                        SOCKET,
                        name);
            }
            return new SystemdNotifier(Optional.empty());
        }
        String path = name.startsWith("@") ? "\0" + name.substring(1) : name;
        ChannelFuture connected = new Bootstrap()
                .group(group)
                .channel(EpollDomainDatagramChannel.class)
                .handler(new ChannelInboundHandlerAdapter())
                .connect(new DomainSocketAddress(path))
                .awaitUninterruptibly();
        if (!connected.isSuccess()) {
            log.warn(
                    "the service manager at {} does not listen: {}",
                    name,
                    connected.cause().getMessage());
            return new SystemdNotifier(Optional.empty());
        }
        return new SystemdNotifier(Optional.of(connected.channel()));
    }

    /** Whether anybody is told. */
    public boolean isConnected() {
        return channel.isPresent();
    }

    /** The daemon does its work from now on. */
    public void ready(String status) {
        send("READY=1\n" + statusLine(status));
    }

    /** What the daemon does, in one line for people; told at most once a second, the latest. */
    public void status(String status) {
        if (channel.isPresent() && nextStatus.getAndSet(status) == null) {
            channel.get()
                    .eventLoop()
                    .schedule(
                            () -> send(statusLine(nextStatus.getAndSet(null))), STATUS_DELAY_SECONDS, TimeUnit.SECONDS);
        }
    }

    /** The daemon is alive. */
    public void watchdog() {
        send("WATCHDOG=1");
    }

    /** The daemon ends; returns once that is told. */
    public void stopping(String status) {
        sendNow("STOPPING=1\n" + statusLine(status));
    }

    private static String statusLine(String status) {
        return "STATUS=" + status.replace('\n', ' ');
    }

    /** Lets the service manager close what was stored by a name. */
    public void discard(String name) {
        sendNow("FDSTOREREMOVE=1\nFDNAME=" + name);
    }

    /**
     * Leaves open descriptors with the service manager, which gives them to the next process; returns once they are there.
     *
     * @param name what the next process finds them by: letters, digits and hyphens
     */
    public void store(String name, List<FileDescriptor> descriptors) throws IOException {
        byte[] text = ("FDSTORE=1\nFDNAME=" + name).getBytes(StandardCharsets.UTF_8);
        RightsMessage.send(((EpollDomainDatagramChannel) channel.orElseThrow()).fd(), text, descriptors);
    }

    private void sendNow(String lines) {
        Optional.ofNullable(send(lines)).ifPresent(sent -> sent.awaitUninterruptibly(LIMIT_SECONDS, TimeUnit.SECONDS));
    }

    private ChannelFuture send(String lines) {
        return channel.map(socket -> socket.writeAndFlush(Unpooled.copiedBuffer(lines, StandardCharsets.UTF_8))
                        .addListener(sent -> {
                            if (!sent.isSuccess()) {
                                log.debug("the service manager was not told {}: {}", lines, sent.cause());
                            }
                        }))
                .orElse(null);
    }

    /** Lets go of the socket. */
    public void close() {
        channel.ifPresent(Channel::close);
    }
}
