package io.rudder.cli.command;

import com.google.gson.JsonObject;
import io.rudder.config.NetworkConfig;
import io.rudder.lease.ConfigStore;
import io.rudder.lease.Lease;
import io.rudder.lease.LeaseRegistry;
import io.rudder.lease.RegistryEntry;
import io.rudder.lease.RegistrySnapshot;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code rudder config put}. */
@Command(description = "Check a configuration by the daemon's own rules, and write it into etcd.")
final class ConfigPutCommand extends OperatorCommand {
    private static final int SHOWN = 3;

    @Parameters(paramLabel = "JSON|-", description = "The configuration, or - to read it from stdin.")
    private String text;

    @Option(
            names = {"-force", "--force"},
            description = "Write it also if there are leases that it does not allow.")
    private boolean force;

    @Mixin
    private JsonOption json;

    ConfigPutCommand(Session session) {
        super(session);
    }

    @Override
    int run() throws CommandException, InterruptedException {
        String wanted = ConfigCheckCommand.text(session(), text).strip();
        NetworkConfig config = RegistryCalls.parse(wanted, warning -> session().error("warning: " + warning));
        LeaseRegistry registry = session().node().registry(options());
        if (!(registry instanceof ConfigStore store)) {
            throw new CommandException("the leases of this node do not come from etcd: there is nothing to write to");
        }
        RegistrySnapshot before = RegistryCalls.await(registry.list());
        Optional<RegistryEntry> old = RegistryCalls.config(before);
        if (old.filter(entry -> entry.value().equals(wanted)).isPresent()) {
            report(json, members(config, false), "it is there already: " + config);
            return 0;
        }
        if (!force) {
            refuseStranded(before, config);
        }
        long expected = old.map(RegistryEntry::modRevision).orElse(0L);
        if (!RegistryCalls.await(store.replaceConfig(wanted, expected))) {
            throw new CommandException("somebody else wrote the configuration meanwhile; look at 'rudder config show'");
        }
        report(
                json,
                members(config, true),
                "written: " + config + ", " + config.subnetCount() + " subnets"
                        + (old.isPresent() ? "; daemons that run apply it at their next start" : ""));
        return 0;
    }

    private static JsonObject members(NetworkConfig config, boolean written) {
        JsonObject members = ConfigShowCommand.members(config);
        members.addProperty("written", written);
        return members;
    }

    private static void refuseStranded(RegistrySnapshot snapshot, NetworkConfig config) throws CommandException {
        List<String> stranded = snapshot.entries().stream()
                .map(LeasesCommand::lease)
                .flatMap(Optional::stream)
                .map(Lease::subnet)
                .filter(subnet -> !config.allows(subnet))
                .map(Object::toString)
                .toList();
        if (!stranded.isEmpty()) {
            throw new CommandException(stranded.size() + (stranded.size() == 1 ? " lease is" : " leases are")
                    + " none of its subnets ("
                    + String.join(", ", stranded.subList(0, Math.min(SHOWN, stranded.size())))
                    + (stranded.size() > SHOWN ? ", ..." : "") + "); -force writes it all the same");
        }
    }
}
