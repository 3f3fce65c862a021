package io.rudder.net;

/** Text from outside, made fit for a message to an operator: one line of printable ASCII, and not a long one. */
public final class Excerpt {
    private static final int MAX_LENGTH = 64;

    private Excerpt() {}

    /** The text, shortened where it is long; whatever does not print in ASCII becomes a question mark. */
    public static String of(String text) {
        String start = text.length() > MAX_LENGTH ? text.substring(0, MAX_LENGTH) + "..." : text;
        return start.replaceAll("[^\\x20-\\x7e]", "?");
    }
}
