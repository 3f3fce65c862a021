package io.rudder.etcd;

import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Lets gRPC find {@link EndpointResolver}; it loads providers as a service. */
public final class EndpointResolverProvider extends NameResolverProvider {
    private static final String SCHEME = "rudder-etcd";
    private static final int USUAL_PRIORITY = 5;

    /** What jetcd is told to connect to. */
    static String target(List<URI> endpoints) {
        String authorities = endpoints.stream()
                .map(endpoint -> endpoint.getHost() + ":" + endpoint.getPort())
                .collect(Collectors.joining(","));
        try {
            return new URI(SCHEME, "", "/" + authorities, null).toString();
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(e);
        }
    }

    @Override
    public NameResolver newNameResolver(URI target, NameResolver.Args args) {
        if (!SCHEME.equals(target.getScheme())) {
            return null;
        }
        return new EndpointResolver(Arrays.asList(target.getPath().substring(1).split(",")), args);
    }

    @Override
    public String getDefaultScheme() {
        return SCHEME;
    }

    @Override
    protected boolean isAvailable() {
        return true;
    }

    @Override
    protected int priority() {
        return USUAL_PRIORITY;
    }
}
