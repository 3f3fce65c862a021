package io.rudder.netty.probe;

import io.netty.buffer.ByteBuf;

/**
 * The layout of a probe, the payload of one UDP datagram. Numbers are big-endian.
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---------------+---------------+---------------+---------------+
 * |       0       |   'R' (0x52)  |   'P' (0x50)  |      type     |   type: 1 question, 2 answer
 * +---------------+---------------+---------------+---------------+
 * |                           sequence                            |   of the asker, counts up for each peer
 * +---------------------------------------------------------------+
 * |                           timestamp                           |   of the asker's clock, in nanoseconds from
 * |                                                               |   any origin; means nothing to others
 * +---------------------------------------------------------------+
 * </pre>
 *
 * An answer is the question with another type, so it is never longer. Its 16 bytes are fewer than those of an IP header
 * (20), and the first one is the start of no IP version: nodes that know nothing of probes, flannel's among them, drop
 * it without a word.
 */
public final class ProbeMessage {
    /** The length of every probe in bytes. */
    public static final int LENGTH = 16;

    private static final int MAGIC = 0x005250;
    private static final int TYPE = 3;
    private static final int SEQUENCE = 4;
    private static final int TIMESTAMP = 8;

    private static final Type[] TYPES = Type.values();

    /** What a probe is; the byte on the wire is the ordinal. */
    public enum Type {
        /** Not a probe. */
        NONE,
        /** Wants an answer. */
        QUESTION,
        /** Gives back what a question held. */
        ANSWER
    }

    private ProbeMessage() {}

    /** Tells what a datagram's payload is; {@link Type#NONE} for whatever is no probe. */
    public static Type typeOf(ByteBuf buffer, int offset, int length) {
        if (length != LENGTH || buffer.getUnsignedMedium(offset) != MAGIC) {
            return Type.NONE;
        }
        int type = buffer.getUnsignedByte(offset + TYPE);
        return type < TYPES.length ? TYPES[type] : Type.NONE;
    }

    /** The sequence number of a probe. */
    public static int sequence(ByteBuf buffer, int offset) {
        return buffer.getInt(offset + SEQUENCE);
    }

    /** The timestamp of a probe. */
    public static long timestamp(ByteBuf buffer, int offset) {
        return buffer.getLong(offset + TIMESTAMP);
    }

    /** Appends a probe to a buffer. */
    static void write(ByteBuf buffer, Type type, int sequence, long timestamp) {
        buffer.writeMedium(MAGIC).writeByte(type.ordinal()).writeInt(sequence).writeLong(timestamp);
    }
}
