package io.rudder.lease.source;

import io.rudder.config.Backend;
import io.rudder.config.NetworkConfig;
import io.rudder.lease.LeaseAttributes;
import io.rudder.lease.RegistryEntry;
import io.rudder.net.Ipv4;
import io.rudder.net.Ipv4Prefix;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * A whole overlay as somebody wrote it down: no leases that run out, no registry.
 *
 * @param network all addresses of the overlay, at most a /30
 * @param port the UDP port of all hosts, 1 to 65535
 * @param hosts who has which subnet; subnets lie in {@code network} and do not overlap
 * @see PeerListReader the text form
 */
public record PeerList(Ipv4Prefix network, int port, List<Host> hosts) {
    /**
     * One host.
     *
     * @param subnet the addresses that it answers for
     * @param publicIp where its datagrams come from and go to
     */
    public record Host(Ipv4Prefix subnet, int publicIp) {
        /** A host from text: a prefix such as {@code 10.5.34.0/24}, and an address. */
        public static Host of(String subnet, String publicIp) {
            return new Host(Ipv4Prefix.parse(subnet), Ipv4.parse(publicIp));
        }
    }

    /** @throws IllegalArgumentException with one line about the first part that does not fit */
    public PeerList {
        hosts = List.copyOf(hosts);
        Checker checker = new Checker(network, port);
        hosts.forEach(checker::add);
    }

    /** A list with flannel's port. */
    public static PeerList of(String network, Host... hosts) {
        return new PeerList(Ipv4Prefix.parse(network), Backend.DEFAULT_PORT, List.of(hosts));
    }

    /** The same as a registry has it: hosts as reservations, which never run out. */
    Map<String, String> entries() {
        Map<String, String> entries = new LinkedHashMap<>();
        int subnetLength =
                hosts.stream().mapToInt(host -> host.subnet().length()).max().orElse(NetworkConfig.MAX_SUBNET_LENGTH);
        entries.put(
                RegistryEntry.CONFIG,
                "{\"Network\":\"" + network + "\",\"SubnetLen\":" + subnetLength
                        + ",\"Backend\":{\"Type\":\"udp\",\"Port\":" + port + "}}");
        for (Host host : hosts) {
            LeaseAttributes attributes = new LeaseAttributes(host.publicIp(), Optional.empty(), Optional.empty());
            entries.put(RegistryEntry.subnetPath(host.subnet()), attributes.toJson());
        }
        return entries;
    }

    /** Checks a list host by host, so that a reader can name the line. */
    static final class Checker {
        private final Ipv4Prefix network;
        private final TreeSet<Ipv4Prefix> subnets = new TreeSet<>();
        private final TreeSet<Integer> addresses = new TreeSet<>();

        Checker(Ipv4Prefix network, int port) {
            this.network = network;
            require(
                    network.length() <= NetworkConfig.MAX_SUBNET_LENGTH,
                    "network " + network + " is smaller than a /" + NetworkConfig.MAX_SUBNET_LENGTH);
            require(port >= 1 && port <= Backend.MAX_PORT, "port " + port + " is not between 1 and 65535");
        }

        void add(Host host) {
            Ipv4Prefix subnet = host.subnet();
            require(network.contains(subnet), "subnet " + subnet + " is not inside network " + network);
            require(
                    subnet.length() <= NetworkConfig.MAX_SUBNET_LENGTH,
                    "subnet " + subnet + " is smaller than a /" + NetworkConfig.MAX_SUBNET_LENGTH);
            String address = Ipv4.format(host.publicIp());
            require(isHostAddress(host.publicIp()), address + " is not the address of a host");
            require(!network.contains(host.publicIp()), address + " is inside network " + network);
            // None of those before overlap, so that only the neighbours can.
            requireApart(subnet, subnets.floor(subnet));
            requireApart(subnet, subnets.ceiling(subnet));
            require(addresses.add(host.publicIp()), "host " + address + " is there twice");
            subnets.add(subnet);
        }

        private static boolean isHostAddress(int address) {
            return address != 0 && address != -1 && !Ipv4.isMulticast(address);
        }

        private static void requireApart(Ipv4Prefix subnet, Ipv4Prefix neighbour) {
            require(neighbour == null || !neighbour.overlaps(subnet), "subnet " + subnet + " overlaps " + neighbour);
        }

        private static void require(boolean condition, String complaint) {
            if (!condition) {
                throw new IllegalArgumentException(complaint);
            }
        }
    }
}
