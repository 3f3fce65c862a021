package io.rudder.cli.command;

import com.google.gson.JsonObject;
import io.rudder.lease.Lease;
import io.rudder.lease.LeaseRegistry;
import io.rudder.lease.RegistryEntry;
import io.rudder.net.Ipv4;
import io.rudder.net.Ipv4Prefix;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code rudder leases release}. */
@Command(description = "Give a reserved subnet back; with -force also one that is leased.")
final class ReleaseCommand extends OperatorCommand {
    @Parameters(paramLabel = "SUBNET", description = "The subnet, such as 10.5.34.0/24.")
    private String subnet;

    @Option(
            names = {"-force", "--force"},
            description = "Release a lease that a host may still hold: a host that is up takes it again at once.")
    private boolean force;

    @Mixin
    private JsonOption json;

    ReleaseCommand(Session session) {
        super(session);
    }

    @Override
    int run() throws CommandException, InterruptedException {
        LeaseRegistry registry = session().node().registry(options());
        Ipv4Prefix wanted = Subnets.parse(subnet);
        RegistryEntry entry = RegistryCalls.await(registry.get(wanted))
                .orElseThrow(() -> new CommandException(wanted + " is neither reserved nor leased"));
        Optional<Lease> lease = LeasesCommand.lease(entry);
        if (entry.etcdLeaseId() != 0 && !force) {
            throw new CommandException(wanted + " is leased"
                    + lease.map(held -> " by " + Ipv4.format(held.attributes().publicIp()))
                            .orElse("")
                    + ", not reserved; -force releases it all the same");
        }
        if (!RegistryCalls.await(registry.delete(wanted, entry.modRevision()))) {
            throw new CommandException(wanted + " was changed meanwhile; look at 'rudder leases' and try again");
        }
        if (entry.etcdLeaseId() != 0) {
            // Nobody renews it any more, and it would live on for a day.
            RegistryCalls.await(registry.revoke(entry.etcdLeaseId()));
        }
        JsonObject members = new JsonObject();
        members.addProperty("released", wanted.toString());
        report(json, members, wanted + " is released");
        return 0;
    }
}
