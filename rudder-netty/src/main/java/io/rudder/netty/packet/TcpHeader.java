package io.rudder.netty.packet;

import io.netty.buffer.ByteBuf;

/** Offsets in the TCP header (RFC 9293, 3.1) and its flags. */
public final class TcpHeader {
    /** Length in bytes without options. */
    public static final int MIN_LENGTH = 20;

    public static final int SEQUENCE = 4;
    public static final int ACKNOWLEDGEMENT = 8;
    public static final int DATA_OFFSET = 12;
    public static final int FLAGS = 13;
    public static final int WINDOW = 14;
    public static final int CHECKSUM = 16;
    public static final int OPTIONS = 20;

    public static final int FIN = 0x01;
    public static final int PSH = 0x08;
    public static final int ACK = 0x10;
    public static final int CWR = 0x80;

    private TcpHeader() {}

    /** The header's length with options in bytes, 0 to 60; {@code offset} is that of the header's first byte. */
    public static int length(ByteBuf buffer, int offset) {
        return (buffer.getByte(offset + DATA_OFFSET) >> 4 & 0xf) * 4;
    }
}
