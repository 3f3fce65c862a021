package io.rudder.netty.udp;

import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOption;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.unix.IntegerUnixChannelOption;
import io.netty.channel.unix.Socket;
import java.io.IOException;

/**
 * Configuration of a {@link UdpChannel}: the options of every channel, and any socket option whose value is a number as
 * an {@link IntegerUnixChannelOption}. The receive buffer must hold what the kernel joins: 64 KiB with {@link #UDP_GRO}.
 */
public final class UdpChannelConfig extends DefaultChannelConfig {
    /** Whether, 1 or 0, the kernel joins datagrams of one sender and length (udp(7)); since Linux 5.0. */
    public static final ChannelOption<Integer> UDP_GRO = new IntegerUnixChannelOption("UDP_GRO", 17, 104);

    private static final int DEFAULT_BUFFER_BYTES = 65536;

    private final UdpChannel udp;
    private final Socket socket;

    UdpChannelConfig(UdpChannel channel, Socket socket) {
        super(channel, new FixedRecvByteBufAllocator(DEFAULT_BUFFER_BYTES));
        this.udp = channel;
        this.socket = socket;
    }

    @Override
    @SuppressWarnings("unchecked")
    public <T> T getOption(ChannelOption<T> option) {
        if (!(option instanceof IntegerUnixChannelOption number)) {
            return super.getOption(option);
        }
        try {
            return (T) Integer.valueOf(socket.getIntOpt(number.level(), number.optname()));
        } catch (IOException e) {
            throw new ChannelException(e);
        }
    }

    @Override
    public <T> boolean setOption(ChannelOption<T> option, T value) {
        if (!(option instanceof IntegerUnixChannelOption number)) {
            return super.setOption(option, value);
        }
        try {
            socket.setIntOpt(number.level(), number.optname(), (Integer) value);
            return true;
        } catch (IOException e) {
            throw new ChannelException(e);
        }
    }

    @Override
    protected void autoReadCleared() {
        udp.autoReadCleared();
    }
}
