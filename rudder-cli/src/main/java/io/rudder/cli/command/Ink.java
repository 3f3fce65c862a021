package io.rudder.cli.command;

/**
 * Colours for a terminal (ECMA-48); plain text elsewhere.
 *
 * @param colour whether there are any
 */
record Ink(boolean colour) {
    String good(String text) {
        return paint("32", text);
    }

    String warning(String text) {
        return paint("33", text);
    }

    String bad(String text) {
        return paint("31", text);
    }

    String strong(String text) {
        return paint("1", text);
    }

    String faint(String text) {
        return paint("2", text);
    }

    private String paint(String code, String text) {
        return colour ? "\033[" + code + "m" + text + "\033[0m" : text;
    }

    /** How wide a painted text is on a terminal. */
    static int width(String text) {
        return text.replaceAll("\033\\[[0-9]*m", "").length();
    }
}
