package io.rudder.netty.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelHandler;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.unix.SegmentedDatagramPacket;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A channel that notes what is written to it, with memory of its own that is accounted for at the end. */
public final class Wire {
    /** What udp(7)'s UDP_SEGMENT takes in one send: segments, and bytes. */
    private static final int MAX_SEGMENTS = 64;

    private static final int MAX_BYTES = 65507;

    // Without the leak detector: the bytes in use tell more, and sooner.
    private final UnpooledByteBufAllocator memory = new UnpooledByteBufAllocator(true, true);
    private final EmbeddedChannel channel = new EmbeddedChannel();

    /** One call of the kernel: packets, and the peer that they go to. */
    public record Send(List<byte[]> packets, InetSocketAddress to) {}

    public Wire() {
        channel.config().setAllocator(memory);
    }

    public EmbeddedChannel channel() {
        return channel;
    }

    public void addLast(ChannelHandler handler) {
        channel.pipeline().addLast(handler);
    }

    /** Whether the channel says that it takes more. */
    public void writable(boolean writable) {
        channel.unsafe().outboundBuffer().setUserDefinedWritability(1, writable);
    }

    /** The messages that were written, as bytes; forgets them. */
    public List<byte[]> messages() {
        List<byte[]> messages = new ArrayList<>();
        for (ByteBuf message = channel.readOutbound(); message != null; message = channel.readOutbound()) {
            messages.add(Bytes.of(message));
            message.release();
        }
        return messages;
    }

    /** The datagrams that were written, each send cut as the kernel would; forgets them. */
    public List<Send> sends() {
        List<Send> sends = new ArrayList<>();
        for (DatagramPacket sent = channel.readOutbound(); sent != null; sent = channel.readOutbound()) {
            byte[] bytes = Bytes.of(sent.content());
            int size = sent instanceof SegmentedDatagramPacket run ? run.segmentSize() : bytes.length;
            List<byte[]> packets = new ArrayList<>();
            for (int at = 0; at < bytes.length; at += size) {
                packets.add(Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + size)));
            }
            assertThat(bytes.length).isBetween(1, MAX_BYTES);
            assertThat(packets).hasSizeBetween(1, MAX_SEGMENTS);
            sends.add(new Send(packets, sent.recipient()));
            sent.release();
        }
        return sends;
    }

    /** The packets of all sends, in order; forgets them. */
    public List<byte[]> packets() {
        return sends().stream().flatMap(send -> send.packets().stream()).toList();
    }

    /** Direct memory that is in use. */
    public long usedMemory() {
        return memory.metric().usedDirectMemory();
    }

    /** Closes channels, after all of which their memory must have been given back. */
    public static void closeAll(Wire... wires) {
        List.of(wires).forEach(Wire::closeChannel);
        List.of(wires)
                .forEach(wire -> assertThat(wire.usedMemory())
                        .as("bytes that nobody released")
                        .isZero());
    }

    private void closeChannel() {
        channel.releaseOutbound();
        channel.releaseInbound();
        channel.close();
        channel.runPendingTasks();
        channel.checkException();
    }
}
