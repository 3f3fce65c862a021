package io.rudder.netty.packet;

import io.rudder.benchmark.ShortBenchmark;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** The checksum over a header, a packet's payload and a super-packet. */
public class InternetChecksumBenchmark extends ShortBenchmark {
    @Param({"20", "1460", "65536"})
    private int bytes;

    private ByteBuffer words;

    @Setup
    public void allocate() {
        words = ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
        for (int i = 0; i < bytes; i++) {
            words.put(i, (byte) (i * 31));
        }
    }

    @Benchmark
    public int sum() {
        return InternetChecksum.sum(words, 0, bytes);
    }
}
