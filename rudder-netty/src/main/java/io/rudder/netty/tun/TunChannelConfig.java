package io.rudder.netty.tun;

import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOption;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.FixedRecvByteBufAllocator;
import java.io.IOException;
import java.util.Map;

/**
 * Configuration of a {@link TunChannel}. Besides the options of every channel:
 *
 * <table>
 * <caption>Options</caption>
 * <tr><th>option</th><th>meaning</th><th>default</th><th>settable</th></tr>
 * <tr><td>{@link TunChannelOption#VNET_HDR}</td>
 *     <td>messages start with a {@code virtio_net_hdr} of 10 bytes; after bind: whether they do</td><td>false</td><td>before bind</td></tr>
 * <tr><td>{@link TunChannelOption#OFFLOAD}</td>
 *     <td>what to ask the kernel for; after bind: what it gave. Needs VNET_HDR.</td>
 *     <td>{@link TunOffload#NONE}</td><td>before bind</td></tr>
 * <tr><td>{@link TunChannelOption#MULTI_QUEUE}</td>
 *     <td>several channels share the interface, a flow stays with one of them</td><td>false</td><td>before bind</td></tr>
 * <tr><td>{@link TunChannelOption#MTU}</td>
 *     <td>MTU of the interface in bytes</td><td>the kernel's, 1500</td><td>any time</td></tr>
 * <tr><td>{@link ChannelOption#RECVBUF_ALLOCATOR}</td>
 *     <td>each read fills one buffer and cuts off what does not fit; with offloads a packet may have 64 KiB</td>
 *     <td>fixed, 2 KiB</td><td>any time</td></tr>
 * </table>
 */
public final class TunChannelConfig extends DefaultChannelConfig {
    private static final int DEFAULT_BUFFER_BYTES = 2048;
    private static final int UNSET = 0;

    private final TunChannel tun;
    private volatile boolean vnetHeader;
    private volatile boolean multiQueue;
    private volatile TunOffload offload = TunOffload.NONE;
    private volatile int mtuBytes = UNSET;

    TunChannelConfig(TunChannel tun) {
        super(tun, new FixedRecvByteBufAllocator(DEFAULT_BUFFER_BYTES));
        this.tun = tun;
    }

    @Override
    public Map<ChannelOption<?>, Object> getOptions() {
        return getOptions(
                super.getOptions(),
                TunChannelOption.VNET_HDR,
                TunChannelOption.OFFLOAD,
                TunChannelOption.MULTI_QUEUE,
                TunChannelOption.MTU);
    }

    @Override
    @SuppressWarnings("unchecked")
    public <T> T getOption(ChannelOption<T> option) {
        if (option == TunChannelOption.VNET_HDR) {
            return (T) Boolean.valueOf(vnetHeader);
        }
        if (option == TunChannelOption.OFFLOAD) {
            return (T) offload;
        }
        if (option == TunChannelOption.MULTI_QUEUE) {
            return (T) Boolean.valueOf(multiQueue);
        }
        if (option == TunChannelOption.MTU) {
            return (T) Integer.valueOf(mtu());
        }
        return super.getOption(option);
    }

    @Override
    public <T> boolean setOption(ChannelOption<T> option, T value) {
        validate(option, value);
        if (option == TunChannelOption.VNET_HDR) {
            requireUnbound(option);
            vnetHeader = (Boolean) value;
        } else if (option == TunChannelOption.OFFLOAD) {
            requireUnbound(option);
            offload = (TunOffload) value;
        } else if (option == TunChannelOption.MULTI_QUEUE) {
            requireUnbound(option);
            multiQueue = (Boolean) value;
        } else if (option == TunChannelOption.MTU) {
            setMtu((Integer) value);
        } else {
            return super.setOption(option, value);
        }
        return true;
    }

    private void requireUnbound(ChannelOption<?> option) {
        if (tun.isActive()) {
            throw new IllegalStateException(option + " can only be set before the channel is bound");
        }
    }

    /** Whether messages start with a {@code virtio_net_hdr}. */
    public boolean hasVnetHeader() {
        return vnetHeader;
    }

    /** Whether several channels share the interface. */
    public boolean isMultiQueue() {
        return multiQueue;
    }

    /** What is asked of the kernel; once bound, what it gave. */
    public TunOffload offload() {
        return offload;
    }

    /** Takes note that the device is there, and gives it what was set before. */
    void attached(boolean grantedVnetHeader, TunOffload granted) throws IOException {
        vnetHeader = grantedVnetHeader;
        offload = granted;
        if (mtuBytes != UNSET) {
            tun.device().mtu(mtuBytes);
        }
    }

    /** The interface's MTU in bytes; before bind the one to set, 0 if the kernel's is to stay. */
    public int mtu() {
        if (!tun.isActive()) {
            return mtuBytes;
        }
        try {
            return tun.device().mtu();
        } catch (IOException e) {
            throw new ChannelException(e.getMessage(), e);
        }
    }

    private void setMtu(int bytes) {
        mtuBytes = bytes;
        if (!tun.isActive()) {
            return;
        }
        try {
            tun.device().mtu(bytes);
        } catch (IOException e) {
            throw new ChannelException(e.getMessage(), e);
        }
    }

    @Override
    protected void autoReadCleared() {
        tun.autoReadCleared();
    }
}
