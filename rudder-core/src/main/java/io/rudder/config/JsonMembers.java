package io.rudder.config;

import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import io.rudder.net.Excerpt;
import java.io.EOFException;
import java.io.IOException;
import java.io.StringReader;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The members of one JSON object. Names match without regard to case; a member that is {@code null} counts as absent.
 * Every error names the member, its value and the nearest value that would do, in one line.
 */
final class JsonMembers {
    private static final Pattern LOCATION = Pattern.compile("line (\\d+) column (\\d+)");

    private final String path;
    // An object is a JsonMembers, everything else a JsonElement.
    private final Map<String, Object> values = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    private final Set<String> repeated = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);

    private JsonMembers(String path) {
        this.path = path;
    }

    /** Reads a text that is one JSON object as RFC 8259 has it, and nothing else. */
    static JsonMembers parse(String json) throws InvalidConfigException {
        try (JsonReader reader = new JsonReader(new StringReader(json))) {
            reader.setStrictness(Strictness.STRICT);
            boolean isObject = reader.peek() == JsonToken.BEGIN_OBJECT;
            Object value = isObject ? readObject(reader, "") : JsonParser.parseReader(reader);
            reader.peek(); // refuses anything but white space after the value
            if (value instanceof JsonMembers members) {
                return members;
            }
            throw new InvalidConfigException(
                    shown(value) + " is not a JSON object; nearest that would do: {\"Network\":\"10.0.0.0/16\"}");
        } catch (IOException | JsonParseException e) {
            throw malformed(e);
        }
    }

    // Nobody asks for members deeper than the second level, so only the first two become JsonMembers.
    private static JsonMembers readObject(JsonReader reader, String path) throws IOException {
        JsonMembers members = new JsonMembers(path);
        reader.beginObject();
        while (reader.hasNext()) {
            String name = reader.nextName();
            boolean isNested = path.isEmpty() && reader.peek() == JsonToken.BEGIN_OBJECT;
            Object value = isNested ? readObject(reader, Excerpt.of(name) + ".") : JsonParser.parseReader(reader);
            if (members.values.put(name, value) != null) {
                members.repeated.add(name);
            }
        }
        reader.endObject();
        return members;
    }

    private static InvalidConfigException malformed(Exception e) {
        Throwable reason = e instanceof JsonParseException && e.getCause() != null ? e.getCause() : e;
        Matcher location = LOCATION.matcher(String.valueOf(reason.getMessage()));
        String where = location.find() ? " at line " + location.group(1) + ", column " + location.group(2) : "";
        String what = reason instanceof EOFException ? ": the text ends too early" : "";
        return new InvalidConfigException("malformed JSON" + where + what);
    }

    /** Tells about every member that has none of the given names. */
    void warnOfOthers(Set<String> known, Consumer<String> warnings) {
        values.keySet().stream()
                .filter(name -> known.stream().noneMatch(name::equalsIgnoreCase))
                .forEach(name -> warnings.accept("unknown member \"" + Excerpt.of(path + name) + "\" is ignored"));
    }

    /** A member that must be a string. */
    Optional<String> string(String name, String nearest) throws InvalidConfigException {
        Object value = value(name);
        if (value instanceof JsonPrimitive primitive && primitive.isString()) {
            return Optional.of(primitive.getAsString());
        }
        if (value != JsonNull.INSTANCE) {
            throw unsuitable(name, "is not a string", nearest);
        }
        return Optional.empty();
    }

    /** A member that must be an object. */
    Optional<JsonMembers> object(String name, String nearest) throws InvalidConfigException {
        Object value = value(name);
        if (value instanceof JsonMembers members) {
            return Optional.of(members);
        }
        if (value != JsonNull.INSTANCE) {
            throw unsuitable(name, "is not an object", nearest);
        }
        return Optional.empty();
    }

    /** A member that must be a whole number in a range, written without fraction and exponent. */
    int integer(String name, int fallback, int min, int max) throws InvalidConfigException {
        Object value = value(name);
        if (value == JsonNull.INSTANCE) {
            return fallback;
        }
        if (value instanceof JsonPrimitive primitive
                && primitive.isNumber()
                && primitive.getAsString().matches("-?[0-9]{1,9}")) {
            int number = Integer.parseInt(primitive.getAsString());
            if (number >= min && number <= max) {
                return number;
            }
        }
        String problem = "is not a whole number between " + min + " and " + max;
        throw unsuitable(name, problem, Long.toString(Math.max(min, Math.min(max, nearestLong(value, fallback)))));
    }

    private static long nearestLong(Object value, int fallback) {
        try {
            // A double takes any number of digits and any exponent, in bounded time.
            return value instanceof JsonPrimitive text ? Math.round(Double.parseDouble(text.getAsString())) : fallback;
        } catch (NumberFormatException e) {
            return fallback;
        }
    }

    /** The error that a member's value is no good; {@code nearest} is JSON text. */
    InvalidConfigException unsuitable(String name, String problem, String nearest) {
        return new InvalidConfigException(
                path + name + " " + shown(values.get(name)) + " " + problem + "; nearest that would do: " + nearest);
    }

    private Object value(String name) throws InvalidConfigException {
        if (repeated.contains(name)) {
            throw new InvalidConfigException(
                    path + name + " is given more than once (names match without regard to case): keep one of them");
        }
        return values.getOrDefault(name, JsonNull.INSTANCE);
    }

    private static String shown(Object value) {
        return value instanceof JsonElement element ? Excerpt.of(element.toString()) : "{...}";
    }
}
