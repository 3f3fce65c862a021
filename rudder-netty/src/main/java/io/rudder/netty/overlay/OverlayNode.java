package io.rudder.netty.overlay;

import io.rudder.config.Backend;
import io.rudder.config.NetworkConfig;
import io.rudder.control.ControlThread;
import io.rudder.lease.Lease;
import io.rudder.lease.LeaseRegistry;
import io.rudder.net.Ipv4Prefix;
import io.rudder.netty.overlay.OverlayStatus.State;
import io.rudder.netty.tunnel.Tunnel;
import io.rudder.netty.tunnel.TunnelBootstrap;
import io.rudder.node.ControlPlane;
import io.rudder.peer.RouteTable;
import io.rudder.status.Counter;
import io.rudder.status.Counters;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;

/** What an {@link Overlay} is made of. Owned by the control loop but for what is volatile and the futures. */
final class OverlayNode {
    private final OverlaySettings settings;
    private final ControlThread loop;
    private final OverlayListener listener;
    private final Counters counters = new Counters();
    private final CompletableFuture<Ipv4Prefix> joined = new CompletableFuture<>();
    private final CompletableFuture<OverlayStatus> ready = new CompletableFuture<>();
    private final CompletableFuture<Void> closed = new CompletableFuture<>();

    private LeaseRegistry registry;
    private ControlPlane controlPlane;
    private CompletableFuture<Tunnel> opening;
    private InterfaceSetup device;
    private boolean closing;
    private volatile State state = State.NEW;
    private volatile Optional<NetworkConfig> config = Optional.empty();
    private volatile RouteTable routes = RouteTable.EMPTY;
    private volatile Optional<Tunnel> tunnel = Optional.empty();

    OverlayNode(OverlaySettings settings, ControlThread loop) {
        this.settings = settings;
        this.loop = loop;
        this.listener = settings.listener();
    }

    CompletableFuture<Ipv4Prefix> joined() {
        return joined.copy();
    }

    CompletableFuture<OverlayStatus> ready() {
        return ready.copy();
    }

    CompletableFuture<Void> closed() {
        return closed.copy();
    }

    OverlayStatus status() {
        RouteTable table = routes;
        Optional<Tunnel> open = tunnel;
        return new OverlayStatus(
                state,
                config,
                table.own(),
                open.map(Tunnel::tunName),
                open.map(Tunnel::offloads),
                table.peers(),
                open.map(Tunnel::traffic).orElse(Map.of()));
    }

    Map<Counter, Long> counters() {
        Map<Counter, Long> sums = Counters.sum(List.of(counters));
        tunnel.ifPresent(
                carrier -> carrier.counters().forEach((counter, value) -> sums.merge(counter, value, Long::sum)));
        return sums;
    }

    // ---- joining

    void join() {
        if (closing) {
            return;
        }
        state = State.JOINING;
        try {
            registry = settings.leases().open(loop);
        } catch (RuntimeException e) {
            fail(e);
            return;
        }
        controlPlane = new ControlPlane(registry, loop, settings.node(), counters, new PlaneListener());
        controlPlane.start();
    }

    private void onJoined(NetworkConfig network, Lease own) {
        config = Optional.of(network);
        state = State.JOINED;
        if (network.backend().type() == Backend.Type.UDP) {
            int port = settings.port().orElse(network.backend().port());
            opening = new TunnelBootstrap(settings.tunnel())
                    .underlay(new InetSocketAddress(settings.underlay(), port))
                    .open();
            opening.whenComplete((opened, failure) -> loop.execute(() -> onOpened(opened, failure, own)));
        }
        joined.complete(own.subnet());
        listener.onJoined(own.subnet());
    }

    private void onOpened(Tunnel opened, Throwable failure, Lease own) {
        if (closing) {
            return;
        }
        if (failure != null) {
            fail(failure);
            return;
        }
        opened.closeFuture().whenComplete((nothing, ended) -> loop.execute(() -> onEnded(ended)));
        try {
            if (settings.managesInterface()) {
                device = new InterfaceSetup(
                        opened.tunName(), config.orElseThrow().network(), settings.underlay());
                device.configure(routes.own().orElse(own.subnet()));
            }
        } catch (IOException e) {
            fail(e);
            return;
        }
        opened.routes(routes);
        tunnel = Optional.of(opened);
        becomeReady();
    }

    private void becomeReady() {
        state = State.READY;
        ready.complete(status());
        listener.onReady(status());
    }

    private void onEnded(Throwable failure) {
        if (!closing && failure != null) {
            fail(failure);
        }
    }

    // ---- while it lasts

    private void onRoutes(RouteTable table) {
        routes = table;
        tunnel.ifPresent(carrier -> carrier.routes(table));
        if (state == State.JOINED && opening == null) {
            becomeReady(); // packets are somebody else's concern
        }
        listener.onPeers(table.peers());
    }

    private void onLeaseChanged(Lease own) {
        try {
            if (device != null) {
                device.move(own.subnet());
            }
        } catch (IOException e) {
            fail(e);
            return;
        }
        listener.onSubnetChanged(own.subnet());
    }

    // ---- the end

    private void fail(Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        fail(cause.getMessage(), cause);
    }

    private void fail(String reason, Throwable cause) {
        if (!closing) {
            OverlayException failure = new OverlayException(reason, cause);
            end(Optional.of(failure));
            listener.onFailed(reason);
        }
    }

    void close() {
        end(Optional.empty());
    }

    private void end(Optional<OverlayException> failure) {
        if (closing) {
            return;
        }
        closing = true;
        state = State.CLOSED;
        OverlayException reason = failure.orElseGet(() -> new OverlayException("the overlay was closed", null));
        joined.completeExceptionally(reason);
        ready.completeExceptionally(reason);
        if (controlPlane != null) {
            controlPlane.stop();
        }
        if (registry != null) {
            registry.close();
        }
        closeTunnel().whenComplete((nothing, ignored) -> loop.execute(() -> finish(failure)));
    }

    private CompletableFuture<Void> closeTunnel() {
        return opening == null
                ? CompletableFuture.completedFuture(null)
                : opening.thenApply(Tunnel::close).thenCompose(Function.identity());
    }

    private void finish(Optional<OverlayException> failure) {
        loop.close();
        failure.ifPresentOrElse(closed::completeExceptionally, () -> closed.complete(null));
        listener.onClosed();
    }

    private final class PlaneListener implements ControlPlane.Listener {
        @Override
        public void onJoined(NetworkConfig network, Lease own) {
            OverlayNode.this.onJoined(network, own);
        }

        @Override
        public void onRoutes(RouteTable table) {
            OverlayNode.this.onRoutes(table);
        }

        @Override
        public void onLeaseChanged(Lease own) {
            OverlayNode.this.onLeaseChanged(own);
        }

        @Override
        public void onRefused(String message) {
            fail(message, null);
        }
    }
}
