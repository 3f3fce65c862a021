package io.rudder.daemon.admin;

import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;

/**
 * What is answered to a request.
 *
 * @param contentType media type of the body
 * @param body its bytes, which nobody changes
 * @param contentSecurityPolicy what a browser may load for it
 */
record Reply(HttpResponseStatus status, String contentType, byte[] body, String contentSecurityPolicy) {
    private static final String NOTHING = "default-src 'none'; frame-ancestors 'none'";

    /** One line of text. */
    static Reply text(HttpResponseStatus status, String line) {
        return of(status, "text/plain; charset=utf-8", line + "\n");
    }

    /** JSON. */
    static Reply json(String json) {
        return of(HttpResponseStatus.OK, "application/json", json + "\n");
    }

    /** Something that a browser shows by itself at the most. */
    static Reply of(HttpResponseStatus status, String contentType, String body) {
        return new Reply(status, contentType, body.getBytes(StandardCharsets.UTF_8), NOTHING);
    }

    /** Metrics, already encoded. */
    static Reply metrics(byte[] body) {
        return new Reply(HttpResponseStatus.OK, MetricsText.CONTENT_TYPE, body, NOTHING);
    }
}
