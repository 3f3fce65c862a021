package io.rudder.cli.command;

import io.rudder.daemon.capture.CaptureFilter;
import io.rudder.daemon.capture.PacketCapture;
import io.rudder.daemon.capture.Pcap;
import io.rudder.net.Ipv4;
import io.rudder.netty.tunnel.Tunnel;
import java.util.Optional;
import java.util.OptionalInt;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code rudder capture}: packets until the operator is gone, or as many as were asked for. */
@Command
final class CaptureCommand extends OperatorCommand {
    private static final long POLL_MILLIS = 100;

    @Option(
            names = {"-outer", "--outer"},
            description = "Datagrams between nodes, instead of packets between this host and the overlay.")
    private boolean outer;

    @Option(
            names = {"-count", "--count"},
            paramLabel = "N",
            description = "End after so many packets.")
    private long count = Long.MAX_VALUE;

    @Option(
            names = {"-snap", "--snap"},
            paramLabel = "BYTES",
            description = "Keep so much of each packet; all of it without this option.")
    private int snapBytes = Pcap.MAX_SNAP_BYTES;

    @Option(
            names = {"-host", "--host"},
            paramLabel = "IP",
            description = "Only inner packets from or to that address.")
    private String host;

    @Option(
            names = {"-protocol", "--protocol"},
            paramLabel = "icmp|tcp|udp",
            description = "Only inner packets of that protocol.")
    private String protocol;

    @Option(
            names = {"-port", "--port"},
            paramLabel = "PORT",
            description = "Only inner packets from or to that TCP or UDP port.")
    private Integer port;

    @Option(
            names = {"-direction", "--direction"},
            paramLabel = "out|in",
            description = "Only packets to the network (out), or only those from it (in).")
    private String direction;

    CaptureCommand(Session session) {
        super(session);
    }

    @Override
    int run() throws CommandException, InterruptedException {
        CaptureFilter filter = filter();
        Tunnel tunnel = session().node().tunnel();
        session().output().out(Pcap.fileHeader(snapBytes));
        PacketCapture capture = PacketCapture.start(tunnel, outer, filter, snapBytes);
        long unwritten = 0;
        try (capture) {
            for (long left = count; left > 0; ) {
                Optional<byte[]> record = capture.poll(POLL_MILLIS);
                if (record.isPresent() && session().output().isWritable()) {
                    session().output().out(record.get());
                    left--;
                } else if (record.isPresent()) {
                    unwritten++;
                }
            }
        }
        long dropped = capture.dropped() + unwritten;
        if (dropped > 0) {
            session().error(dropped + " packets were not captured: there were more than could be written");
        }
        return 0;
    }

    private CaptureFilter filter() throws CommandException {
        if (snapBytes < 1 || snapBytes > Pcap.MAX_SNAP_BYTES) {
            throw new CommandException("-snap " + snapBytes + " (expected: 1 to " + Pcap.MAX_SNAP_BYTES + ")");
        }
        return new CaptureFilter(
                direction == null ? OptionalInt.empty() : OptionalInt.of(direction(direction)),
                host == null ? OptionalInt.empty() : OptionalInt.of(address(host)),
                protocol == null ? OptionalInt.empty() : OptionalInt.of(protocol(protocol)),
                Optional.ofNullable(port).map(OptionalInt::of).orElse(OptionalInt.empty()));
    }

    private static int direction(String text) throws CommandException {
        return switch (text) {
            case "out" -> 1;
            case "in" -> 0;
            default -> throw new CommandException("-direction '" + text + "' (expected: out or in)");
        };
    }

    private static int address(String text) throws CommandException {
        try {
            return Ipv4.parse(text);
        } catch (IllegalArgumentException e) {
            throw new CommandException("-host '" + text + "' (expected: an IPv4 address)", e);
        }
    }

    private static int protocol(String text) throws CommandException {
        return switch (text) {
            case "icmp" -> 1;
            case "tcp" -> 6;
            case "udp" -> 17;
            default -> throw new CommandException("-protocol '" + text + "' (expected: icmp, tcp or udp)");
        };
    }
}
