package io.rudder.netty.overlay;

/** An overlay ended or could not begin; the message is one line that says why and what would do. */
public final class OverlayException extends RuntimeException {
    private static final long serialVersionUID = 1;

    OverlayException(String message, Throwable cause) {
        super(message, cause);
    }
}
