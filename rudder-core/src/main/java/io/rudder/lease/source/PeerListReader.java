package io.rudder.lease.source;

import io.rudder.config.Backend;
import io.rudder.net.Excerpt;
import io.rudder.net.Ipv4Prefix;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads a {@link PeerList}: first the network, then a line for each host, the same on all of them.
 *
 * <pre>
 * # who has which subnet, and where
 * network 10.5.0.0/16
 * port    8285                        # may be left out
 * 10.5.34.0/24    198.51.100.7
 * 10.5.71.0/24    198.51.100.8
 * </pre>
 */
public final class PeerListReader {
    private static final int MAX_CHARACTERS = 4 << 20;

    private final List<PeerList.Host> hosts = new ArrayList<>();
    private Ipv4Prefix network;
    private int port = Backend.DEFAULT_PORT;
    private PeerList.Checker checker;

    private PeerListReader() {}

    /**
     * Reads a list.
     *
     * @throws IllegalArgumentException with one line: which line is wrong, how, and what would do
     */
    public static PeerList read(String text) {
        if (text.length() > MAX_CHARACTERS) {
            throw new IllegalArgumentException("longer than " + MAX_CHARACTERS + " characters");
        }
        PeerListReader reader = new PeerListReader();
        int number = 0;
        for (String line : text.lines().toList()) {
            number++;
            try {
                reader.line(line.replaceFirst("#.*", "").strip());
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("line " + number + ": " + e.getMessage(), e);
            }
        }
        if (reader.network == null) {
            throw new IllegalArgumentException("no network: the first line must be like 'network 10.5.0.0/16'");
        }
        return new PeerList(reader.network, reader.port, reader.hosts);
    }

    private void line(String line) {
        if (line.isEmpty()) {
            return;
        }
        String[] words = line.split("\\s+");
        if (words.length != 2) {
            throw unknown(line);
        } else if (words[0].equals("network")) {
            network(words[1]);
        } else if (network == null) {
            throw new IllegalArgumentException(
                    "'" + Excerpt.of(line) + "' comes before the network (expected: network 10.5.0.0/16)");
        } else if (words[0].equals("port")) {
            port(words[1]);
        } else if (words[0].contains("/")) {
            host(PeerList.Host.of(words[0], words[1]));
        } else {
            throw unknown(line);
        }
    }

    private static IllegalArgumentException unknown(String line) {
        return new IllegalArgumentException("'" + Excerpt.of(line)
                + "' is not a subnet and a host's address (expected: 10.5.34.0/24 198.51.100.7)");
    }

    private void network(String text) {
        if (network != null) {
            throw new IllegalArgumentException("a second network: " + Excerpt.of(text));
        }
        network = Ipv4Prefix.parse(text);
        checker = new PeerList.Checker(network, port);
    }

    private void port(String text) {
        if (!text.matches("[1-9][0-9]{0,4}") || Integer.parseInt(text) > Backend.MAX_PORT) {
            throw new IllegalArgumentException(
                    "'" + Excerpt.of(text) + "' is not a UDP port (expected 1 to " + Backend.MAX_PORT + ")");
        }
        port = Integer.parseInt(text);
    }

    private void host(PeerList.Host host) {
        checker.add(host);
        hosts.add(host);
    }
}
