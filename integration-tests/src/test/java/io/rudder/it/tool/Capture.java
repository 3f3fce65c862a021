package io.rudder.it.tool;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads what tcpdump wrote: a file in the pcap format (pcap-savefile(5)) of Ethernet frames. */
public final class Capture {
    private static final int MAGIC = 0xa1b2c3d4;
    private static final int LINK_TYPE_ETHERNET = 1;
    private static final int FILE_HEADER_BYTES = 24;
    private static final int RECORD_HEADER_BYTES = 16;
    private static final int ETHERNET_HEADER_BYTES = 14;
    private static final int UDP_HEADER_BYTES = 8;

    private Capture() {}

    /** Returns the payloads of all UDP datagrams in the file; each frame must hold one that is whole. */
    public static List<byte[]> udpPayloads(Path file) {
        ByteBuffer bytes = ByteBuffer.wrap(read(file)).order(ByteOrder.nativeOrder());
        if (bytes.getInt(0) != MAGIC || bytes.getInt(20) != LINK_TYPE_ETHERNET) {
            throw new AssertionError("not a capture of Ethernet frames: " + file);
        }
        List<byte[]> payloads = new ArrayList<>();
        int position = FILE_HEADER_BYTES;
        while (position + RECORD_HEADER_BYTES <= bytes.limit()) {
            int captured = bytes.getInt(position + 8);
            int length = bytes.getInt(position + 12);
            if (captured != length || position + RECORD_HEADER_BYTES + captured > bytes.limit()) {
                throw new AssertionError("frame %d is not whole".formatted(payloads.size() + 1));
            }
            payloads.add(udpPayload(bytes.slice(position + RECORD_HEADER_BYTES, length)));
            position += RECORD_HEADER_BYTES + length;
        }
        return payloads;
    }

    private static byte[] udpPayload(ByteBuffer frame) {
        int ip = ETHERNET_HEADER_BYTES;
        int udp = ip + (frame.get(ip) & 0xf) * 4;
        int payload = udp + UDP_HEADER_BYTES;
        int end = ip + (frame.getShort(ip + 2) & 0xffff);
        boolean fragment = (frame.getShort(ip + 6) & 0x3fff) != 0;
        if (fragment || (frame.getShort(udp + 4) & 0xffff) != end - udp || end > frame.limit()) {
            throw new AssertionError("a frame does not hold one whole datagram: %d of %d bytes%s"
                    .formatted(end, frame.limit(), fragment ? ", a fragment" : ""));
        }
        byte[] bytes = new byte[end - payload];
        frame.get(payload, bytes);
        return bytes;
    }

    private static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
