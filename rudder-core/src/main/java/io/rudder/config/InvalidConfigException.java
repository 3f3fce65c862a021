package io.rudder.config;

/** The configuration cannot be used; the message names the member, its value and a value that would do. */
public final class InvalidConfigException extends Exception {
    private static final long serialVersionUID = 1;

    public InvalidConfigException(String message) {
        super(message);
    }
}
