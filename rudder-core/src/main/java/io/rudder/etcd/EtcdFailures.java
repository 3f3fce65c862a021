package io.rudder.etcd;

import io.etcd.jetcd.common.exception.ErrorCode;
import io.etcd.jetcd.common.exception.EtcdException;
import io.grpc.Status;
import io.rudder.lease.RegistryException;
import io.rudder.lease.RegistryException.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;

/**
 * Makes one line of what jetcd, gRPC and Netty say about a failure. The real cause may be in any link of the exception
 * chain, or in the middle of a sentence about deadlines, so all their texts are searched together.
 */
final class EtcdFailures {
    private static final int MAX_TEXT = 300;

    private static final String WRONG_NAME = "the server's certificate is for another name than the endpoint's";
    private static final String CLIENT_REFUSED =
            "etcd refuses this host's certificate, or wants one (-etcd-certfile, -etcd-keyfile)";

    private static final String HINT_AT_HTTP = " (http:// instead of https://?)";
    private static final String HINT_AT_HTTPS = " (does etcd expect https?)";
    private static final String NO_TLS = "the endpoint broke off the TLS handshake" + HINT_AT_HTTP;
    // What a member that speaks TLS, or speaks none, does to a client of the other kind; other reasons are possible.
    private static final String RESET = "connection reset";
    private static final String CLOSED = "connection closed";

    /** What to look for, in lower case and most telling first, and what an operator is told. */
    private static final List<Known> KNOWN = List.of(
            new Known("invalid user id or password", Kind.DENIED, "wrong user or password"),
            new Known("user name is empty", Kind.DENIED, "authentication is enabled and no user is given"),
            new Known("authentication is not enabled", Kind.DENIED, "a user is given, but etcd has no authentication"),
            // a token that ran out or a restarted member: jetcd logs in again for the next call
            new Known("invalid auth token", Kind.UNAVAILABLE, "the login ran out"),
            new Known("revision of auth store is old", Kind.UNAVAILABLE, "the login is out of date"),
            new Known("permission denied", Kind.DENIED, "permission denied: the user's role lacks these keys"),
            // jetcd's words for a watch that etcd refused; it drops etcd's own
            new Known(
                    "failed to create watch id",
                    Kind.DENIED,
                    "permission denied: no user, or one without a role for these keys"),
            new Known(
                    "database space exceeded",
                    Kind.REFUSED,
                    "database space exceeded (NOSPACE): compact, defragment and disarm etcd"),
            new Known("requested lease not found", Kind.REFUSED, "etcd does not know the etcd lease (any more)"),
            new Known("request is too large", Kind.REFUSED, "request is too large"),
            new Known("exceeds maximum size", Kind.REFUSED, "the answer is larger than 64 MiB"),
            new Known("too many requests", Kind.UNAVAILABLE, "too many requests"),
            new Known("no leader", Kind.UNAVAILABLE, "the member has no leader (quorum lost?)"),
            new Known(
                    "unable to find valid certification path",
                    Kind.DENIED,
                    "the server's certificate is not from an authority that is trusted here (-etcd-cafile)"),
            new Known("notafter", Kind.DENIED, "the server's certificate has expired"),
            new Known("notbefore", Kind.DENIED, "the server's certificate is not valid yet"),
            new Known("no subject alternative", Kind.DENIED, WRONG_NAME),
            new Known("no name matching", Kind.DENIED, WRONG_NAME),
            new Known("certificate_required", Kind.DENIED, CLIENT_REFUSED),
            new Known("bad_certificate", Kind.DENIED, CLIENT_REFUSED),
            new Known("unknown_ca", Kind.DENIED, CLIENT_REFUSED),
            new Known("certificate_expired", Kind.DENIED, CLIENT_REFUSED),
            new Known("certificate_unknown", Kind.DENIED, CLIENT_REFUSED),
            new Known("not an ssl/tls record", Kind.UNAVAILABLE, NO_TLS),
            new Known("closed while performing tls negotiation", Kind.UNAVAILABLE, NO_TLS),
            new Known("connection refused", Kind.UNAVAILABLE, "connection refused"),
            new Known("connection timed out", Kind.UNAVAILABLE, "no answer to connecting"),
            new Known("unresolved address", Kind.UNAVAILABLE, "unknown host"),
            new Known("no route to host", Kind.UNAVAILABLE, "no route to host"),
            new Known("network is unreachable", Kind.UNAVAILABLE, "network is unreachable"),
            new Known("first received frame was not settings", Kind.UNAVAILABLE, "not an etcd v3 endpoint"),
            new Known("keepalive failed", Kind.UNAVAILABLE, "the member fell silent"),
            new Known("shutdownnow", Kind.UNAVAILABLE, "the connection was closed by this side"),
            new Known("connection reset", Kind.UNAVAILABLE, RESET),
            new Known("connection closed", Kind.UNAVAILABLE, "the connection was closed"),
            new Known("network closed", Kind.UNAVAILABLE, CLOSED),
            new Known("deadline exceeded", Kind.UNAVAILABLE, "no answer in time"));

