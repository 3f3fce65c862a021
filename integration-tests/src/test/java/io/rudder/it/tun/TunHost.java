package io.rudder.it.tun;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.rudder.netty.linux.TunDevice;
import io.rudder.netty.tun.TunAddress;
import io.rudder.netty.tun.TunChannel;
import io.rudder.netty.tun.TunChannelOption;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** An event loop with TUN channels in the network of the calling thread, and what a test asks of them. */
final class TunHost implements AutoCloseable {
    /** What the interface is told to reach behind it. */
    static final String NETWORK = "10.77.0.0/16";

    final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(2, EpollIoHandler.newFactory());
    final List<Throwable> exceptions = new CopyOnWriteArrayList<>();
    final List<byte[]> received = new CopyOnWriteArrayList<>();

    Bootstrap bootstrap(ChannelHandler handler) {
        return new Bootstrap().group(loops).channel(TunChannel.class).handler(handler);
    }

    /** A channel whose packets and exceptions are noted. */
    Bootstrap recording() {
        return bootstrap(new Recorder());
    }

    /** The same with a queue of a device that others made. */
    Bootstrap takingOver(TunDevice device) {
        return new Bootstrap()
                .group(loops)
                .channelFactory(() -> new TunChannel(adopted(device)))
                .option(TunChannelOption.MULTI_QUEUE, true)
                .handler(new Recorder());
    }

    private static TunDevice adopted(TunDevice device) {
        try {
            return TunDevice.adopt(device.descriptor());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static TunChannel bound(ChannelFuture future) throws InterruptedException {
        return (TunChannel) future.sync().channel();
    }

    static ChannelFuture bind(Bootstrap bootstrap, String name) {
        return bootstrap.bind(new TunAddress(name));
    }

    /** Gives the interface 10.77.0.1 and a route to its network, and takes it up. */
    static void up(Channel tun) throws Exception {
        String name = tun.localAddress().toString();
        OwnNetwork.run("sysctl -qw net.ipv6.conf." + name + ".disable_ipv6=1");
        OwnNetwork.run("ip address add 10.77.0.1/32 dev " + name);
        OwnNetwork.run("ip link set " + name + " up");
        OwnNetwork.run("ip route add " + NETWORK + " dev " + name);
    }

    /** A socket whose datagrams to 10.77.x.y go through the interface. */
    static DatagramSocket socket() throws Exception {
        DatagramSocket socket = new DatagramSocket(new InetSocketAddress("10.77.0.1", 0));
        socket.setSoTimeout(5000);
        return socket;
    }

    static void send(DatagramSocket socket, String to, byte[] payload) throws Exception {
        socket.send(new DatagramPacket(payload, payload.length, new InetSocketAddress(to, 7)));
    }

    static byte[] receive(DatagramSocket socket) throws Exception {
        DatagramPacket packet = new DatagramPacket(new byte[65535], 65535);
        socket.receive(packet);
        return Arrays.copyOf(packet.getData(), packet.getLength());
    }

    @Override
    public void close() {
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    /** Notes what the channel reads and every exception that it reports. */
    @ChannelHandler.Sharable
    final class Recorder extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ByteBuf packet = (ByteBuf) message;
            byte[] bytes = new byte[packet.readableBytes()];
            packet.readBytes(bytes);
            packet.release();
            received.add(bytes);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            exceptions.add(cause);
        }
    }

    /** Sends each IPv4 packet back with addresses and UDP ports swapped, which leaves every checksum as it is. */
    static final class Echo extends ChannelInboundHandlerAdapter {
        private final int headroom;

        Echo(int headroom) {
            this.headroom = headroom;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ByteBuf packet = (ByteBuf) message;
            swap(packet, headroom + 12, 4);
            boolean firstFragment = (packet.getShort(headroom + 6) & 0x1fff) == 0;
            if (firstFragment) {
                swap(packet, headroom + 20, 2);
            }
            context.writeAndFlush(packet);
        }

        private static void swap(ByteBuf packet, int offset, int length) {
            for (int i = offset; i < offset + length; i++) {
                byte first = packet.getByte(i);
                packet.setByte(i, packet.getByte(i + length));
                packet.setByte(i + length, first);
            }
        }
    }
}
