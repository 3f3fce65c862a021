package io.rudder.cli.command;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.rudder.lease.Lease;
import io.rudder.lease.RegistryEntry;
import io.rudder.lease.RegistrySnapshot;
import io.rudder.net.Ipv4;
import io.rudder.status.StatusJson;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code rudder leases}. */
@Command
final class LeasesCommand extends OperatorCommand {
    @Mixin
    private JsonOption json;

    LeasesCommand(Session session) {
        super(session);
    }

    @Override
    boolean worksWithoutDaemon() {
        return true;
    }

    @Override
    void configure(CommandLine line) {
        line.addSubcommand("reserve", new ReserveCommand(session()));
        line.addSubcommand("release", new ReleaseCommand(session()));
    }

    @Override
    int run() throws CommandException, InterruptedException {
        RegistrySnapshot snapshot =
                RegistryCalls.await(session().node().registry(options()).list());
        List<RegistryEntry> entries = snapshot.entries().stream()
                .filter(entry -> entry.subnetElement().isPresent())
                .toList();
        List<Lease> leases = entries.stream()
                .map(LeasesCommand::lease)
                .flatMap(Optional::stream)
                .sorted(Comparator.comparing(Lease::subnet))
                .toList();
        if (json.isWanted()) {
            printJson(leases, snapshot.revision());
        } else {
            print(leases);
        }
        int invalid = entries.size() - leases.size();
        if (invalid > 0) {
            session().error(invalid + (invalid == 1 ? " key is" : " keys are") + " no lease and left out");
        }
        return 0;
    }

    static Optional<Lease> lease(RegistryEntry entry) {
        try {
            return Optional.of(Lease.of(entry));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private void print(List<Lease> leases) {
        Table table = new Table(session().ink(), "SUBNET", "PUBLIC IP", "NODE", "KIND", "ETCD LEASE", ">REVISION");
        leases.forEach(lease -> table.row(
                lease.subnet().toString(),
                Ipv4.format(lease.attributes().publicIp()),
                lease.attributes().nodeId().orElse("-"),
                kind(lease),
                lease.isReservation() ? "-" : Long.toHexString(lease.etcdLeaseId()),
                Long.toString(lease.modRevision())));
        (leases.isEmpty() ? List.of("no leases") : table.lines()).forEach(out()::println);
    }

    private static String kind(Lease lease) {
        return lease.isReservation() ? "reserved" : "leased";
    }

    private void printJson(List<Lease> leases, long revision) {
        JsonArray array = new JsonArray();
        for (Lease lease : leases) {
            JsonObject entry = new JsonObject();
            entry.addProperty("subnet", lease.subnet().toString());
            entry.addProperty("publicIp", Ipv4.format(lease.attributes().publicIp()));
            entry.add("nodeId", StatusJson.tree(lease.attributes().nodeId().orElse(null)));
            entry.addProperty("kind", kind(lease));
            entry.add(
                    "etcdLeaseId",
                    StatusJson.tree(lease.isReservation() ? null : Long.toHexString(lease.etcdLeaseId())));
            entry.addProperty("modRevision", lease.modRevision());
            array.add(entry);
        }
        JsonObject members = member("leases", array);
        members.addProperty("revision", revision);
        printJson(members);
    }
}