    private final String endpoints;
    private final String schemeHint;

    EtcdFailures(EtcdOptions options) {
        this.endpoints = options.endpointList();
        this.schemeHint = options.isSecure() ? HINT_AT_HTTP : HINT_AT_HTTPS;
    }

    /** What a caller gets to see, with the call named as in {@code renew the etcd lease}. */
    RegistryException of(String call, Throwable failure) {
        if (failure instanceof RegistryException known) {
            return known;
        }
        if (failure instanceof CompletionException && failure.getCause() != null) {
            return of(call, failure.getCause());
        }
        List<Throwable> chain = chain(failure);
        Known cause =
                timeout(chain).or(() -> known(chain)).orElseGet(() -> new Known("", kind(failure), text(failure)));
        return new RegistryException(cause.kind, line(call, cause.explanation), failure);
    }

    /** A failure of this side's own making. */
    RegistryException unavailable(String call, String explanation) {
        return new RegistryException(Kind.UNAVAILABLE, line(call, explanation), null);
    }

    /** Whether a read failed because the revision it wanted is gone. */
    static boolean isCompacted(Throwable failure) {
        return chain(failure).stream().anyMatch(link -> contains(link, "has been compacted"));
    }

    /** Whether a call was refused, without effect, because the login it came with is no longer valid. */
    static boolean isStaleLogin(Throwable failure) {
        return chain(failure).stream()
                .anyMatch(link ->
                        contains(link, "invalid auth token") || contains(link, "revision of auth store is old"));
    }

    /** Whether etcd does not know the etcd lease that a call named. */
    static boolean isUnknownLease(Throwable failure) {
        return chain(failure).stream().anyMatch(link -> contains(link, "requested lease not found"));
    }

    private String line(String call, String explanation) {
        boolean otherScheme = explanation.equals(RESET) || explanation.equals(CLOSED);
        return "cannot " + call + " at etcd " + endpoints + ": " + explanation + (otherScheme ? schemeHint : "");
    }

    private static Optional<Known> timeout(List<Throwable> chain) {
        return chain.stream()
                .filter(TimeoutException.class::isInstance)
                .map(link -> new Known("", Kind.UNAVAILABLE, "no answer in time"))
                .findFirst();
    }

    private static Optional<Known> known(List<Throwable> chain) {
        return KNOWN.stream()
                .filter(known -> chain.stream().anyMatch(link -> contains(link, known.pattern)))
                .findFirst();
    }

    private static Kind kind(Throwable failure) {
        return switch (code(failure)) {
            case "UNAUTHENTICATED", "PERMISSION_DENIED" -> Kind.DENIED;
            case "INVALID_ARGUMENT", "NOT_FOUND", "FAILED_PRECONDITION", "RESOURCE_EXHAUSTED", "OUT_OF_RANGE" ->
                Kind.REFUSED;
            default -> Kind.UNAVAILABLE;
        };
    }

    private static String code(Throwable failure) {
        ErrorCode code = failure instanceof EtcdException etcd ? etcd.getErrorCode() : null;
        return code == null ? Status.fromThrowable(failure).getCode().name() : code.name();
    }

    private static boolean contains(Throwable link, String pattern) {
        String message = link.getMessage();
        return message != null && message.toLowerCase(Locale.ROOT).contains(pattern);
    }

    /** The first line of a failure's own text, or its type. */
    private static String text(Throwable failure) {
        String message = Optional.ofNullable(failure.getMessage())
                .flatMap(text -> text.lines().findFirst())
                .orElse(failure.getClass().getSimpleName());
        return message.length() > MAX_TEXT ? message.substring(0, MAX_TEXT) : message;
    }

    private static List<Throwable> chain(Throwable failure) {
        List<Throwable> chain = new ArrayList<>();
        for (Throwable link = failure; link != null && !chain.contains(link); link = link.getCause()) {
            chain.add(link);
        }
        return chain;
    }

    private record Known(String pattern, Kind kind, String explanation) {}
}
