package io.rudder.daemon.host;

/**
 * What a look at the host found.
 *
 * @param subject what was looked at, a word or two
 * @param level how it is
 * @param text one line: what was found, and unless it is well what would do
 */
public record Finding(String subject, Level level, String text) {
    /** How something is. */
    public enum Level {
        /** As it should be. */
        OK,
        /** It may cost something. */
        WARNING,
        /** The overlay does not work with it. */
        ERROR
    }

    /** All is well. */
    public static Finding ok(String subject, String text) {
        return new Finding(subject, Level.OK, text);
    }

    /** It may cost something. */
    public static Finding warning(String subject, String text) {
        return new Finding(subject, Level.WARNING, text);
    }

    /** The overlay does not work with it. */
    public static Finding error(String subject, String text) {
        return new Finding(subject, Level.ERROR, text);
    }
}
