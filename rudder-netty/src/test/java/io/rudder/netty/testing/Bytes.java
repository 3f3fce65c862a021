package io.rudder.netty.testing;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.Arrays;

/** Fields of packets in byte arrays, in network order. */
public final class Bytes {
    // Without the leak detector, which would slow down random tests: they check reference counts themselves.
    private static final UnpooledByteBufAllocator PLAIN = new UnpooledByteBufAllocator(true, true);

    private Bytes() {}

    public static int u8(byte[] bytes, int offset) {
        return bytes[offset] & 0xff;
    }

    public static int u16(byte[] bytes, int offset) {
        return u8(bytes, offset) << 8 | u8(bytes, offset + 1);
    }

    public static int i32(byte[] bytes, int offset) {
        return u16(bytes, offset) << 16 | u16(bytes, offset + 2);
    }

    public static void put16(byte[] bytes, int offset, int value) {
        bytes[offset] = (byte) (value >> 8);
        bytes[offset + 1] = (byte) value;
    }

    public static void put32(byte[] bytes, int offset, int value) {
        put16(bytes, offset, value >> 16);
        put16(bytes, offset + 2, value);
    }

    public static byte[] join(byte[]... parts) {
        byte[] all = new byte[0];
        for (byte[] part : parts) {
            int end = all.length;
            all = Arrays.copyOf(all, end + part.length);
            System.arraycopy(part, 0, all, end, part.length);
        }
        return all;
    }

    /** The readable bytes. */
    public static byte[] of(ByteBuf buffer) {
        byte[] bytes = new byte[buffer.readableBytes()];
        buffer.getBytes(buffer.readerIndex(), bytes);
        return bytes;
    }

    /** A direct buffer whose readable bytes are these, with something before and behind them. */
    public static ByteBuf buffer(byte[] bytes) {
        ByteBuf buffer = PLAIN.directBuffer(bytes.length + 7);
        return buffer.writeZero(3).writeBytes(bytes).writeInt(-1).setIndex(3, 3 + bytes.length);
    }
}
