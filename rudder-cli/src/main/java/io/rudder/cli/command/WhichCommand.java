package io.rudder.cli.command;

import com.google.gson.JsonObject;
import io.rudder.net.Ipv4;
import io.rudder.net.Ipv4Prefix;
import io.rudder.status.NodeStatus;
import io.rudder.status.PeerStatus;
import io.rudder.status.StatusJson;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code rudder which}. */
@Command
final class WhichCommand extends OperatorCommand {
    private static final int NOBODY = 1;

    @Mixin
    private JsonOption json;

    @Parameters(paramLabel = "IP", description = "An address of the overlay.")
    private String ip;

    WhichCommand(Session session) {
        super(session);
    }

    @Override
    int run() throws CommandException {
        int address = parse(ip);
        Finding finding = find(status(), address);
        if (json.isWanted()) {
            printJson(finding.json(ip));
        } else {
            out().println(ip + " " + finding.text());
        }
        return finding.kind().equals("own") || finding.kind().equals("peer") ? 0 : NOBODY;
    }

    private static int parse(String text) throws CommandException {
        try {
            return Ipv4.parse(text);
        } catch (IllegalArgumentException e) {
            throw new CommandException("'" + text + "' is not an IPv4 address (expected a.b.c.d)");
        }
    }

    private static Finding find(NodeStatus status, int address) {
        if (status.lease().subnet().filter(subnet -> contains(subnet, address)).isPresent()) {
            return new Finding("own", status.lease().subnet(), Optional.empty());
        }
        Optional<PeerStatus> peer = status.peers().stream()
                .filter(candidate -> contains(candidate.subnet(), address))
                .findFirst();
        if (peer.isPresent()) {
            return new Finding("peer", peer.map(PeerStatus::subnet), peer);
        }
        boolean isInside = status.network()
                .filter(network -> contains(network.network(), address))
                .isPresent();
        return new Finding(isInside ? "nobody" : "outside", Optional.empty(), Optional.empty());
    }

    private static boolean contains(String prefix, int address) {
        return Ipv4Prefix.parse(prefix).contains(address);
    }

    /**
     * Who answers for an address.
     *
     * @param kind {@code own}, {@code peer}, {@code nobody} (inside the network, not leased) or {@code outside}
     */
    private record Finding(String kind, Optional<String> subnet, Optional<PeerStatus> peer) {
        String text() {
            return switch (kind) {
                case "own" -> "is in this node's own subnet " + subnet.orElseThrow();
                case "peer" ->
                    "is in " + subnet.orElseThrow() + ", which "
                            + peer.orElseThrow().endpoint() + " answers for ("
                            + peer.orElseThrow()
                                    .nodeId()
                                    .map(id -> "node " + id)
                                    .orElse("no node id") + ")";
                case "nobody" -> "is in no lease: packets to it are dropped";
                default -> "is outside the overlay's network: the kernel routes it elsewhere";
            };
        }

        JsonObject json(String address) {
            JsonObject json = new JsonObject();
            json.addProperty("address", address);
            json.addProperty("kind", kind);
            json.add("subnet", StatusJson.tree(subnet.orElse(null)));
            json.add("endpoint", StatusJson.tree(peer.map(PeerStatus::endpoint).orElse(null)));
            json.add("nodeId", StatusJson.tree(peer.flatMap(PeerStatus::nodeId).orElse(null)));
            return json;
        }
    }
}
