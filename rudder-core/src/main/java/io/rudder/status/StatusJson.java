package io.rudder.status;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.TypeAdapter;
import com.google.gson.TypeAdapterFactory;
import com.google.gson.reflect.TypeToken;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The JSON form of a status and its parts: components are members of the same name, an absent value is {@code null}, a
 * moment is text as in RFC 3339. Safe on any thread.
 */
public final class StatusJson {
    private static final Gson GSON = new GsonBuilder()
            .serializeNulls()
            .disableHtmlEscaping()
            .registerTypeAdapter(Instant.class, new InstantAdapter().nullSafe())
            .registerTypeAdapter(OptionalDouble.class, new OptionalDoubleAdapter())
            .registerTypeAdapterFactory(new OptionalFactory())
            .create();

    private StatusJson() {}

    /** A status, or any part of it, on one line. */
    public static String write(Object value) {
        return GSON.toJson(value);
    }

    /** The same as a tree, to be put into another one. */
    public static JsonElement tree(Object value) {
        return GSON.toJsonTree(value);
    }

    /**
     * Reads what {@link #write} wrote; unknown members are ignored.
     *
     * @throws com.google.gson.JsonParseException if the text is something else
     */
    public static <T> T read(String json, Class<T> type) {
        return GSON.fromJson(json, type);
    }

    private static final class InstantAdapter extends TypeAdapter<Instant> {
        @Override
        public void write(JsonWriter out, Instant value) throws IOException {
            out.value(value.toString());
        }

        @Override
        public Instant read(JsonReader in) throws IOException {
            return Instant.parse(in.nextString());
        }
    }

    private static final class OptionalDoubleAdapter extends TypeAdapter<OptionalDouble> {
        @Override
        public void write(JsonWriter out, OptionalDouble value) throws IOException {
            if (value.isPresent()) {
                out.value(value.getAsDouble());
            } else {
                out.nullValue();
            }
        }

        @Override
        public OptionalDouble read(JsonReader in) throws IOException {
            if (in.peek() == JsonToken.NULL) {
                in.nextNull();
                return OptionalDouble.empty();
            }
            return OptionalDouble.of(in.nextDouble());
        }
    }

    private static final class OptionalFactory implements TypeAdapterFactory {
        @Override
        @SuppressWarnings("unchecked") // The adapter's type is the token's, an Optional.
        public <T> TypeAdapter<T> create(Gson gson, TypeToken<T> type) {
            if (type.getRawType() != Optional.class) {
                return null;
            }
            Type content = ((ParameterizedType) type.getType()).getActualTypeArguments()[0];
            return (TypeAdapter<T>) new OptionalAdapter<>(gson.getAdapter(TypeToken.get(content)));
        }
    }

    private static final class OptionalAdapter<T> extends TypeAdapter<Optional<T>> {
        private final TypeAdapter<T> content;

        @SuppressWarnings("unchecked") // TypeToken.get(Type) loses the parameter.
        OptionalAdapter(TypeAdapter<?> content) {
            this.content = (TypeAdapter<T>) content;
        }

        @Override
        public void write(JsonWriter out, Optional<T> value) throws IOException {
            if (value.isPresent()) {
                content.write(out, value.get());
            } else {
                out.nullValue();
            }
        }

        @Override
        public Optional<T> read(JsonReader in) throws IOException {
            if (in.peek() == JsonToken.NULL) {
                in.nextNull();
                return Optional.empty();
            }
            return Optional.of(content.read(in));
        }
    }
}
