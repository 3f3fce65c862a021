package io.rudder.daemon.host;

/** The host cannot give what the daemon needs; the message is one line: what, where, what would do. */
public final class HostException extends Exception {
    private static final long serialVersionUID = 1;

    public HostException(String message) {
        super(message);
    }

    public HostException(String message, Throwable cause) {
        super(message, cause);
    }
}
