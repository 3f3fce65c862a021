package io.rudder.lease;

import io.rudder.net.Ipv4;
import io.rudder.net.Ipv4Prefix;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The last element of a lease's key: subnet {@code 10.0.34.0/24} has {@code 10.0.34.0-24}, as flannel writes it. */
public final class LeaseKey {
    private static final Pattern FORM = Pattern.compile("(\\d+\\.\\d+\\.\\d+\\.\\d+)-(\\d{1,2})");

    private LeaseKey() {}

    /** The key element of a subnet. */
    public static String of(Ipv4Prefix subnet) {
        return Ipv4.format(subnet.address()) + "-" + subnet.length();
    }

    /** The subnet of a key element; empty if the text is not in the form or sets host bits. */
    public static Optional<Ipv4Prefix> parse(String element) {
        Matcher matcher = FORM.matcher(element);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new Ipv4Prefix(Ipv4.parse(matcher.group(1)), Integer.parseInt(matcher.group(2))));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
