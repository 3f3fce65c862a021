package io.rudder.daemon.socket;

/**
 * What the daemon answers with: any number of pieces of output, then one exit code, then the end of the connection.
 *
 * <pre>
 *  0        1                 5
 * +--------+-----------------+------------------+
 * | type   | length          | length bytes     |
 * +--------+-----------------+------------------+
 * </pre>
 *
 * Numbers are big-endian; an exit code is one of four bytes.
 */
public final class Frame {
    /** The bytes belong to standard output. */
    public static final int OUT = 1;

    /** The bytes belong to standard error. */
    public static final int ERR = 2;

    /** The exit code. */
    public static final int EXIT = 3;

    /** Type and length. */
    public static final int HEADER_BYTES = 5;

    /** The most bytes that one frame holds. */
    public static final int MAX_BYTES = 1 << 16;

    private Frame() {}
}
