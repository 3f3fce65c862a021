package io.rudder.net;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * IPv4 addresses as ints in network byte order: {@code 10.0.0.1} is {@code 0x0a000001}. Comparing two of them as
 * addresses needs {@link Integer#compareUnsigned}.
 */
public final class Ipv4 {
    private static final int MULTICAST = 0xe0000000;
    private static final int MULTICAST_MASK = 0xf0000000;

    private Ipv4() {}

    /**
     * Reads strict dotted decimal: four numbers of 0 to 255 without leading zeros. Names are not resolved.
     *
     * @throws IllegalArgumentException naming the text, if it is anything else
     */
    public static int parse(String text) {
        int address = 0;
        int position = 0;
        for (int octet = 0; octet < 4; octet++) {
            int end = octet < 3 ? text.indexOf('.', position) : text.length();
            address = address << 8 | octet(text, position, end);
            position = end + 1;
        }
        return address;
    }

    private static int octet(String text, int start, int end) {
        int length = end - start;
        int value = 0;
        boolean valid = length >= 1 && length <= 3 && (length == 1 || text.charAt(start) != '0');
        for (int i = start; valid && i < end; i++) {
            char digit = text.charAt(i);
            valid = digit >= '0' && digit <= '9';
            value = value * 10 + digit - '0';
        }
        if (!valid || value > 255) {
            throw new IllegalArgumentException("'" + Excerpt.of(text) + "' is not an IPv4 address (expected a.b.c.d)");
        }
        return value;
    }

    /** Dotted decimal. */
    public static String format(int address) {
        return (address >>> 24) + "." + (address >>> 16 & 0xff) + "." + (address >>> 8 & 0xff) + "." + (address & 0xff);
    }

    /** The JDK's form of an address; never looks anything up. */
    public static Inet4Address toInetAddress(int address) {
        byte[] octets = {(byte) (address >>> 24), (byte) (address >>> 16), (byte) (address >>> 8), (byte) address};
        try {
            return (Inet4Address) InetAddress.getByAddress(octets);
        } catch (UnknownHostException e) {
            throw new AssertionError("four bytes are an IPv4 address", e);
        }
    }

    /** The int form of a JDK address. */
    public static int of(Inet4Address address) {
        // In every JDK the hash code is the address itself, which getAddress() would copy into a new array.
        return address.hashCode();
    }

    /** Whether the address is in 224.0.0.0/4 (RFC 5771). */
    public static boolean isMulticast(int address) {
        return (address & MULTICAST_MASK) == MULTICAST;
    }

    /** Whether the address is in 127.0.0.0/8. */
    public static boolean isLoopback(int address) {
        return address >>> 24 == 127;
    }
}
