package io.rudder.netty.tunnel;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.socket.DatagramPacket;
import io.rudder.benchmark.Channels;
import io.rudder.benchmark.SamplePackets;
import io.rudder.benchmark.ShortBenchmark;
import io.rudder.net.Ipv4;
import io.rudder.net.Ipv4Prefix;
import io.rudder.netty.offload.Coalescer;
import io.rudder.netty.offload.PathMtus;
import io.rudder.netty.offload.SegmentBatch;
import io.rudder.netty.probe.ControlMessages;
import io.rudder.peer.Peer;
import io.rudder.peer.RouteTable;
import io.rudder.status.Counter;
import io.rudder.status.Counters;
import java.net.InetSocketAddress;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Setup;

/** The way in without its system calls: from the UDP channel's read to the TUN channel's write. */
public class DecapHandlerBenchmark extends ShortBenchmark {
    private static final int DATAGRAMS_PER_TURN = 64;
    // The packets are seen from the other side: what is the own subnet there is the peer's here.
    private static final Ipv4Prefix OWN = SamplePackets.PEER.subnet();
    private static final Peer SENDER = Peer.of(SamplePackets.OWN, Ipv4.parse("203.0.113.1"), 8285);

    private final DatagramPacket smallPacket =
            datagram(SamplePackets.onTheWire(SamplePackets.smallPacket()).get(0));
    private final List<DatagramPacket> packetsOfSuperPacket =
            SamplePackets.onTheWire(SamplePackets.superPacket()).stream()
                    .map(DecapHandlerBenchmark::datagram)
                    .toList();
    private DecapHandler handler;

    private static DatagramPacket datagram(ByteBuf packet) {
        InetSocketAddress own = new InetSocketAddress(Ipv4.toInetAddress(SamplePackets.PEER.publicIp()), 8285);
        return new DatagramPacket(packet, own, SENDER.endpoint());
    }

    @Setup
    public void open() {
        Counters counters = new Counters();
        Channel udp = Channels.releasing();
        RouteSource routes = new RouteSource();
        routes.publish(RouteTable.of(OWN, List.of(SENDER)));
        PathMtus pathMtus = new PathMtus(System::nanoTime, address -> 0);
        SegmentBatch batch = new SegmentBatch(udp, counters, pathMtus, (packet, offset, length, mtu) -> {}, true);
        handler = new DecapHandler(
                routes, new Coalescer(Channels.releasing(), counters, true), batch, ControlMessages.NONE, counters);
        smallPacket();
        superPacket();
        SamplePackets.checkAllCarried(counters, Counter.DECAP_PACKETS, DATAGRAMS_PER_TURN + SamplePackets.SEGMENTS);
    }

    /** Per packet, in turns of 64 datagrams. */
    @Benchmark
    @OperationsPerInvocation(DATAGRAMS_PER_TURN)
    public void smallPacket() {
        for (int i = 0; i < DATAGRAMS_PER_TURN; i++) {
            handler.channelRead(null, smallPacket.retain());
        }
        handler.channelReadComplete(null);
    }

    /** Per super-packet of 44 packets. */
    @Benchmark
    public void superPacket() {
        for (DatagramPacket packet : packetsOfSuperPacket) {
            handler.channelRead(null, packet.retain());
        }
        handler.channelReadComplete(null);
    }
}
