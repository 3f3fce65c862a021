package io.rudder.cli;

/** An option or variable has a value that cannot be used; the message names it, the value, and what would do. */
final class OptionException extends Exception {
    private static final long serialVersionUID = 1;

    OptionException(String message) {
        super(message);
    }
}
