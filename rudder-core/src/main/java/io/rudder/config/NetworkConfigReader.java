package io.rudder.config;

import io.rudder.net.Ipv4;
import io.rudder.net.Ipv4Prefix;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Reads the JSON text of {@code <prefix>/config}, in which flannel and Rudder agree:
 *
 * <pre>{"Network":"10.0.0.0/16","SubnetLen":24,"SubnetMin":"10.0.16.0","SubnetMax":"10.0.239.0",
 * "Backend":{"Type":"udp","Port":8285}}</pre>
 *
 * Only {@code Network} is required. Names match without regard to case, and a {@code null} counts as absent. Safe on
 * any thread.
 */
public final class NetworkConfigReader {
    private static final Set<String> MEMBERS = Set.of("Network", "SubnetLen", "SubnetMin", "SubnetMax", "Backend");
    private static final Set<String> BACKEND_MEMBERS = Set.of("Type", "Port");
    private static final String EXAMPLE_NETWORK = "10.0.0.0/16";
    private static final int USUAL_SUBNET_LENGTH = 24;

    private NetworkConfigReader() {}

    /**
     * Reads a configuration.
     *
     * @param warnings takes a line about each member that is unknown and ignored
     * @throws InvalidConfigException with one line that names the member, its value and the nearest value that would
     *     do, or the line and column where the text stops being JSON
     */
    public static NetworkConfig read(String json, Consumer<String> warnings) throws InvalidConfigException {
        JsonMembers members = JsonMembers.parse(json);
        members.warnOfOthers(MEMBERS, warnings);
        Ipv4Prefix network = network(members);
        int length = subnetLength(members, network);
        Ipv4Prefix min = subnet(members, "SubnetMin", network, Ipv4Prefix.containing(network.first(), length));
        Ipv4Prefix max = subnet(members, "SubnetMax", network, Ipv4Prefix.containing(network.last(), length));
        if (min.compareTo(max) > 0) {
            throw members.unsuitable("SubnetMax", "is before SubnetMin " + quoted(min), quoted(min));
        }
        return new NetworkConfig(network, length, min, max, backend(members, warnings));
    }

    private static Ipv4Prefix network(JsonMembers members) throws InvalidConfigException {
        String text = members.string("Network", '"' + EXAMPLE_NETWORK + '"')
                .orElseThrow(() -> new InvalidConfigException(
                        "Network is missing: it names the overlay's addresses, such as \"" + EXAMPLE_NETWORK + '"'));
        Ipv4Prefix network;
        try {
            network = Ipv4Prefix.parse(text);
        } catch (IllegalArgumentException e) {
            throw members.unsuitable("Network", "is not an IPv4 prefix (a.b.c.d/len)", nearestNetwork(text));
        }
        if (network.length() > NetworkConfig.MAX_SUBNET_LENGTH) {
            throw members.unsuitable("Network", "is too small to hold a subnet", nearestNetwork(text));
        }
        return network;
    }

    private static String nearestNetwork(String text) {
        String[] parts = text.split("/", 2);
        try {
            int length = parts.length < 2 ? 16 : Integer.parseInt(parts[1]);
            int possible = Math.max(0, Math.min(NetworkConfig.MAX_SUBNET_LENGTH, length));
            return "\"" + Ipv4Prefix.containing(Ipv4.parse(parts[0]), possible) + '"';
        } catch (IllegalArgumentException e) {
            return '"' + EXAMPLE_NETWORK + '"';
        }
    }

    private static int subnetLength(JsonMembers members, Ipv4Prefix network) throws InvalidConfigException {
        int fallback = Math.max(USUAL_SUBNET_LENGTH, network.length() + 1);
        int length = members.integer("SubnetLen", fallback, network.length(), NetworkConfig.MAX_SUBNET_LENGTH);
        if (length > NetworkConfig.MAX_SUBNET_LENGTH) {
            throw new InvalidConfigException("SubnetLen " + length + " (the default for Network " + network
                    + ") is longer than " + NetworkConfig.MAX_SUBNET_LENGTH + "; nearest that would do: "
                    + NetworkConfig.MAX_SUBNET_LENGTH);
        }
        return length;
    }

    private static Ipv4Prefix subnet(JsonMembers members, String name, Ipv4Prefix network, Ipv4Prefix fallback)
            throws InvalidConfigException {
        Optional<String> text = members.string(name, quoted(fallback));
        if (text.isEmpty()) {
            return fallback;
        }
        Ipv4Prefix nearest = nearestSubnet(text.get(), network, fallback);
        if (!text.get().equals(Ipv4.format(nearest.first()))) {
            String problem = "is not the first address of a /" + nearest.length() + " subnet of Network " + network;
            throw members.unsuitable(name, problem, quoted(nearest));
        }
        return nearest;
    }

    private static Ipv4Prefix nearestSubnet(String text, Ipv4Prefix network, Ipv4Prefix fallback) {
        int address;
        try {
            address = Ipv4.parse(text.split("/", 2)[0]);
        } catch (IllegalArgumentException e) {
            return fallback;
        }
        if (!network.contains(address)) {
            boolean isBelow = Integer.compareUnsigned(address, network.first()) < 0;
            address = isBelow ? network.first() : network.last();
        }
        return Ipv4Prefix.containing(address, fallback.length());
    }

    private static Backend backend(JsonMembers members, Consumer<String> warnings) throws InvalidConfigException {
        Optional<JsonMembers> object = members.object("Backend", "{\"Type\":\"udp\"}");
        if (object.isEmpty()) {
            return Backend.DEFAULT;
        }
        JsonMembers backend = object.get();
        backend.warnOfOthers(BACKEND_MEMBERS, warnings);
        return new Backend(backendType(backend), backend.integer("Port", Backend.DEFAULT_PORT, 1, Backend.MAX_PORT));
    }

    private static Backend.Type backendType(JsonMembers backend) throws InvalidConfigException {
        String text =
                backend.string("Type", "\"udp\"").orElse(Backend.DEFAULT.type().id());
        for (Backend.Type type : Backend.Type.values()) {
            if (type.id().equalsIgnoreCase(text)) {
                return type;
            }
        }
        throw backend.unsuitable("Type", "is neither udp nor alloc", "\"udp\"");
    }

    private static String quoted(Ipv4Prefix subnet) {
        return '"' + Ipv4.format(subnet.first()) + '"';
    }
}
