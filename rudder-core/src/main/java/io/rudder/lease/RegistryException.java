package io.rudder.lease;

/** A call to the registry failed; the message is one line fit for an operator, free of secrets. */
public final class RegistryException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final Kind kind;

    public RegistryException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    /** What the caller can make of it. */
    public Kind kind() {
        return kind;
    }

    /** Kinds of failure. */
    public enum Kind {
        /** No answer, or not from a healthy member: trying again may help; the call may have taken effect. */
        UNAVAILABLE,
        /** Wrong user, password, certificate or role: an operator has to act. */
        DENIED,
        /** The store refused the call and it had no effect: no space, too large, an unknown etcd lease. */
        REFUSED
    }
}
