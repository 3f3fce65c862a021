package io.rudder.node;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.rudder.config.InvalidConfigException;
import io.rudder.config.NetworkConfigReader;
import io.rudder.net.Ipv4;
import io.rudder.net.Ipv4Prefix;
import io.rudder.peer.Peer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A {@link SavedState} as text:
 *
 * <pre>
 * {"Version":1,"NodeID":"...","Config":{"Network":"10.0.0.0/16",...},"Subnet":"10.0.34.0/24",
 *  "ConfirmedAt":"2026-01-01T00:00:00Z","Revision":17,
 *  "Peers":[{"Subnet":"10.0.7.0/24","PublicIP":"192.0.2.7","Port":8285,"NodeID":"..."}]}
 * </pre>
 */
public final class SavedStateJson {
    private static final int VERSION = 1;

    private SavedStateJson() {}

    /** The text. */
    public static String write(SavedState state) {
        JsonObject object = new JsonObject();
        object.addProperty("Version", VERSION);
        object.addProperty("NodeID", state.nodeId());
        object.add("Config", JsonParser.parseString(state.config().toJson()));
        object.addProperty("Subnet", state.subnet().toString());
        object.addProperty("ConfirmedAt", state.confirmedAt().toString());
        object.addProperty("Revision", state.revision());
        JsonArray peers = new JsonArray();
        state.peers().forEach(peer -> peers.add(write(peer)));
        object.add("Peers", peers);
        return object.toString();
    }

    private static JsonObject write(Peer peer) {
        JsonObject object = new JsonObject();
        object.addProperty("Subnet", peer.subnet().toString());
        object.addProperty("PublicIP", Ipv4.format(peer.publicIp()));
        object.addProperty("Port", peer.endpoint().getPort());
        peer.nodeId().ifPresent(id -> object.addProperty("NodeID", id));
        return object;
    }

    /** @throws IllegalArgumentException if the text is not that of a state, with one line why */
    public static SavedState read(String text) {
        try {
            JsonObject object = JsonParser.parseString(text).getAsJsonObject();
            if (object.get("Version").getAsInt() != VERSION) {
                throw new IllegalArgumentException("version " + object.get("Version"));
            }
            List<Peer> peers = new ArrayList<>();
            for (JsonElement peer : object.get("Peers").getAsJsonArray()) {
                peers.add(readPeer(peer.getAsJsonObject()));
            }
            return new SavedState(
                    object.get("NodeID").getAsString(),
                    NetworkConfigReader.read(object.get("Config").toString(), warning -> {}),
                    Ipv4Prefix.parse(object.get("Subnet").getAsString()),
                    Instant.parse(object.get("ConfirmedAt").getAsString()),
                    object.get("Revision").getAsLong(),
                    peers);
        } catch (RuntimeException | InvalidConfigException garbled) {
            // Gson has an exception for each way in which a text can differ from what was expected.
            throw new IllegalArgumentException("it is not the state of a node (" + garbled.getMessage() + ")", garbled);
        }
    }

    private static Peer readPeer(JsonObject object) {
        Optional<String> nodeId = Optional.ofNullable(object.get("NodeID")).map(JsonElement::getAsString);
        return Peer.of(
                Ipv4Prefix.parse(object.get("Subnet").getAsString()),
                Ipv4.parse(object.get("PublicIP").getAsString()),
                object.get("Port").getAsInt(),
                nodeId);
    }
}
