package io.rudder.daemon.socket;

import com.google.gson.JsonParseException;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * What an operator typed, as one line of JSON:
 *
 * <pre>{"schema":1,"arguments":["peers","-json"],"colour":false,"columns":80,"rows":24,"input":""}</pre>
 *
 * @param arguments the command's name and what follows it, at least one
 * @param colour whether the output may have colours
 * @param columns the terminal's width; 0 if there is none
 * @param rows the terminal's height; 0 if there is none
 * @param input what was piped into the command, if it reads anything
 */
public record CommandRequest(List<String> arguments, boolean colour, int columns, int rows, String input) {
    /** The longest line that is accepted. */
    public static final int MAX_BYTES = 1 << 16;

    private static final int SCHEMA = 1;

    public CommandRequest {
        arguments = List.copyOf(arguments);
        if (arguments.isEmpty()) {
            throw new IllegalArgumentException("no command");
        }
    }

    /** One line, without its end. */
    public String toJson() {
        StringWriter text = new StringWriter();
        try (JsonWriter json = new JsonWriter(text)) {
            json.beginObject().name("schema").value(SCHEMA).name("arguments").beginArray();
            for (String argument : arguments) {
                json.value(argument);
            }
            json.endArray().name("colour").value(colour).name("columns").value(columns);
            json.name("rows").value(rows).name("input").value(input).endObject();
        } catch (IOException e) {
            throw new AssertionError("memory does not fail", e);
        }
        return text.toString();
    }

    /**
     * Reads a line; unknown members are ignored.
     *
     * @throws IllegalArgumentException saying why it is not a request
     */
    public static CommandRequest parse(String line) {
        try (JsonReader json = new JsonReader(new StringReader(line))) {
            CommandRequest request = new Members().read(json);
            // Refuses anything but white space after the object.
            json.peek();
            return request;
        } catch (IOException | JsonParseException | IllegalStateException | NumberFormatException e) {
            throw new IllegalArgumentException("not a request: " + e.getMessage(), e);
        }
    }

    /** Collects the members in whatever order they come. */
    private static final class Members {
        private final List<String> arguments = new ArrayList<>();
        private int schema;
        private boolean colour;
        private int columns;
        private int rows;
        private String input = "";

        CommandRequest read(JsonReader json) throws IOException {
            json.beginObject();
            while (json.hasNext()) {
                readMember(json);
            }
            json.endObject();
            if (schema != SCHEMA) {
                throw new IllegalArgumentException("schema " + schema + " (expected: " + SCHEMA
                        + "); the command and the daemon are of different versions, restart the daemon");
            }
            return new CommandRequest(arguments, colour, columns, rows, input);
        }

        private void readMember(JsonReader json) throws IOException {
            switch (json.nextName()) {
                case "schema" -> schema = json.nextInt();
                case "arguments" -> readArguments(json);
                case "colour" -> colour = json.nextBoolean();
                case "columns" -> columns = json.nextInt();
                case "rows" -> rows = json.nextInt();
                case "input" -> input = json.nextString();
                default -> json.skipValue();
            }
        }

        private void readArguments(JsonReader json) throws IOException {
            json.beginArray();
            while (json.hasNext()) {
                arguments.add(json.nextString());
            }
            json.endArray();
        }
    }
}
