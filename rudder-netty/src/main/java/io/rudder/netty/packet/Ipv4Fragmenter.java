package io.rudder.netty.packet;

import io.netty.buffer.ByteBuf;

/** Cuts IPv4 packets into fragments (RFC 791, 3.2). */
public final class Ipv4Fragmenter {
    // Set in the type of an option that goes into every fragment; the others are replaced by no-operation.
    private static final int COPIED = 0x80;
    private static final int END_OF_OPTIONS = 0;
    private static final int NO_OPERATION = 1;
    private static final int MORE_FRAGMENTS = 0x2000;
    private static final int FRAGMENT_OFFSET = 0x1fff;

    private Ipv4Fragmenter() {}

    /** Takes the fragments, one after the other; each call gives the memory to write the next one into. */
    public interface Output {
        /** Makes room for a fragment in {@link #buffer()} and returns its offset there. */
        int reserve(int length);

        /** Where the room is. */
        ByteBuf buffer();
    }

    /**
     * Writes the fragments of a packet that may be fragmented; also of one that is a fragment itself.
     *
     * @param offset that of the packet in the buffer; its shape has been checked
     * @param limit the longest fragment allowed in bytes, at least 68 (RFC 791)
     */
    public static void fragment(ByteBuf packet, int offset, int limit, Output output) {
        int headerLength = Ipv4Header.headerLength(packet, offset);
        int payload = Ipv4Header.totalLength(packet, offset) - headerLength;
        // All but the last carry a multiple of 8 bytes, which is what fragment offsets count in.
        int step = limit - headerLength & ~7;
        for (int done = 0; done < payload; done += step) {
            int length = Math.min(step, payload - done);
            int slot = output.reserve(headerLength + length);
            ByteBuf out = output.buffer();
            out.setBytes(slot, packet, offset, headerLength);
            out.setBytes(slot + headerLength, packet, offset + headerLength + done, length);
            if (done > 0) {
                dropUncopiedOptions(out, slot, headerLength);
            }
            out.setShort(slot + Ipv4Header.TOTAL_LENGTH, headerLength + length);
            patchFragmentField(out, slot, done, done + length == payload);
            Ipv4Header.updateChecksum(out, slot);
        }
    }

    private static void patchFragmentField(ByteBuf out, int slot, int done, boolean last) {
        int field = out.getUnsignedShort(slot + Ipv4Header.FRAGMENT);
        int position = (field & FRAGMENT_OFFSET) + done / 8;
        int more = last ? field & MORE_FRAGMENTS : MORE_FRAGMENTS;
        out.setShort(slot + Ipv4Header.FRAGMENT, field & ~(FRAGMENT_OFFSET | MORE_FRAGMENTS) | more | position);
    }

    private static void dropUncopiedOptions(ByteBuf out, int slot, int headerLength) {
        int option = slot + Ipv4Header.MIN_LENGTH;
        int end = slot + headerLength;
        while (option < end && out.getByte(option) != END_OF_OPTIONS) {
            int length = out.getByte(option) == NO_OPERATION || option + 1 == end ? 1 : out.getUnsignedByte(option + 1);
            int next = Math.min(end, option + Math.max(1, length));
            if ((out.getByte(option) & COPIED) == 0) {
                for (int i = option; i < next; i++) {
                    out.setByte(i, NO_OPERATION);
                }
            }
            option = next;
        }
    }
}
