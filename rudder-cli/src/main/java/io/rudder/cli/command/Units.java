package io.rudder.cli.command;

import java.util.Locale;

/** Numbers as people read them. */
final class Units {
    private static final String[] BINARY = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    private static final String[] DECIMAL = {"", "k", "M", "G", "T", "P"};
    private static final long MINUTE = 60;
    private static final long HOUR = 60 * MINUTE;
    private static final long DAY = 24 * HOUR;

    private Units() {}

    /** {@code 1.25 MiB}. */
    static String bytes(double bytes) {
        int unit = 0;
        double value = bytes;
        while (value >= 1024 && unit < BINARY.length - 1) {
            value /= 1024;
            unit++;
        }
        return number(value, unit == 0) + " " + BINARY[unit];
    }

    /** {@code 1.25 Mbit/s}, of bytes a second. */
    static String bitsPerSecond(double bytesPerSecond) {
        return decimal(bytesPerSecond * 8) + "bit/s";
    }

    /** {@code 1.25 k/s}. */
    static String perSecond(double count) {
        return decimal(count).stripTrailing() + "/s";
    }

    /** {@code 12.3 M}. */
    static String count(double count) {
        return decimal(count).stripTrailing();
    }

    private static String decimal(double amount) {
        int unit = 0;
        double value = amount;
        while (value >= 1000 && unit < DECIMAL.length - 1) {
            value /= 1000;
            unit++;
        }
        return number(value, unit == 0) + " " + DECIMAL[unit];
    }

    private static String number(double value, boolean whole) {
        if (whole) {
            return Long.toString(Math.round(value));
        }
        String format = value < 10 ? "%.2f" : value < 100 ? "%.1f" : "%.0f";
        return String.format(Locale.ROOT, format, value);
    }

    /** {@code 3 h 12 min}: the two largest units. */
    static String duration(double seconds) {
        long whole = Math.round(Math.max(0, seconds));
        if (seconds < 10) {
            return String.format(Locale.ROOT, "%.1f s", Math.max(0, seconds));
        }
        if (whole < MINUTE) {
            return whole + " s";
        }
        if (whole < HOUR) {
            return whole / MINUTE + " min" + part(whole % MINUTE, " s");
        }
        return whole < DAY
                ? whole / HOUR + " h" + part(whole % HOUR / MINUTE, " min")
                : whole / DAY + " d" + part(whole % DAY / HOUR, " h");
    }

    private static String part(long value, String unit) {
        return value == 0 ? "" : " " + value + unit;
    }

    /** {@code 0.31 ms}. */
    static String millis(double millis) {
        return number(millis, false) + " ms";
    }

    /** {@code 1.5 %}, of a share of 1. */
    static String percent(double ratio) {
        double percent = ratio * 100;
        return (percent == Math.rint(percent) ? number(percent, true) : number(percent, false)) + " %";
    }
}
