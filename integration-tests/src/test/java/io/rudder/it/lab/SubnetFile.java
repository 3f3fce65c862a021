package io.rudder.it.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * The subnet file of a daemon, as a container runtime reads it.
 *
 * @param network the overlay, such as {@code 10.0.0.0/16}
 * @param subnet the first usable address of the lease with its prefix length, such as {@code 10.0.34.1/24}
 * @param mtuBytes the largest packet inside the overlay
 * @param ipMasq whether the daemon masquerades
 */
public record SubnetFile(String network, String subnet, int mtuBytes, boolean ipMasq) {
    /**
     * Reads the file at {@code path}.
     *
     * @throws AssertionError if it does not hold exactly the four variables of the contract
     */
    public static SubnetFile read(Path path) {
        Map<String, String> variables = new TreeMap<>();
        lines(path).lines().map(line -> line.split("=", 2)).forEach(pair -> variables.put(pair[0], pair[1]));
        if (!variables.keySet().toString().equals("[RUDDER_IPMASQ, RUDDER_MTU, RUDDER_NETWORK, RUDDER_SUBNET]")) {
            throw new AssertionError("unexpected variables in the subnet file: " + variables);
        }
        return new SubnetFile(
                variables.get("RUDDER_NETWORK"),
                variables.get("RUDDER_SUBNET"),
                Integer.parseInt(variables.get("RUDDER_MTU")),
                Boolean.parseBoolean(variables.get("RUDDER_IPMASQ")));
    }

    /** Returns the host's own overlay address, which is the subnet's network address. */
    public String overlayAddress() {
        return address(0);
    }

    /** Returns the n-th address of the subnet, which is at least a /24. */
    public String address(int n) {
        String first = subnet.substring(0, subnet.indexOf('/'));
        int lastDot = first.lastIndexOf('.');
        int base = Integer.parseInt(first.substring(lastDot + 1)) - 1;
        return first.substring(0, lastDot + 1) + (base + n);
    }

    /** Returns the n-th address with the subnet's prefix length, as a container gets it. */
    public String addressWithLength(int n) {
        return address(n) + subnet.substring(subnet.indexOf('/'));
    }

    /** Returns the last element of the lease's key, such as {@code 10.0.34.0-24}. */
    public String keyName() {
        return addressWithLength(0).replace('/', '-');
    }

    private static String lines(Path path) {
        try {
            return Files.readString(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
