package io.rudder.netty.overlay;

import io.netty.channel.ChannelFactory;
import io.rudder.config.Backend;
import io.rudder.lease.NodeIdentity;
import io.rudder.lease.source.LeaseSource;
import io.rudder.net.Ipv4;
import io.rudder.net.Ipv4Prefix;
import io.rudder.netty.tun.TunChannel;
import io.rudder.netty.tunnel.TunnelBuilder;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;

/**
 * Makes an {@link Overlay} of what the application brings along.
 *
 * <table>
 * <caption>Settings besides those of {@link TunnelBuilder}</caption>
 * <tr><th>method</th><th>default</th></tr>
 * <tr><td>{@link #leases}</td><td>required</td></tr>
 * <tr><td>{@link #underlay}</td><td>required</td></tr>
 * <tr><td>{@link #publicAddress}</td><td>the address of {@link #underlay}</td></tr>
 * <tr><td>{@link #port}</td><td>that of the network configuration</td></tr>
 * <tr><td>{@link #nodeId}</td><td>made of the public address</td></tr>
 * <tr><td>{@link #previousSubnet}</td><td>none: any free subnet will do</td></tr>
 * <tr><td>{@link #device}</td><td>a TUN device of the kernel's, which gets address, MTU and route</td></tr>
 * <tr><td>{@link #listener}</td><td>none</td></tr>
 * </table>
 *
 * Not thread-safe.
 */
public final class OverlayBuilder extends TunnelBuilder<OverlayBuilder> {
    private LeaseSource leases;
    private Inet4Address underlay;
    private Optional<Inet4Address> publicAddress = Optional.empty();
    private OptionalInt port = OptionalInt.empty();
    private Optional<String> nodeId = Optional.empty();
    private Optional<Ipv4Prefix> previousSubnet = Optional.empty();
    private boolean managesInterface = true;
    private OverlayListener listener = new OverlayListener() {};

    OverlayBuilder() {
        super("rudder%d");
    }

    /** Where configuration and leases come from; opened and closed by the overlay. */
    public OverlayBuilder leases(LeaseSource source) {
        leases = Objects.requireNonNull(source, "source");
        return this;
    }

    /**
     * The own address in the network below, from which datagrams are sent.
     *
     * @param address IPv4, of one interface
     */
    public OverlayBuilder underlay(InetAddress address) {
        underlay = ipv4(address);
        return this;
    }

    /** The address at which peers reach this node, where something on the way translates addresses. */
    public OverlayBuilder publicAddress(InetAddress address) {
        publicAddress = Optional.of(ipv4(address));
        return this;
    }

    private static Inet4Address ipv4(InetAddress address) {
        if (address instanceof Inet4Address ipv4 && !address.isAnyLocalAddress()) {
            return ipv4;
        }
        throw new IllegalArgumentException("address: " + address + " (expected: IPv4, of one interface)");
    }

    /** The UDP port of all nodes, 1 to 65535. */
    public OverlayBuilder port(int udpPort) {
        if (udpPort < 1 || udpPort > Backend.MAX_PORT) {
            throw new IllegalArgumentException("port: " + udpPort + " (expected: 1 to " + Backend.MAX_PORT + ")");
        }
        port = OptionalInt.of(udpPort);
        return this;
    }

    /**
     * The node's identity, by which it gets its lease back after a restart, even at another address.
     *
     * @param id 32 hexadecimal digits
     */
    public OverlayBuilder nodeId(String id) {
        if (!id.matches("[0-9a-f]{32}")) {
            throw new IllegalArgumentException("nodeId: " + id + " (expected: 32 hexadecimal digits)");
        }
        nodeId = Optional.of(id);
        return this;
    }

    /** A subnet to be had if it is free. */
    public OverlayBuilder previousSubnet(Ipv4Prefix subnet) {
        previousSubnet = Optional.of(subnet);
        return this;
    }

    /** A device of the application's own, which gives it address and routes itself; see {@link TunnelBuilder#device}. */
    @Override
    public OverlayBuilder device(ChannelFactory<? extends TunChannel> factory) {
        managesInterface = false;
        return super.device(factory);
    }

    /** Who hears what happens. */
    public OverlayBuilder listener(OverlayListener hearer) {
        listener = Objects.requireNonNull(hearer, "hearer");
        return this;
    }

    /** An overlay that does nothing until {@link Overlay#start}. */
    public Overlay build() {
        Objects.requireNonNull(leases, "leases");
        Objects.requireNonNull(underlay, "underlay");
        int publicIp = Ipv4.of(publicAddress.orElse(underlay));
        NodeIdentity identity = new NodeIdentity(nodeId.orElseGet(() -> idOf(publicIp)), publicIp);
        return new Overlay(new OverlaySettings(
                settings(), leases, identity, underlay, port, previousSubnet, managesInterface, listener));
    }

    /** Always the same for an address, so that a node without a place to keep its identity gets its lease back. */
    private static String idOf(int publicIp) {
        byte[] name = ("rudder " + Ipv4.format(publicIp)).getBytes(StandardCharsets.US_ASCII);
        return UUID.nameUUIDFromBytes(name).toString().replace("-", "");
    }
}
