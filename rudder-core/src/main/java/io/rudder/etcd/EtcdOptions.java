package io.rudder.etcd;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Where etcd is, which keys are the overlay's, and how to be let in. Checked when made: an {@link
 * IllegalArgumentException} says in one line what is wrong and what would do.
 *
 * @param endpoints the members' addresses, {@code http://host:port} each, at least one
 * @param prefix what all keys start with: one leading slash, none at the end
 * @param tlsFiles what secures the connection; not supported yet
 * @param credentials who logs in, if etcd has authentication enabled
 */
public record EtcdOptions(
        List<URI> endpoints, String prefix, Optional<TlsFiles> tlsFiles, Optional<Credentials> credentials) {
    /** The addresses of old (4001) and of today, as flannel has them. */
    public static final String DEFAULT_ENDPOINTS = "http://127.0.0.1:4001,http://127.0.0.1:2379";

    /** flannel's. */
    public static final String DEFAULT_PREFIX = "/coreos.com/network";

    public EtcdOptions {
        endpoints = List.copyOf(endpoints);
        checkEndpoints(endpoints);
        prefix = normalizePrefix(prefix);
        if (tlsFiles.isPresent()) {
            throw new IllegalArgumentException("certificate files for etcd: TLS is not supported yet; leave them out");
        }
    }

    /** Options from an operator's text: a comma list of endpoints, and a prefix. */
    public static EtcdOptions of(String endpoints, String prefix) {
        List<URI> uris = Arrays.stream(endpoints.split(","))
                .map(String::strip)
                .filter(text -> !text.isEmpty())
                .map(EtcdOptions::parseEndpoint)
                .toList();
        return new EtcdOptions(uris, prefix, Optional.empty(), Optional.empty());
    }

    /** The same, logging in. */
    public EtcdOptions withCredentials(Credentials newCredentials) {
        return new EtcdOptions(endpoints, prefix, tlsFiles, Optional.of(newCredentials));
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
        if (scheme(endpoints.get(0)).equals("https")) {
            throw new IllegalArgumentException(
                    "etcd endpoint " + endpoints.get(0) + ": https is not supported yet; expected http://host:port");
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
        return new IllegalArgumentException("etcd endpoint '" + shown + "': expected http://host:port");
    }

    private static String normalizePrefix(String text) {
        String bare = text.strip().replaceAll("^/+|/+$", "");
        if (bare.isEmpty()) {
            throw new IllegalArgumentException(
                    "etcd prefix '" + text + "' is empty; expected a path like " + DEFAULT_PREFIX);
        }
        return "/" + bare;
    }

    /**
     * Files in PEM form.
     *
     * @param certificateAuthority whom to trust; the system's authorities if empty
     * @param certificate the client's certificate
     * @param privateKey the key that belongs to it
     */
    public record TlsFiles(
            Optional<Path> certificateAuthority, Optional<Path> certificate, Optional<Path> privateKey) {}

    /** A user of etcd; never shows the password. */
    public record Credentials(String user, String password) {
        @Override
        public String toString() {
            return "Credentials[user=" + user + ", password=***]";
        }
    }
}
