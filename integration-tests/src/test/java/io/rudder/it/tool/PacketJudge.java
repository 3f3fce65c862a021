package io.rudder.it.tool;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Looks at inner packets in the order in which they were on the wire, and notes what a receiver would refuse or find out
 * of order. Fragments are put together, which takes them in order.
 */
public final class PacketJudge {
    private static final int PROBE_BYTES = 16;
    private static final int PROTOCOL_TCP = 6;
    private static final int PROTOCOL_UDP = 17;
    private static final int MORE_FRAGMENTS = 0x2000;
    private static final int FRAGMENT_OFFSET = 0x1fff;

    private final int expectedTtl;
    private final List<String> complaints = new ArrayList<>();
    private final Map<String, Integer> counts = new HashMap<>();
    private final Map<String, Integer> lastOfFlow = new HashMap<>();
    private final Map<String, byte[]> incomplete = new HashMap<>();
    private int packets;

    /** A judge of packets that all have this time to live. */
    public PacketJudge(int expectedTtl) {
        this.expectedTtl = expectedTtl;
    }

    /** Returns what was wrong; empty if nothing was. */
    public List<String> complaints() {
        return complaints;
    }

    /** Returns how many of a kind were seen: {@code tcp}, {@code udp}, {@code fragment}, {@code probe}. */
    public int count(String kind) {
        return counts.getOrDefault(kind, 0);
    }

    /** Judges the next packet. */
    public void see(byte[] bytes) {
        packets++;
        if (isProbe(bytes)) {
            count(1, "probe");
            return;
        }
        ByteBuffer packet = ByteBuffer.wrap(bytes);
        int headerLength = bytes.length < Packets.HEADER_BYTES ? 0 : (bytes[0] & 0xf) * 4;
        if (headerLength < Packets.HEADER_BYTES || headerLength > bytes.length || bytes[0] >> 4 != 4) {
            complain("no IPv4 header", bytes);
            return;
        }
        check(Packets.checksum(bytes, 0, headerLength) == 0, "IP checksum", bytes);
        check((packet.getShort(2) & 0xffff) == bytes.length, "total length", bytes);
        check(bytes[8] == expectedTtl, "time to live", bytes);
        int fragment = packet.getShort(6);
        if ((fragment & (MORE_FRAGMENTS | FRAGMENT_OFFSET)) == 0) {
            seeWhole(bytes, headerLength);
        } else {
            seeFragment(bytes, headerLength, fragment);
        }
    }

    /** One of the datagrams in which nodes measure the way to each other. */
    private static boolean isProbe(byte[] bytes) {
        return bytes.length == PROBE_BYTES && bytes[0] == 0 && bytes[1] == 'R' && bytes[2] == 'P';
    }

    private void seeFragment(byte[] bytes, int headerLength, int fragment) {
        count(1, "fragment");
        String key = addresses(bytes) + " id " + ByteBuffer.wrap(bytes).getShort(4);
        byte[] before = incomplete.getOrDefault(key, Arrays.copyOf(bytes, headerLength));
        int position = (fragment & FRAGMENT_OFFSET) * 8;
        check(position == before.length - headerLength, "fragment out of order", bytes);
        byte[] joined = Arrays.copyOf(before, before.length + bytes.length - headerLength);
        System.arraycopy(bytes, headerLength, joined, before.length, bytes.length - headerLength);
        if ((fragment & MORE_FRAGMENTS) != 0) {
            incomplete.put(key, joined);
        } else {
            incomplete.remove(key);
            seeWhole(joined, headerLength);
        }
    }

    private void seeWhole(byte[] bytes, int headerLength) {
        int protocol = bytes[9];
        if (protocol == PROTOCOL_TCP) {
            count(1, "tcp");
            check(Packets.transportChecksum(bytes, headerLength) == 0, "TCP checksum", bytes);
            seeTcp(bytes, headerLength);
        } else if (protocol == PROTOCOL_UDP) {
            count(1, "udp");
            check(Packets.transportChecksum(bytes, headerLength) == 0, "UDP checksum", bytes);
            int number = ByteBuffer.wrap(bytes).getInt(headerLength + 8 + UdpNumbers.NUMBER);
            Integer last = lastOfFlow.put(flow(bytes, headerLength), number);
            check(last == null || number > last, "UDP number after " + last, bytes);
        }
    }

    /** Linux counts the identification up with each segment of a connection, also with one that is sent again. */
    private void seeTcp(byte[] bytes, int headerLength) {
        int tcpHeaderLength = (bytes[headerLength + 12] >> 4 & 0xf) * 4;
        if (bytes.length == headerLength + tcpHeaderLength) {
            return;
        }
        int identification = ByteBuffer.wrap(bytes).getShort(4) & 0xffff;
        Integer last = lastOfFlow.put(flow(bytes, headerLength), identification);
        int step = last == null ? 1 : identification - last & 0xffff;
        check(step > 0 && step < 0x8000, "TCP segment out of order, after identification " + last, bytes);
    }

    private static String addresses(byte[] bytes) {
        return Packets.addressAt(bytes, 12) + " > " + Packets.addressAt(bytes, 16) + " protocol " + bytes[9];
    }

    private static String flow(byte[] bytes, int headerLength) {
        return addresses(bytes) + " ports " + ByteBuffer.wrap(bytes).getInt(headerLength);
    }

    private void count(int amount, String kind) {
        counts.merge(kind, amount, Integer::sum);
    }

    private void check(boolean good, String what, byte[] bytes) {
        if (!good) {
            complain(what, bytes);
        }
    }

    private void complain(String what, byte[] bytes) {
        String who = bytes.length < Packets.HEADER_BYTES
                ? ""
                : " %s id %d".formatted(addresses(bytes), ByteBuffer.wrap(bytes).getShort(4) & 0xffff);
        complaints.add("packet %d of %d bytes%s: %s".formatted(packets, bytes.length, who, what));
    }
}
