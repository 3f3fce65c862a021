package io.rudder.etcd;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Where etcd is, which keys are the overlay's, and how to be let in. Checked when made: an {@link
 * IllegalArgumentException} says in one line what is wrong and what would do.
 *
 * @param endpoints the members' addresses, {@code http://host:port} or {@code https://host:port} throughout, at least one
 * @param prefix what all keys start with: one leading slash, none at the end
 * @param tls what secures the connection to {@code https} endpoints
 * @param credentials who logs in, if etcd has authentication enabled
 */
public record EtcdOptions(List<URI> endpoints, String prefix, TlsFiles tls, Optional<Credentials> credentials) {
    /** The addresses of old (4001) and of today, as flannel has them. */
    public static final String DEFAULT_ENDPOINTS = "http://127.0.0.1:4001,http://127.0.0.1:2379";

    /** flannel's. */
    public static final String DEFAULT_PREFIX = "/coreos.com/network";

    public EtcdOptions {
        endpoints = List.copyOf(endpoints);
        checkEndpoints(endpoints);
        prefix = normalizePrefix(prefix);
        if (tls.isGiven() && !isSecure(endpoints)) {
            throw new IllegalArgumentException("certificate files are given, but etcd endpoint " + endpoints.get(0)
                    + " is not secured; expected https://host:port");
        }
    }

    /** Options from an operator's text: a comma list of endpoints, and a prefix. */
    public static EtcdOptions of(String endpoints, String prefix) {
        List<URI> uris = Arrays.stream(endpoints.split(","))
                .map(String::strip)
                .filter(text -> !text.isEmpty())
                .map(EtcdOptions::parseEndpoint)
                .toList();
        return new EtcdOptions(uris, prefix, TlsFiles.NONE, Optional.empty());
    }

    /** The same, logging in. */
    public EtcdOptions withCredentials(Credentials newCredentials) {
        return new EtcdOptions(endpoints, prefix, tls, Optional.of(newCredentials));
    }

    /** The same, with these files. */
    public EtcdOptions withTls(TlsFiles files) {
        return new EtcdOptions(endpoints, prefix, files, credentials);
    }

    /** Whether the connections are TLS. */
    public boolean isSecure() {
        return isSecure(endpoints);
    }

    private static boolean isSecure(List<URI> endpoints) {
        return scheme(endpoints.get(0)).equals("https");
    }

    /** The endpoints as an operator writes them. */
    public String endpointList() {
        return endpoints.stream().map(URI::toString).collect(Collectors.joining(","));
    }

    private static URI parseEndpoint(String text) {
        try {
            return new URI(text);
        } catch (URISyntaxException e) {
            throw invalidEndpoint(text);
        }
    }

    private static void checkEndpoints(List<URI> endpoints) {
        if (endpoints.isEmpty()) {
            throw new IllegalArgumentException("no etcd endpoint given; expected a list like " + DEFAULT_ENDPOINTS);
        }
        endpoints.forEach(EtcdOptions::checkEndpoint);
        if (endpoints.stream().map(EtcdOptions::scheme).distinct().count() > 1) {
            throw new IllegalArgumentException("etcd endpoints mix http and https; expected one of them throughout");
        }
    }

    private static void checkEndpoint(URI endpoint) {
        boolean hasOnlyAddress = endpoint.getHost() != null
                && endpoint.getPort() > 0
                && endpoint.getPort() <= 65535
                && (endpoint.getRawPath().isEmpty() || endpoint.getRawPath().equals("/"))
                && endpoint.getRawUserInfo() == null
                && endpoint.getRawQuery() == null
                && endpoint.getRawFragment() == null;
        if (!hasOnlyAddress || !List.of("http", "https").contains(scheme(endpoint))) {
            throw invalidEndpoint(endpoint.toString());
        }
    }

    private static String scheme(URI endpoint) {
        return Optional.ofNullable(endpoint.getScheme()).orElse("").toLowerCase(Locale.ROOT);
    }

    /** The endpoint is shown without user and password, should there be any. */
    private static IllegalArgumentException invalidEndpoint(String text) {
        String shown = text.replaceAll("//.*@", "//***@");
        return new IllegalArgumentException(
                "etcd endpoint '" + shown + "': expected http://host:port or https://host:port");
    }

    private static String normalizePrefix(String text) {
        String bare = text.strip().replaceAll("^/+|/+$", "");
        if (bare.isEmpty()) {
            throw new IllegalArgumentException(
                    "etcd prefix '" + text + "' is empty; expected a path like " + DEFAULT_PREFIX);
        }
        return "/" + bare;
    }

    /** A user of etcd; never shows the password. */
    public record Credentials(String user, String password) {
        public Credentials {
            if (user.isEmpty() || password.isEmpty()) {
                throw new IllegalArgumentException("etcd user or password is empty");
            }
        }

        @Override
        public String toString() {
            return "Credentials[user=" + user + ", password=***]";
        }
    }
}
