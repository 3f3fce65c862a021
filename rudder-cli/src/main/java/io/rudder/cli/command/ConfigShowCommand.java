package io.rudder.cli.command;

import com.google.gson.JsonObject;
import io.rudder.config.NetworkConfig;
import io.rudder.lease.RegistryEntry;
import io.rudder.lease.RegistrySnapshot;
import io.rudder.net.Ipv4;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code rudder config show}. */
@Command(description = "Print the network configuration in etcd, and what it amounts to.")
final class ConfigShowCommand extends OperatorCommand {
    @Mixin
    private JsonOption json;

    ConfigShowCommand(Session session) {
        super(session);
    }

    @Override
    int run() throws CommandException, InterruptedException {
        RegistrySnapshot snapshot =
                RegistryCalls.await(session().node().registry(options()).list());
        RegistryEntry entry = RegistryCalls.config(snapshot)
                .orElseThrow(() -> new CommandException(
                        "there is no network configuration in etcd; put one with 'rudder config put"
                                + " {\"Network\":\"10.5.0.0/16\"}'"));
        NetworkConfig config =
                RegistryCalls.parse(entry.value(), warning -> session().error("warning: " + warning));
        if (json.isWanted()) {
            printJson(json(entry, config));
        } else {
            print(entry, config);
        }
        return 0;
    }

    private void print(RegistryEntry entry, NetworkConfig config) {
        Ink ink = session().ink();
        out().println(ink.strong("text     ") + " " + entry.value());
        out().println(ink.strong("network  ") + " " + config.network());
        out().println(ink.strong("subnets  ") + " " + config.subnetCount() + " of /" + config.subnetLength() + ", "
                + config.subnetMin() + " to " + config.subnetMax());
        out().println(ink.strong("backend  ") + " " + config.backend().type().id() + ", port "
                + config.backend().port());
        out().println(ink.strong("revision ") + " " + entry.modRevision());
    }

    private static JsonObject json(RegistryEntry entry, NetworkConfig config) {
        JsonObject json = new JsonObject();
        json.addProperty("text", entry.value());
        members(config).entrySet().forEach(member -> json.add(member.getKey(), member.getValue()));
        json.addProperty("modRevision", entry.modRevision());
        return json;
    }

    /** What a configuration amounts to. */
    static JsonObject members(NetworkConfig config) {
        JsonObject json = new JsonObject();
        json.addProperty("network", config.network().toString());
        json.addProperty("subnetLength", config.subnetLength());
        json.addProperty("subnetMin", Ipv4.format(config.subnetMin().first()));
        json.addProperty("subnetMax", Ipv4.format(config.subnetMax().first()));
        json.addProperty("subnets", config.subnetCount());
        json.addProperty("backend", config.backend().type().id());
        json.addProperty("port", config.backend().port());
        return json;
    }
}
