package io.rudder.etcd;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Optional;

/** As much of ASN.1's distinguished encoding (ITU-T X.690) as the conversion of private keys needs. */
final class Der {
    static final int OCTET_STRING = 0x04;
    static final int SEQUENCE = 0x30;
    static final int CONTEXT_0 = 0xa0;

    private static final int SHORT_LENGTH_MAX = 0x7f;

    private Der() {}

    static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    /** Tag, length, content. */
    static byte[] wrap(int tag, byte[] content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(tag);
        writeLength(out, content.length);
        out.writeBytes(content);
        return out.toByteArray();
    }

    /** In as few bytes as possible, as the encoding demands. */
    private static void writeLength(ByteArrayOutputStream out, int length) {
        if (length > SHORT_LENGTH_MAX) {
            int lengthBytes = (Integer.SIZE - Integer.numberOfLeadingZeros(length) + 7) / 8;
            out.write(0x80 | lengthBytes);
            for (int i = lengthBytes - 1; i > 0; i--) {
                out.write(length >> 8 * i);
            }
        }
        out.write(length);
    }

    /** The content of the first element with a tag inside a sequence; empty if there is none, or no sequence. */
    static Optional<byte[]> find(byte[] sequence, int tag) {
        Element outer = Element.at(sequence, 0, sequence.length);
        if (outer == null || outer.tag != SEQUENCE) {
            return Optional.empty();
        }
        Element element = Element.at(sequence, outer.start, outer.end);
        while (element != null && element.tag != tag) {
            element = Element.at(sequence, element.end, outer.end);
        }
        return Optional.ofNullable(element).map(found -> Arrays.copyOfRange(sequence, found.start, found.end));
    }

    /** Where the content of an element is. */
    private record Element(int tag, int start, int end) {
        /** Null if no whole element is there. */
        static Element at(byte[] bytes, int offset, int limit) {
            if (limit - offset < 2) {
                return null;
            }
            int start = offset + 2;
            int length = bytes[offset + 1] & 0xff;
            if (length > SHORT_LENGTH_MAX) {
                int lengthBytes = length - 0x80;
                if (lengthBytes < 1 || lengthBytes > 3 || limit - start < lengthBytes) {
                    return null;
                }
                length = 0;
                for (int i = 0; i < lengthBytes; i++) {
                    length = length << 8 | bytes[start + i] & 0xff;
                }
                start += lengthBytes;
            }
            return limit - start < length ? null : new Element(bytes[offset] & 0xff, start, start + length);
        }
    }
}
