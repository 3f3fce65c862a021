package io.rudder.net;

/**
 * A block of IPv4 addresses, such as {@code 10.0.34.0/24}.
 *
 * @param address the first address of the block; its host bits are zero
 * @param length the prefix length, 0 to 32
 */
public record Ipv4Prefix(int address, int length) implements Comparable<Ipv4Prefix> {

    /** @throws IllegalArgumentException if the length is out of range or a host bit is set */
    public Ipv4Prefix {
        if (length < 0 || length > 32) {
            throw new IllegalArgumentException("prefix length " + length + " is not between 0 and 32");
        }
        if ((address & ~mask(length)) != 0) {
            throw new IllegalArgumentException(Ipv4.format(address) + "/" + length
                    + " has host bits set (the block that holds it is " + containing(address, length) + ")");
        }
    }

    /** The block of the given length that holds an address: the host bits are dropped. */
    public static Ipv4Prefix containing(int address, int length) {
        return new Ipv4Prefix(address & mask(length), length);
    }

    /**
     * Reads {@code a.b.c.d/len}; host bits are dropped.
     *
     * @throws IllegalArgumentException naming the text, if it is anything else
     */
    public static Ipv4Prefix parse(String text) {
        int slash = text.indexOf('/');
        int length = slash < 0 ? -1 : length(text, slash + 1);
        if (length < 0) {
            throw new IllegalArgumentException(
                    "'" + Excerpt.of(text) + "' is not an IPv4 prefix (expected a.b.c.d/0 to a.b.c.d/32)");
        }
        return containing(Ipv4.parse(text.substring(0, slash)), length);
    }

    /** A prefix length without leading zeros, up to the end of the text; -1 if there is anything else. */
    private static int length(String text, int start) {
        int digits = text.length() - start;
        if (digits < 1 || digits > 2 || digits == 2 && text.charAt(start) == '0') {
            return -1;
        }
        int length = 0;
        for (int i = start; i < text.length(); i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            length = length * 10 + digit;
        }
        return length <= 32 ? length : -1;
    }

    /** The netmask of a prefix length, 0 to 32: {@code mask(24)} is {@code 0xffffff00}. */
    public static int mask(int length) {
        // Java takes an int's shift distance modulo 32, so a shift by 32 needs a long.
        return (int) (0xffffffffL << 32 - length);
    }

    /** The first address, host bits zero. */
    public int first() {
        return address;
    }

    /** The last address, host bits one. */
    public int last() {
        return address | ~mask(length);
    }

    /** The first address that a host may have: the one after {@link #first()}, unless the block has one or two. */
    public int firstUsable() {
        return length >= 31 ? address : address + 1;
    }

    /** Whether the block holds an address. */
    public boolean contains(int other) {
        return (other & mask(length)) == address;
    }

    /** Whether the block holds all of another one. */
    public boolean contains(Ipv4Prefix other) {
        return other.length >= length && contains(other.address);
    }

    /** Whether the two blocks share an address. */
    public boolean overlaps(Ipv4Prefix other) {
        return contains(other) || other.contains(this);
    }

    /** By first address, the larger block first. */
    @Override
    public int compareTo(Ipv4Prefix other) {
        int byAddress = Integer.compareUnsigned(address, other.address);
        return byAddress != 0 ? byAddress : Integer.compare(length, other.length);
    }

    /** {@code 10.0.34.0/24}. */
    @Override
    public String toString() {
        return Ipv4.format(address) + "/" + length;
    }
}
