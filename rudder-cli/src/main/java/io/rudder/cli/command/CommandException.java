package io.rudder.cli.command;

/** A command cannot do what was asked; the message is one line: what, where, what would do. */
public final class CommandException extends Exception {
    private static final long serialVersionUID = 1;

    public CommandException(String message) {
        super(message);
    }

    public CommandException(String message, Throwable cause) {
        super(message, cause);
    }
}
