package io.rudder.cli.command;

import com.google.gson.JsonObject;
import io.rudder.config.NetworkConfig;
import io.rudder.lease.Lease;
import io.rudder.lease.LeaseAttributes;
import io.rudder.lease.LeaseRegistry;
import io.rudder.lease.RegistryEntry;
import io.rudder.lease.RegistrySnapshot;
import io.rudder.net.Ipv4;
import io.rudder.net.Ipv4Prefix;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code rudder leases reserve}. */
@Command(
        description =
                "Reserve a subnet for a host for good: it takes the subnet when it joins, and no other host does.")
final class ReserveCommand extends OperatorCommand {
    /** What the store takes for "no etcd lease". */
    private static final long FOR_GOOD = 0;

    @Parameters(index = "0", paramLabel = "SUBNET", description = "The subnet, such as 10.5.34.0/24.")
    private String subnet;

    @Parameters(index = "1", paramLabel = "PUBLIC-IP", description = "The address at which peers reach the host.")
    private String publicIp;

    @Mixin
    private JsonOption json;

    ReserveCommand(Session session) {
        super(session);
    }

    @Override
    int run() throws CommandException, InterruptedException {
        LeaseRegistry registry = session().node().registry(options());
        Ipv4Prefix wanted = Subnets.parse(subnet);
        int address = publicIp(publicIp);
        RegistrySnapshot before = RegistryCalls.await(registry.list());
        NetworkConfig config = RegistryCalls.parse(
                RegistryCalls.config(before)
                        .map(RegistryEntry::value)
                        .orElseThrow(() -> new CommandException(
                                "there is no network configuration in etcd; put one with 'rudder config put'")),
                warning -> {});
        if (!config.allows(wanted)) {
            throw new CommandException(wanted + " is none of the subnets of " + config);
        }
        refuseOverlap(before, wanted);
        LeaseAttributes attributes = new LeaseAttributes(address, Optional.empty(), Optional.empty());
        LeaseRegistry.CreateResult result = RegistryCalls.await(registry.create(wanted, attributes, FOR_GOOD));
        if (result instanceof LeaseRegistry.CreateResult.Taken taken) {
            refuseOverlap(taken.snapshot(), wanted);
            throw new CommandException(wanted + " was taken meanwhile; try again");
        }
        JsonObject members = new JsonObject();
        members.addProperty("reserved", wanted.toString());
        members.addProperty("publicIp", Ipv4.format(address));
        report(json, members, wanted + " is reserved for " + Ipv4.format(address));
        return 0;
    }

    private static void refuseOverlap(RegistrySnapshot snapshot, Ipv4Prefix wanted) throws CommandException {
        Optional<Lease> other = snapshot.entries().stream()
                .map(LeasesCommand::lease)
                .flatMap(Optional::stream)
                .filter(lease -> lease.subnet().overlaps(wanted))
                .findFirst();
        if (other.isPresent()) {
            throw new CommandException(other.get().subnet() + " belongs to "
                    + Ipv4.format(other.get().attributes().publicIp())
                    + "; choose another subnet, or release that one ('rudder leases release "
                    + other.get().subnet() + "')");
        }
    }

    private static int publicIp(String text) throws CommandException {
        int address;
        try {
            address = Ipv4.parse(text);
        } catch (IllegalArgumentException e) {
            throw new CommandException("'" + text + "' is not an IPv4 address (expected a.b.c.d)", e);
        }
        if (address == 0 || Ipv4.isLoopback(address) || Ipv4.isMulticast(address)) {
            throw new CommandException("'" + text + "' is not an address at which peers can reach a host");
        }
        return address;
    }
}
