package io.rudder.daemon.host;

import io.rudder.net.Ipv4Prefix;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A route of the kernel's main table, as {@code /proc/net/route} lists it (proc(5)), of the network that the thread is in.
 *
 * @param device the interface that packets leave by
 * @param destination where they go
 * @param metric the lower of two is taken
 */
record KernelRoute(String device, Ipv4Prefix destination, long metric) {
    // Since Linux 3.17. /proc/net is that of the process's first thread.
    private static final Path TABLE = Path.of("/proc/thread-self/net/route");

    // Columns, and the flags of linux/route.h.
    private static final int DEVICE = 0;
    private static final int DESTINATION = 1;
    private static final int FLAGS = 3;
    private static final int METRIC = 6;
    private static final int MASK = 7;
    private static final int RTF_UP = 0x1;
    private static final int RTF_REJECT = 0x200;

    /** The routes at this moment. */
    static List<KernelRoute> readAll() throws HostException {
        try {
            return parse(Files.readString(TABLE));
        } catch (IOException e) {
            throw new HostException("could not read " + TABLE + ": " + FileErrors.reason(e), e);
        }
    }

    /** The usable routes of the file's text; lines that are no routes are passed over. */
    static List<KernelRoute> parse(String table) {
        return table.lines()
                .map(KernelRoute::parseLine)
                .flatMap(Optional::stream)
                .toList();
    }

    private static Optional<KernelRoute> parseLine(String line) {
        String[] columns = line.strip().split("\\s+");
        try {
            int flags = Integer.parseInt(columns[FLAGS], 16);
            if ((flags & RTF_UP) == 0 || (flags & RTF_REJECT) != 0) {
                return Optional.empty();
            }
            int length = Integer.bitCount(address(columns[MASK]));
            return Optional.of(new KernelRoute(
                    columns[DEVICE],
                    Ipv4Prefix.containing(address(columns[DESTINATION]), length),
                    Long.parseLong(columns[METRIC])));
        } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
            return Optional.empty();
        }
    }

    /** The kernel prints the address as it lies in memory, read as a number of this machine. */
    private static int address(String hex) {
        int value = Integer.parseUnsignedInt(hex, 16);
        return ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN ? Integer.reverseBytes(value) : value;
    }
}
