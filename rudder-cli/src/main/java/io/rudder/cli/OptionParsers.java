package io.rudder.cli;

import io.rudder.cli.log.LogFormat;
import io.rudder.lease.LeasePolicy;
import io.rudder.net.Ipv4;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.regex.Pattern;

/** From an operator's text to a value. Each throws an IllegalArgumentException that says what would do. */
final class OptionParsers {
    // What the kernel allows (dev_valid_name: no slash, colon or white space, at most 15 bytes), less what would need
    // quoting in nftables and what ip would take for an option.
    private static final Pattern INTERFACE_NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,14}");
    // The kernel keeps settings for these two beside those of the devices.
    private static final Pattern RESERVED_NAME = Pattern.compile("all|default|lo");

    private static final int MAX_QUEUES = 64;

    private OptionParsers() {}

    static boolean flag(String text) {
        return switch (text) {
            case "true", "1" -> true;
            case "false", "0" -> false;
            default -> throw new IllegalArgumentException("'" + text + "' is neither true nor false");
        };
    }

    static int port(String text) {
        return number(text, 1, 65535, "a UDP port");
    }

    static int tcpPort(String text) {
        return number(text, 0, 65535, "a TCP port");
    }

    static String listenIp(String text) {
        return Ipv4.format(Ipv4.parse(text));
    }

    static int renewMarginMinutes(String text) {
        return number(text, 1, 1439, "a number of minutes");
    }

    static LeasePolicy.OnLost onLeaseLost(String text) {
        return switch (text) {
            case "fence" -> LeasePolicy.OnLost.FENCE;
            case "exit" -> LeasePolicy.OnLost.EXIT;
            case "keep" -> LeasePolicy.OnLost.KEEP;
            default -> throw new IllegalArgumentException("'" + text + "' is none of fence, exit and keep");
        };
    }

    static String command(String text) {
        if (text.isBlank()) {
            throw new IllegalArgumentException("'" + text + "' is not a command");
        }
        return text;
    }

    static boolean offload(String text) {
        return switch (text) {
            case "auto" -> true;
            case "off" -> false;
            default -> throw new IllegalArgumentException("'" + text + "' is neither auto nor off");
        };
    }

    /** More loops than half the cores take time from the containers that they carry packets for. */
    static int queues(String text) {
        return text.equals("auto")
                ? Math.max(1, Math.min(MAX_QUEUES, Runtime.getRuntime().availableProcessors() / 2))
                : number(text, 1, MAX_QUEUES, "auto or a number of queues");
    }

    static Optional<Duration> busyPoll(String text) {
        return text.equals("off")
                ? Optional.empty()
                : Optional.of(Duration.of(number(text, 1, 1000, "off or a number of microseconds"), ChronoUnit.MICROS));
    }

    static Optional<Duration> probeInterval(String text) {
        return text.equals("off")
                ? Optional.empty()
                : Optional.of(Duration.ofSeconds(number(text, 1, 3600, "off or a number of seconds")));
    }

    static LogFormat logFormat(String text) {
        return switch (text) {
            case "text" -> LogFormat.TEXT;
            case "json" -> LogFormat.JSON;
            default -> throw new IllegalArgumentException("'" + text + "' is neither text nor json");
        };
    }

    static int verbosity(String text) {
        return number(text, 0, 1, "a level");
    }

    static String tunName(String text) {
        if (!INTERFACE_NAME.matcher(text).matches()
                || RESERVED_NAME.matcher(text).matches()) {
            throw new IllegalArgumentException("'" + text
                    + "' is not a name for a device (expected 1 to 15 letters, digits, '_', '.' or '-', like rudder0)");
        }
        return text;
    }

    static Path path(String text) {
        if (text.isBlank()) {
            throw new IllegalArgumentException("'" + text + "' is not a path");
        }
        return Path.of(text).toAbsolutePath().normalize();
    }

    static Path file(String text) {
        Path path = path(text);
        if (path.getFileName() == null) {
            throw new IllegalArgumentException("'" + text + "' is not a file");
        }
        return path;
    }

    static String iface(String text) {
        if (text.isBlank()) {
            throw new IllegalArgumentException("'" + text + "' is not an interface (expected its name or its address)");
        }
        return text;
    }

    static int publicIp(String text) {
        int address = Ipv4.parse(text);
        if (address == 0 || Ipv4.isLoopback(address) || Ipv4.isMulticast(address) || address == -1) {
            throw new IllegalArgumentException("'" + text + "' is not an address at which peers can reach this host");
        }
        return address;
    }

    private static int number(String text, int min, int max, String what) {
        // Nine digits fit an int.
        if (text.matches("\\d{1,9}")) {
            int value = Integer.parseInt(text);
            if (value >= min && value <= max) {
                return value;
            }
        }
        throw new IllegalArgumentException("'" + text + "' is not " + what + " (expected " + min + " to " + max + ")");
    }
}
