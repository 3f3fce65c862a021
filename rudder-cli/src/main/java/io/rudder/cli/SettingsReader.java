package io.rudder.cli;

import io.rudder.daemon.DaemonSettings;
import io.rudder.daemon.admin.AdminSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Makes the daemon's settings of what the operator chose. */
final class SettingsReader {
    private final OptionValues values;

    SettingsReader(OptionValues values) {
        this.values = values;
    }

    DaemonSettings read() throws OptionException {
        return new DaemonSettings(
                new EtcdOptionsReader(values).read(),
                values.find(DaemonOption.PEERS_FILE, OptionParsers::file),
                underlay(),
                host(),
                carriage(),
                lease(),
                http());
    }

    private DaemonSettings.Underlay underlay() throws OptionException {
        return new DaemonSettings.Underlay(
                values.find(DaemonOption.IFACE, OptionParsers::iface),
                values.find(DaemonOption.PUBLIC_IP, OptionParsers::publicIp),
                values.find(DaemonOption.PORT, OptionParsers::port));
    }

    private DaemonSettings.Host host() throws OptionException {
        Path runDir = values.get(DaemonOption.RUN_DIR, OptionParsers::path);
        return new DaemonSettings.Host(
                values.get(DaemonOption.TUN_NAME, OptionParsers::tunName),
                runDir,
                values.find(DaemonOption.SUBNET_FILE, OptionParsers::file).orElse(runDir.resolve("subnet.env")),
                values.find(DaemonOption.CNI_CONF_FILE, OptionParsers::file),
                values.get(DaemonOption.STATE_DIR, OptionParsers::path),
                values.get(DaemonOption.IP_MASQ, OptionParsers::flag),
                new DaemonSettings.Restart(
                        runDir.resolve("hand-over.sock"),
                        values.get(DaemonOption.HAND_OVER, OptionParsers::flag),
                        values.get(DaemonOption.FD_STORE, OptionParsers::flag)));
    }

    private DaemonSettings.Carriage carriage() throws OptionException {
        return new DaemonSettings.Carriage(
                values.get(DaemonOption.OFFLOAD, OptionParsers::offload),
                values.get(DaemonOption.QUEUES, OptionParsers::queues),
                values.get(DaemonOption.REALTIME, OptionParsers::flag),
                values.get(DaemonOption.BUSY_POLL, OptionParsers::busyPoll),
                values.get(DaemonOption.PROBE_INTERVAL, OptionParsers::probeInterval));
    }

    private Optional<AdminSettings> http() throws OptionException {
        int port = values.get(DaemonOption.HEALTHZ_PORT, OptionParsers::tcpPort);
        String ip = values.get(DaemonOption.HEALTHZ_IP, OptionParsers::listenIp);
        boolean perPeer = values.get(DaemonOption.METRICS_PER_PEER, OptionParsers::flag);
        return port == 0 ? Optional.empty() : Optional.of(new AdminSettings(ip, port, perPeer));
    }

    private DaemonSettings.Leasing lease() throws OptionException {
        int marginMinutes = values.get(DaemonOption.SUBNET_LEASE_RENEW_MARGIN, OptionParsers::renewMarginMinutes);
        return new DaemonSettings.Leasing(
                Duration.ofMinutes(marginMinutes),
                values.get(DaemonOption.TAKE_OVER, OptionParsers::flag),
                values.get(DaemonOption.ON_LEASE_LOST, OptionParsers::onLeaseLost),
                values.find(DaemonOption.ON_SUBNET_CHANGE, OptionParsers::command),
                values.get(DaemonOption.RELEASE_ON_EXIT, OptionParsers::flag),
                values.get(DaemonOption.OFFLINE_START, OptionParsers::flag));
    }
}
