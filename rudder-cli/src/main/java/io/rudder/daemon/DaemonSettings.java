package io.rudder.daemon;

import io.rudder.daemon.admin.AdminSettings;
import io.rudder.etcd.EtcdLeases;
import io.rudder.etcd.EtcdOptions;
import io.rudder.lease.LeasePolicy;
import io.rudder.lease.source.LeaseSource;
import io.rudder.lease.source.PeersFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * What an operator decides about one daemon.
 *
 * @param etcd where configuration and leases are
 * @param peersFile where they are instead, if there is to be no etcd
 * @param underlay how the other hosts are reached
 * @param host what is made on this host
 * @param carriage how packets are carried
 * @param leasing how the own lease is had and kept
 * @param http where it answers HTTP, if anywhere
 */
public record DaemonSettings(
        EtcdOptions etcd,
        Optional<Path> peersFile,
        Underlay underlay,
        Host host,
        Carriage carriage,
        Leasing leasing,
        Optional<AdminSettings> http) {

    /** Where configuration and leases come from. */
    LeaseSource leases() {
        return peersFile.<LeaseSource>map(PeersFile::new).orElseGet(() -> new EtcdLeases(etcd));
    }

    /** Where the network configuration is, for messages. */
    String configKey() {
        return peersFile.map(Path::toString).orElse(etcd.prefix() + "/config");
    }

    /**
     * How the other hosts are reached.
     *
     * @param iface name or address of the interface to them; without one, that of the default route
     * @param publicIp the address that they are told; without one, the interface's
     * @param port UDP port, 1 to 65535; without one, that of the network configuration
     */
    public record Underlay(Optional<String> iface, Optional<Integer> publicIp, Optional<Integer> port) {}

    /**
     * What is made on this host.
     *
     * @param tunName the TUN device
     * @param runDir where files live that a reboot may take, the control socket among them
     * @param subnetFile where the leased subnet is written
     * @param cniConfFile where container runtimes are told of it; empty for nowhere
     * @param stateDir where the node's identity is kept
     * @param ipMasq whether packets that leave the overlay get this host's address
     * @param restart how the tunnel outlives a daemon
     */
    public record Host(
            String tunName,
            Path runDir,
            Path subnetFile,
            Optional<Path> cniConfFile,
            Path stateDir,
            boolean ipMasq,
            Restart restart) {}

    /**
     * How the tunnel outlives a daemon.
     *
     * @param socket where a running daemon waits for the one that takes its tunnel over
     * @param handOver whether this daemon takes over from a running one
     * @param fdStore whether the service manager keeps the tunnel's descriptors for the next daemon
     */
    public record Restart(Path socket, boolean handOver, boolean fdStore) {}

    /**
     * How packets are carried.
     *
     * @param offload whether to use the kernel's offloads as far as it has them
     * @param queues how many loops carry packets
     * @param realTime whether their threads run before ordinary ones, where there are more cores than loops
     * @param busyPoll how long loops ask for packets before they sleep, at the most; empty for not at all
     * @param probeInterval how often the way to each peer is measured; empty for not at all
     */
    public record Carriage(
            boolean offload,
            int queues,
            boolean realTime,
            Optional<Duration> busyPoll,
            Optional<Duration> probeInterval) {}

    /**
     * How the own lease is had and kept.
     *
     * @param renewMargin what a lease may have left at the least when it is renewed, shorter than its time to live
     * @param takeOver whether to take the lease of another live node that has this host's public address
     * @param onLost what to do when somebody else owns the subnet that the host had
     * @param onSubnetChange a shell's command to run when the host has another subnet
     * @param releaseOnExit whether to give the lease back at the end
     * @param offlineStart whether to carry on with the saved state while etcd does not answer at the start
     */
    public record Leasing(
            Duration renewMargin,
            boolean takeOver,
            LeasePolicy.OnLost onLost,
            Optional<String> onSubnetChange,
            boolean releaseOnExit,
            boolean offlineStart) {

        /** With a renewal every hour, or more often where the margin asks for it. */
        public LeasePolicy policy() {
            LeasePolicy usual = LeasePolicy.DEFAULT;
            Duration untilMargin = usual.timeToLive().minus(renewMargin);
            boolean usualIsSoonEnough = usual.renewInterval().compareTo(untilMargin) <= 0;
            return usual.renewedEvery(usualIsSoonEnough ? usual.renewInterval() : untilMargin)
                    .takingOver(takeOver)
                    .onLost(onLost);
        }
    }
}
