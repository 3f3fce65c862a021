package io.rudder.netty.offload;

import io.netty.buffer.ByteBuf;
import io.rudder.benchmark.Channels;
import io.rudder.benchmark.SamplePackets;
import io.rudder.benchmark.ShortBenchmark;
import io.rudder.status.Counters;
import io.rudder.status.PeerCounters;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Setup;

/** A TCP super-packet of some 64 KiB cut into 44 packets, and 44 packets joined to one. */
public class OffloadBenchmark extends ShortBenchmark {
    private ByteBuf superPacket;
    private List<ByteBuf> packets;
    private SegmentBatch batch;
    private Segmenter segmenter;
    private Coalescer coalescer;
    private PeerCounters peer;

    @Setup
    public void fill() {
        superPacket = SamplePackets.superPacket();
        packets = SamplePackets.onTheWire(superPacket);
        Counters counters = new Counters();
        peer = counters.peer(SamplePackets.PEER.subnet());
        PathMtus pathMtus = new PathMtus(System::nanoTime, address -> 0);
        batch = new SegmentBatch(Channels.releasing(), counters, pathMtus, (packet, offset, length, mtu) -> {}, true);
        segmenter = new Segmenter(batch);
        coalescer = new Coalescer(Channels.releasing(), counters, true);
    }

    @Benchmark
    public boolean segment() {
        boolean sent = segmenter.send(superPacket, SamplePackets.PEER, PathMtus.UNLIMITED);
        batch.flush();
        return sent;
    }

    @Benchmark
    public void coalesce() {
        for (ByteBuf packet : packets) {
            coalescer.add(packet, packet.readerIndex(), packet.readableBytes(), peer);
        }
        coalescer.flush();
    }
}
