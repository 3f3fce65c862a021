package io.rudder.cli.client;

import java.util.Map;

/**
 * Where the output goes.
 *
 * @param present whether it is a terminal
 * @param colour whether to write colours
 * @param columns its width; 0 if that is not known
 * @param rows its height; 0 if that is not known
 */
record Terminal(boolean present, boolean colour, int columns, int rows) {
    // The start script knows: asking the JDK loads a good deal, and differs between its versions.
    private static final String PROPERTY = "rudder.terminal";

    static Terminal of(Map<String, String> environment) {
        boolean present = Boolean.getBoolean(PROPERTY);
        boolean plain = !environment.getOrDefault("NO_COLOR", "").isEmpty()
                || environment.getOrDefault("TERM", "dumb").equals("dumb");
        return new Terminal(present, present && !plain, 0, 0);
    }

    Terminal withSize(int newColumns, int newRows) {
        return new Terminal(present, colour, newColumns, newRows);
    }
}
