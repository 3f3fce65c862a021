package io.rudder.etcd;

import io.grpc.Attributes;
import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.Status;
import io.grpc.StatusOr;
import io.grpc.SynchronizationContext;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * All addresses of all endpoints; jetcd's own takes the first address of each name, and names nobody knows with it. An
 * unknown name is tried again every few seconds while the others serve. Each address keeps its endpoint's name for TLS.
 *
 * <p>State is owned by gRPC's synchronization context; names are looked up on its offload executor.
 */
final class EndpointResolver extends NameResolver {
    /**
     * gRPC asks anew at each refused connection, and connects at once when it is answered: this pause between two tries
     * takes the place of its own, which grows to minutes.
     */
    private static final int PAUSE_SECONDS = 2;

    private final List<String> endpoints;
    private final SynchronizationContext context;
    private final ScheduledExecutorService timer;
    private final Executor lookups;
    private Listener2 listener;
    private boolean resolving;
    private boolean asked;
    private boolean shutdown;
    private SynchronizationContext.ScheduledHandle pause;

    /** Endpoints in the form {@code host:port}, IPv6 addresses in brackets. */
    EndpointResolver(List<String> endpoints, Args args) {
        this.endpoints = List.copyOf(endpoints);
        this.context = args.getSynchronizationContext();
        this.timer = args.getScheduledExecutorService();
        this.lookups = args.getOffloadExecutor();
    }

    @Override
    public String getServiceAuthority() {
        return endpoints.get(0);
    }

    @Override
    public void start(Listener2 newListener) {
        listener = newListener;
        refresh();
    }

    @Override
    public void refresh() {
        asked = true;
        boolean isPaused = pause != null && pause.isPending();
        if (!resolving && !isPaused && !shutdown) {
            resolve();
        }
    }

    private void resolve() {
        asked = false;
        resolving = true;
        lookups.execute(() -> {
            Found found = lookUp(endpoints);
            context.execute(() -> resolved(found));
        });
    }

    private void resolved(Found found) {
        resolving = false;
        if (shutdown) {
            return;
        }
        asked |= !found.unknown.isEmpty();
        pause = context.schedule(this::endPause, PAUSE_SECONDS, TimeUnit.SECONDS, timer);
        if (found.groups.isEmpty()) {
            listener.onError(
                    Status.UNAVAILABLE.withDescription("unresolved address " + String.join(", ", found.unknown)));
        } else {
            listener.onResult2(ResolutionResult.newBuilder()
                    .setAddressesOrError(StatusOr.fromValue(found.groups))
                    .build());
        }
    }

    private void endPause() {
        if (asked && !shutdown) {
            resolve();
        }
    }

    @Override
    public void shutdown() {
        shutdown = true;
        if (pause != null) {
            pause.cancel();
        }
    }

    private static Found lookUp(List<String> endpoints) {
        Map<InetSocketAddress, EquivalentAddressGroup> groups = new LinkedHashMap<>();
        List<String> unknown = new ArrayList<>();
        for (String endpoint : endpoints) {
            int colon = endpoint.lastIndexOf(':');
            int port = Integer.parseInt(endpoint.substring(colon + 1));
            try {
                for (InetAddress address : InetAddress.getAllByName(endpoint.substring(0, colon))) {
                    InetSocketAddress socket = new InetSocketAddress(address, port);
                    groups.putIfAbsent(socket, new EquivalentAddressGroup(socket, named(endpoint)));
                }
            } catch (UnknownHostException e) {
                unknown.add(endpoint.substring(0, colon));
            }
        }
        return new Found(List.copyOf(groups.values()), unknown);
    }

    private static Attributes named(String endpoint) {
        return Attributes.newBuilder()
                .set(EquivalentAddressGroup.ATTR_AUTHORITY_OVERRIDE, endpoint)
                .build();
    }

    private record Found(List<EquivalentAddressGroup> groups, List<String> unknown) {}
}
