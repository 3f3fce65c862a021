package io.rudder.netty.testing;

import static io.rudder.netty.testing.Bytes.i32;
import static io.rudder.netty.testing.Bytes.join;
import static io.rudder.netty.testing.Bytes.u16;
import static io.rudder.netty.testing.Bytes.u8;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Which packets may travel as one super-packet, said in the plainest way, packet by packet in whole lists. */
public final class CoalescingOracle {
    private CoalescingOracle() {}

    /** What is to be written to the device: messages with virtio_net_hdr, for the packets of one batch. */
    public static List<byte[]> messages(List<byte[]> packets) {
        return groups(packets).stream().map(CoalescingOracle::message).toList();
    }

    /** The packets in order, those that go together in one list. */
    public static List<List<byte[]>> groups(List<byte[]> packets) {
        List<List<byte[]>> groups = new ArrayList<>();
        for (byte[] packet : packets) {
            if (groups.isEmpty() || !follows(groups.get(groups.size() - 1), packet)) {
                groups.add(new ArrayList<>());
            }
            groups.get(groups.size() - 1).add(packet);
        }
        return groups;
    }

    private static boolean follows(List<byte[]> group, byte[] packet) {
        byte[] first = group.get(0);
        byte[] last = group.get(group.size() - 1);
        return isJoinable(first)
                && isJoinable(packet)
                && !pushes(last)
                && payload(last) == payload(first)
                && payload(packet) <= payload(first)
                && group.size() < 64
                && group.stream().mapToInt(CoalescingOracle::payload).sum() + packet.length <= 65535
                && Arrays.equals(fixedFields(first), fixedFields(packet))
                && (!Reference.isTcp(first) || i32(packet, 24) == i32(last, 24) + payload(last))
                && (u16(packet, 4) == (u16(first, 4) + group.size() & 0xffff)
                        || u16(packet, 4) == u16(first, 4) && (u16(packet, 6) & 0x4000) != 0);
    }

    private static boolean isJoinable(byte[] packet) {
        if (packet.length < 28 || packet[0] != 0x45 || (u16(packet, 6) & 0x3fff) != 0) {
            return false;
        }
        boolean tcp = packet[9] == Packets.TCP;
        boolean transport = tcp
                ? packet.length >= 40
                        && u8(packet, 32) >= 0x50
                        && (u8(packet, 32) & 0xf) == 0
                        && (u8(packet, 33) & ~0x08) == 0x10
                : packet[9] == Packets.UDP && u16(packet, 26) != 0;
        return transport && payload(packet) > 0 && Reference.isValid(packet);
    }

    private static int payload(byte[] packet) {
        return packet.length - Reference.headerLength(packet);
    }

    private static boolean pushes(byte[] packet) {
        return Reference.isTcp(packet) && (packet[33] & 0x08) != 0;
    }

    /** The header, blank where packets of one flow differ. */
    private static byte[] fixedFields(byte[] packet) {
        byte[] header = Arrays.copyOf(packet, Reference.headerLength(packet));
        IntStream blank = IntStream.of(2, 3, 4, 5, 10, 11);
        IntStream transport =
                Reference.isTcp(packet) ? IntStream.of(24, 25, 26, 27, 36, 37) : IntStream.of(24, 25, 26, 27);
        IntStream.concat(blank, transport).forEach(i -> header[i] = 0);
        if (Reference.isTcp(packet)) {
            header[33] &= ~0x08;
        }
        return header;
    }

    private static byte[] message(List<byte[]> group) {
        byte[] first = group.get(0);
        if (group.size() == 1) {
            return join(Packets.plainVnet(), first);
        }
        byte[] big = Arrays.copyOf(first, Reference.headerLength(first));
        for (byte[] packet : group) {
            big = join(big, Arrays.copyOfRange(packet, Reference.headerLength(packet), packet.length));
        }
        if (pushes(group.get(group.size() - 1))) {
            big[33] |= 0x08;
        }
        return Packets.superPacket(Reference.finish(big), payload(first));
    }
}
