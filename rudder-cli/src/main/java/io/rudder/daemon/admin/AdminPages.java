package io.rudder.daemon.admin;

import static io.netty.handler.codec.http.HttpResponseStatus.NOT_FOUND;
import static io.netty.handler.codec.http.HttpResponseStatus.OK;
import static io.netty.handler.codec.http.HttpResponseStatus.SERVICE_UNAVAILABLE;

import io.rudder.status.NodeInfo;
import io.rudder.status.NodeStatus;
import io.rudder.status.StatusJson;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/** What is to be had under which path. Belongs to the admin loop. */
final class AdminPages {
    /** How long a loop may keep a task waiting: a machine that is short of CPU takes seconds. */
    static final Duration STALL = Duration.ofSeconds(10);

    private final Supplier<NodeStatus> status;
    private final LoopPulse pulse;
    private final MetricsText metrics;
    private final History history = new History();
    private final Reply page = StatusPage.load();

    AdminPages(Supplier<NodeStatus> status, LoopPulse pulse, boolean metricsPerPeer) {
        this.status = status;
        this.pulse = pulse;
        this.metrics = new MetricsText(metricsPerPeer);
    }

    Reply get(String path) {
        return switch (path) {
            case "/" -> page;
            case "/healthz" -> health();
            case "/readyz" -> readiness();
            case "/metrics" -> Reply.metrics(metrics.write(status.get()));
            case "/status" -> Reply.json(StatusJson.write(status.get()));
            case "/history" -> Reply.json(StatusJson.write(history.view()));
            default -> Reply.text(NOT_FOUND, "nothing here; there are / /healthz /readyz /metrics /status /history");
        };
    }

    private Reply health() {
        List<String> stalled = pulse.stalled(STALL.toNanos());
        return stalled.isEmpty()
                ? Reply.text(OK, "ok")
                : Reply.text(SERVICE_UNAVAILABLE, "loops that stand still: " + String.join(", ", stalled));
    }

    private Reply readiness() {
        NodeInfo node = status.get().node();
        return node.ready()
                ? Reply.text(OK, "ready")
                : Reply.text(SERVICE_UNAVAILABLE, node.notReadyReason().orElse("not ready"));
    }

    /** Takes a sample for the history. */
    void sample() {
        history.add(status.get());
    }
}
