package io.rudder.cli;

import io.rudder.etcd.EtcdOptions;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Every option of the daemon: its names, what help says of it, and what holds if nobody chose. */
enum DaemonOption {
    ETCD_ENDPOINT("-etcd-endpoint", "URL[,URL...]", EtcdOptions.DEFAULT_ENDPOINTS, "The etcd members to talk to."),
    ETCD_PREFIX("-etcd-prefix", "KEY", EtcdOptions.DEFAULT_PREFIX, "What all keys of the overlay in etcd start with."),
    ETCD_CAFILE(
            "-etcd-cafile",
            "FILE",
            "",
            "Whom to trust at https endpoints (PEM); without it, the system's authorities."),
    ETCD_CERTFILE("-etcd-certfile", "FILE", "", "This host's certificate towards etcd (PEM), for mutual TLS."),
    ETCD_KEYFILE("-etcd-keyfile", "FILE", "", "The private key of that certificate (PEM, not encrypted)."),
    ETCD_USERNAME("-etcd-username", "NAME", "", "Who logs in to etcd, if it has authentication enabled."),
    ETCD_PASSWORD("-etcd-password", "TEXT", "", "The password; on a command line all users of the host can read it."),
    ETCD_PASSWORD_FILE("-etcd-password-file", "FILE", "", "A file with the password, on its first line."),
    PEERS_FILE("-peers-file", "FILE", "", "A list of all hosts and their subnets, in place of etcd."),
    IFACE("-iface", "NAME|IP", "", "The interface to the other hosts; without it, that of the default route."),
    PUBLIC_IP("-public-ip", "IP", "", "The address at which peers reach this host; without it, the interface's."),
    PORT("-port", "PORT", "", "UDP port of all hosts; without it, that of the network configuration, else 8285."),
    IP_MASQ("-ip-masq", "", "false", "Give packets that leave the overlay this host's address."),
    TUN_NAME("-tun-name", "NAME", "rudder0", "The TUN device to make."),
    SUBNET_FILE("-subnet-file", "FILE", "", "Where the leased subnet is written; without it, <run-dir>/subnet.env."),
    CNI_CONF_FILE("-cni-conf-file", "FILE", "", "Where a network configuration for CNI plugins is written as well."),
    RUN_DIR("-run-dir", "DIR", "/run/rudder", "Where files live that a reboot may take."),
    STATE_DIR("-state-dir", "DIR", "/var/lib/rudder", "Where this host's identity is kept."),
    SUBNET_LEASE_RENEW_MARGIN(
            "-subnet-lease-renew-margin",
            "MINUTES",
            "60",
            "Renew while the lease of 24 hours still has so long to live, 1 to 1439; at the latest every hour."),
    TAKE_OVER("-take-over", "", "false", "Take the lease of another live node that has this host's public address."),
    ON_LEASE_LOST(
            "-on-lease-lost",
            "fence|exit|keep",
            "fence",
            "When somebody else took the subnet: take another one, end, or go on with it."),
    ON_SUBNET_CHANGE(
            "-on-subnet-change",
            "COMMAND",
            "",
            "A shell's command to run when the host got another subnet; RUDDER_OLD_SUBNET and RUDDER_SUBNET name them."),
    RELEASE_ON_EXIT(
            "-release-on-exit", "", "false", "Give the lease back on exit; without it, a restart finds it again."),
    OFFLINE_START(
            "-offline-start",
            "",
            "false",
            "While etcd does not answer at the start, carry on with what an earlier run saved in the state directory."),
    HAND_OVER(
            "-hand-over",
            "",
            "false",
            "Take the tunnel over from the daemon that runs with the same -run-dir, which ends once this one carries packets."),
    FD_STORE(
            "-fd-store",
            "",
            "false",
            "Leave the tunnel with systemd (FileDescriptorStoreMax) for the next daemon; its queues are long, for packets to wait in."),
    OFFLOAD(
            "-offload",
            "auto|off",
            "auto",
            "Let kernel and network card split and join packets; off for finding faults."),
    QUEUES("-queues", "auto|N", "auto", "Loops that carry packets, 1 to 64; auto: one for two cores."),
    REALTIME(
            "-realtime",
            "",
            "false",
            "Let loops that carry packets run before ordinary threads, where there are more cores than loops: short delays beside a busy stream, fewer small packets per second."),
    BUSY_POLL(
            "-busy-poll",
            "MICROSECONDS|off",
            "100",
            "How long loops that carry packets ask for the next one before they sleep, 1 to 1000, while small packets go back and forth."),
    PROBE_INTERVAL(
            "-probe-interval",
            "SECONDS|off",
            "5",
            "Measure the way to each peer so often, 1 to 3600; longer with more than 125 peers."),
    HEALTHZ_IP("-healthz-ip", "IP", "0.0.0.0", "The address to answer HTTP at."),
    HEALTHZ_PORT(
            "-healthz-port", "PORT", "0", "TCP port for health, metrics, status and a page over HTTP; 0 for none."),
    METRICS_PER_PEER("-metrics-per-peer", "", "false", "Let metrics have series for each peer."),
    LOG_FORMAT("-log-format", "text|json", "text", "How log lines look; text has no times of its own in the journal."),
    V("-v", "LEVEL", "0", "0, or 1 to log what the data path does.");

    private static final String ENDPOINTS_ALIAS = "-etcd-endpoints";

    private final String flag;
    private final String parameter;
    private final String defaultText;
    private final String description;

    DaemonOption(String flag, String parameter, String defaultText, String description) {
        this.flag = flag;
        this.parameter = parameter;
        this.defaultText = defaultText;
        this.description = description;
    }

    /** The name with one dash. */
    String flag() {
        return flag;
    }

    /** All names that the command line knows, with one dash and with two. */
    List<String> names() {
        return this == ETCD_ENDPOINT
                ? List.of(flag, "-" + flag, ENDPOINTS_ALIAS, "-" + ENDPOINTS_ALIAS)
                : List.of(flag, "-" + flag);
    }

    /** The environment variable that stands in for the option. */
    String variable() {
        return "RUDDER_" + flag.substring(1).toUpperCase(Locale.ROOT).replace('-', '_');
    }

    /** Whether the option may stand alone, which means {@code true}. */
    boolean isSwitch() {
        return parameter.isEmpty();
    }

    /** What stands for the value in help; empty for a switch. */
    String parameter() {
        return parameter;
    }

    /** What holds if nobody chose; empty if that depends on the host or on the network configuration. */
    Optional<String> defaultText() {
        return Optional.of(defaultText).filter(text -> !text.isEmpty());
    }

    /** What help says. */
    String description() {
        return description;
    }
}
