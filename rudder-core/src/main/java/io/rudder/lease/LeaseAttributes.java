package io.rudder.lease;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.Strictness;
import io.rudder.net.Ipv4;
import java.util.Map;
import java.util.Optional;

/**
 * The value of a lease's key, shared with flannel's {@code udp} backend:
 *
 * <pre>{"PublicIP":"192.0.2.7","PublicIPv6":null,"BackendData":{"NodeID":"...","Version":1}}</pre>
 *
 * flannel writes the first two members only; member names match without regard to case.
 *
 * @param publicIp the address that the host's datagrams come from and go to
 * @param nodeId the host's identity, which outlives its address; empty for a flannel host
 * @param backendType the kind of data path, if the host names one; a {@code udp} host names none
 * @param claimant the address of a host that claims to be the owner at a new address, and waits whether the one at the
 *     old address denies it
 */
public record LeaseAttributes(
        int publicIp, Optional<String> nodeId, Optional<String> backendType, Optional<String> claimant) {
    /** A longer value is no lease. */
    public static final int MAX_LENGTH = 4096;

    private static final int VERSION = 1;
    // As strict as flannel's reader, so that both see the same peers.
    private static final Gson STRICT_GSON =
            new GsonBuilder().setStrictness(Strictness.STRICT).create();

    /** A lease that nobody claims. */
    public LeaseAttributes(int publicIp, Optional<String> nodeId, Optional<String> backendType) {
        this(publicIp, nodeId, backendType, Optional.empty());
    }

    /** The same, claimed by the host at another address. */
    LeaseAttributes claimedBy(int address) {
        return new LeaseAttributes(publicIp, nodeId, backendType, Optional.of(Ipv4.format(address)));
    }

    /** What this host writes about itself. */
    public static LeaseAttributes own(int publicIp, String nodeId) {
        return new LeaseAttributes(publicIp, Optional.of(nodeId), Optional.empty());
    }

    /**
     * Reads a value.
     *
     * @throws IllegalArgumentException saying why it is not that of a lease
     */
    public static LeaseAttributes parse(String json) {
        if (json.length() > MAX_LENGTH) {
            throw new IllegalArgumentException("longer than " + MAX_LENGTH + " characters");
        }
        JsonObject object = object(json);
        String publicIp = string(object, "PublicIP").orElseThrow(() -> new IllegalArgumentException("no PublicIP"));
        JsonElement backendData = member(object, "BackendData");
        JsonObject own = backendData.isJsonObject() ? backendData.getAsJsonObject() : new JsonObject();
        return new LeaseAttributes(
                Ipv4.parse(publicIp), string(own, "NodeID"), string(object, "BackendType"), string(own, "Claimant"));
    }

    private static JsonObject object(String json) {
        try {
            JsonElement element = STRICT_GSON.fromJson(json, JsonElement.class);
            if (element instanceof JsonObject object) {
                return object;
            }
            throw new IllegalArgumentException("not a JSON object");
        } catch (JsonParseException e) {
            throw new IllegalArgumentException("not JSON", e);
        }
    }

    /** The value as it is written, members in flannel's order. */
    public String toJson() {
        JsonObject object = new JsonObject();
        object.addProperty("PublicIP", Ipv4.format(publicIp));
        object.add("PublicIPv6", JsonNull.INSTANCE);
        backendType.ifPresent(type -> object.addProperty("BackendType", type));
        nodeId.ifPresent(id -> {
            JsonObject backendData = new JsonObject();
            backendData.addProperty("NodeID", id);
            claimant.ifPresent(address -> backendData.addProperty("Claimant", address));
            backendData.addProperty("Version", VERSION);
            object.add("BackendData", backendData);
        });
        return object.toString();
    }

    private static Optional<String> string(JsonObject object, String name) {
        JsonElement value = member(object, name);
        boolean isString = value.isJsonPrimitive() && value.getAsJsonPrimitive().isString();
        return isString ? Optional.of(value.getAsString()).filter(text -> !text.isEmpty()) : Optional.empty();
    }

    private static JsonElement member(JsonObject object, String name) {
        return object.entrySet().stream()
                .filter(entry -> entry.getKey().equalsIgnoreCase(name))
                .map(Map.Entry::getValue)
                .reduce((earlier, later) -> later) // as in Go: of names that differ in case only, the last one counts
                .orElse(JsonNull.INSTANCE);
    }
}
