package io.rudder.netty.tunnel;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.rudder.benchmark.Channels;
import io.rudder.benchmark.SamplePackets;
import io.rudder.benchmark.ShortBenchmark;
import io.rudder.netty.offload.PathMtus;
import io.rudder.netty.offload.SegmentBatch;
import io.rudder.netty.packet.Ipv4Header;
import io.rudder.netty.packet.VirtioNetHeader;
import io.rudder.peer.RouteTable;
import io.rudder.status.Counter;
import io.rudder.status.Counters;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Setup;

/** The way out without its system calls: from the TUN channel's read to the UDP channel's write. */
public class EncapHandlerBenchmark extends ShortBenchmark {
    private static final int READS_PER_TURN = 64;
    private static final int HOP = VirtioNetHeader.LENGTH + Ipv4Header.TIME_TO_LIVE;

    private final ByteBuf smallPacket = SamplePackets.smallPacket();
    private final ByteBuf superPacket = SamplePackets.superPacket();
    private EncapHandler handler;

    @Setup
    public void open() {
        Counters counters = new Counters();
        Channel tun = Channels.releasing();
        RouteSource routes = new RouteSource();
        routes.publish(RouteTable.of(SamplePackets.OWN, List.of(SamplePackets.PEER)));
        PathMtus pathMtus = new PathMtus(System::nanoTime, address -> 0);
        SegmentBatch batch =
                new SegmentBatch(Channels.releasing(), counters, pathMtus, (packet, offset, length, mtu) -> {}, true);
        IcmpResponder icmp = new IcmpResponder(tun, true, counters, System::nanoTime);
        handler = new EncapHandler(routes, batch, pathMtus, icmp, counters, true);
        smallPacket();
        superPacket();
        SamplePackets.checkAllCarried(counters, Counter.ENCAP_PACKETS, READS_PER_TURN + SamplePackets.SEGMENTS);
    }

    /** Per packet, in turns of 64 reads. */
    @Benchmark
    @OperationsPerInvocation(READS_PER_TURN)
    public void smallPacket() {
        for (int i = 0; i < READS_PER_TURN; i++) {
            read(smallPacket);
        }
        handler.channelReadComplete(null);
    }

    /** Per super-packet of 44 packets. */
    @Benchmark
    public void superPacket() {
        read(superPacket);
        handler.channelReadComplete(null);
    }

    /** Undoes afterwards what the handler does to the packet: a hop less, and a reference less. */
    private void read(ByteBuf message) {
        int hopAndChecksum = message.getInt(HOP);
        handler.channelRead(null, message.retain());
        message.setInt(HOP, hopAndChecksum);
    }
}
