package io.rudder.cli.command;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.rudder.config.Backend;
import io.rudder.config.NetworkConfig;
import io.rudder.daemon.DaemonSettings;
import io.rudder.daemon.host.Finding;
import io.rudder.daemon.host.Finding.Level;
import io.rudder.daemon.host.HostChecks;
import io.rudder.daemon.host.ProcessCommands;
import io.rudder.lease.RegistryEntry;
import io.rudder.lease.RegistrySnapshot;
import io.rudder.net.Ipv4Prefix;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code rudder check}. */
@Command
final class CheckCommand extends OperatorCommand {
    private static final Duration COMMAND_TIMEOUT = Duration.ofSeconds(3);

    @Mixin
    private JsonOption json;

    CheckCommand(Session session) {
        super(session);
    }

    @Override
    boolean worksWithoutDaemon() {
        return true;
    }

    @Override
    int run() throws CommandException, InterruptedException {
        List<Finding> findings = findings(session().node().settings(options()));
        if (json.isWanted()) {
            printJson(findings);
        } else {
            findings.forEach(this::print);
            out().println(summary(findings));
        }
        return count(findings, Level.ERROR) == 0 ? 0 : Shell.FAILED;
    }

    private List<Finding> findings(DaemonSettings settings) throws CommandException, InterruptedException {
        HostChecks host = new HostChecks(new ProcessCommands(COMMAND_TIMEOUT));
        boolean isRunning = session().node().isDaemon();
        List<Finding> findings = new ArrayList<>();
        findings.add(host.tunDevice());
        findings.add(host.rights());
        findings.add(host.underlay(settings.underlay().iface()));
        findings.add(host.forwarding());
        findings.add(host.firewall(settings.host().tunName(), isRunning));
        Optional<NetworkConfig> config = etcd(settings, findings);
        int configured = config.map(known -> known.backend().port()).orElse(Backend.DEFAULT_PORT);
        findings.add(host.port(
                settings.underlay().iface(), settings.underlay().port().orElse(configured), isRunning));
        Optional<Ipv4Prefix> subnet = isRunning ? status().lease().subnet().map(Ipv4Prefix::parse) : Optional.empty();
        config.ifPresent(known -> findings.addAll(host.conflicts(settings.host().tunName(), known.network(), subnet)));
        subnet.ifPresent(
                own -> findings.addAll(host.bridges(own, settings.host().subnetFile())));
        if (isRunning) {
            findings.add(daemon());
        }
        return findings;
    }

    private Optional<NetworkConfig> etcd(DaemonSettings settings, List<Finding> findings) throws InterruptedException {
        String prefix = settings.etcd().prefix();
        RegistrySnapshot snapshot;
        try {
            long begin = System.nanoTime();
            snapshot = RegistryCalls.await(session().node().registry(options()).list());
            findings.add(Finding.ok(
                    "etcd",
                    settings.etcd().endpointList() + " answers, keys below " + prefix + ": "
                            + snapshot.entries().size() + ", in " + Units.millis((System.nanoTime() - begin) / 1e6)));
        } catch (CommandException e) {
            findings.add(Finding.error("etcd", e.getMessage()));
            return Optional.empty();
        }
        return config(RegistryCalls.config(snapshot).map(RegistryEntry::value), prefix + "/config", findings);
    }

    private static Optional<NetworkConfig> config(Optional<String> text, String key, List<Finding> findings) {
        if (text.isEmpty()) {
            findings.add(Finding.error(
                    "config",
                    "nothing at " + key + "; put it there: rudder config put '{\"Network\":\"10.5.0.0/16\"}'"));
            return Optional.empty();
        }
        try {
            List<String> warnings = new ArrayList<>();
            NetworkConfig config = RegistryCalls.parse(text.get(), warnings::add);
            warnings.forEach(warning -> findings.add(Finding.warning("config", warning)));
            findings.add(Finding.ok("config", config + ", " + config.subnetCount() + " subnets"));
            return Optional.of(config);
        } catch (CommandException e) {
            findings.add(Finding.error("config", e.getMessage()));
            return Optional.empty();
        }
    }

    private Finding daemon() throws CommandException {
        return status().node()
                .notReadyReason()
                .map(reason -> Finding.error("daemon", "not ready: " + reason))
                .orElse(Finding.ok("daemon", "ready"));
    }

    private void print(Finding finding) {
        Ink ink = session().ink();
        String level = String.format("%-7s", finding.level().name().toLowerCase(Locale.ROOT));
        String painted = switch (finding.level()) {
            case OK -> ink.good(level);
            case WARNING -> ink.warning(level);
            case ERROR -> ink.bad(level);
        };
        out().println(painted + "  " + String.format("%-10s", finding.subject()) + "  " + finding.text());
    }

    private static String summary(List<Finding> findings) {
        return count(findings, Level.ERROR) + " errors, " + count(findings, Level.WARNING) + " warnings";
    }

    private static long count(List<Finding> findings, Level level) {
        return findings.stream().filter(finding -> finding.level() == level).count();
    }

    private void printJson(List<Finding> findings) {
        JsonArray checks = new JsonArray();
        for (Finding finding : findings) {
            JsonObject check = new JsonObject();
            check.addProperty("subject", finding.subject());
            check.addProperty("level", finding.level().name().toLowerCase(Locale.ROOT));
            check.addProperty("text", finding.text());
            checks.add(check);
        }
        JsonObject members = member("checks", checks);
        members.addProperty("errors", count(findings, Level.ERROR));
        members.addProperty("warnings", count(findings, Level.WARNING));
        printJson(members);
    }
}
