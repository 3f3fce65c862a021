package io.rudder.netty.packet;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The Internet checksum (RFC 1071): the one's complement of the one's complement sum of 16 bit words in network order.
 * Sums here are folded to 0..0xffff and not complemented, so that sums of parts can be added; a part of odd length can
 * only be the last one.
 */
public final class InternetChecksum {
    private static final boolean LITTLE_ENDIAN = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;

    private InternetChecksum() {}

    /** Adds the carries of a sum of 16 bit words until none is left. */
    public static int fold(long sum) {
        long folded = (sum & 0xffffffffL) + (sum >>> 32);
        folded = (folded & 0xffff) + (folded >>> 16 & 0xffff) + (folded >>> 32);
        folded = (folded & 0xffff) + (folded >>> 16);
        return (int) ((folded & 0xffff) + (folded >>> 16));
    }

    /** The sum over a range of any length in a buffer that is one piece of memory. */
    public static int sum(ByteBuf buffer, int index, int length) {
        ByteBuffer words = buffer.internalNioBuffer(index, length).order(ByteOrder.nativeOrder());
        return sum(words, words.position(), length);
    }

    /**
     * The sum over a range of any length.
     *
     * @param words a buffer in the machine's byte order; its position and limit play no part
     */
    public static int sum(ByteBuffer words, int offset, int length) {
        // The sum of words in either byte order is the same but for a final swap (RFC 1071, 2.B). One accumulator over
        // longs in native order is the form that the JIT compiles to vector instructions; that of JDK 17 only if it can
        // tell that the first index is not negative, which is all that the mask is for.
        long sum = 0;
        int first = offset & Integer.MAX_VALUE;
        int end = offset + length;
        int longsEnd = first + (length & ~7);
        for (int i = first; i < longsEnd; i += 8) {
            long word = words.getLong(i);
            sum += (word & 0xffffffffL) + (word >>> 32);
        }
        int i = longsEnd;
        for (; i + 1 < end; i += 2) {
            sum += words.getShort(i) & 0xffff;
        }
        if (i < end) {
            int last = words.get(i) & 0xff;
            sum += LITTLE_ENDIAN ? last : last << 8;
        }
        int folded = fold(sum);
        return LITTLE_ENDIAN ? Short.reverseBytes((short) folded) & 0xffff : folded;
    }

    /** What to add to a sum to take a field of 16 bits, or two of them in one int, out of it. */
    public static int without(int field) {
        return ~fold(Integer.toUnsignedLong(field)) & 0xffff;
    }

    /** The sum over a header, whose length is a multiple of 4. */
    public static int sumOfHeader(ByteBuf buffer, int offset, int length) {
        long sum = 0;
        for (int i = offset; i < offset + length; i += 4) {
            sum += buffer.getUnsignedInt(i);
        }
        return fold(sum);
    }
}
