package io.rudder.netty.overlay;

import io.rudder.lease.LeasePolicy;
import io.rudder.lease.NodeIdentity;
import io.rudder.lease.source.LeaseSource;
import io.rudder.net.Ipv4Prefix;
import io.rudder.netty.tunnel.TunnelSettings;
import io.rudder.node.NodeSettings;
import java.net.InetAddress;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What an application has decided about one overlay.
 *
 * @param tunnel what the data path is made of; only its address is missing
 * @param leases where configuration and leases come from
 * @param identity who the node is
 * @param underlay the own address in the network below
 * @param port the UDP port of all nodes, if not that of the configuration
 * @param previousSubnet the subnet to be had again if it is free
 * @param managesInterface whether the device gets address, MTU and route
 * @param listener hears what happens
 */
record OverlaySettings(
        TunnelSettings tunnel,
        LeaseSource leases,
        NodeIdentity identity,
        InetAddress underlay,
        OptionalInt port,
        Optional<Ipv4Prefix> previousSubnet,
        boolean managesInterface,
        OverlayListener listener) {

    NodeSettings node() {
        return new NodeSettings(identity, port, previousSubnet, LeasePolicy.DEFAULT, "config");
    }
}
