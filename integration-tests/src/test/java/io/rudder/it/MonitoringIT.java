package io.rudder.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.rudder.it.lab.Cluster;
import io.rudder.it.lab.Host;
import io.rudder.it.lab.Requirements;
import io.rudder.it.lab.RudderProcess;
import io.rudder.it.lab.Wait;
import io.rudder.it.tool.HttpGet;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a daemon tells over HTTP, and what a person sees of it in a browser. */
class MonitoringIT {
    @RegisterExtension
    static final Cluster CLUSTER = Cluster.ofHosts("a", "b");

    private static final Duration BOUND = Duration.ofSeconds(60);
    private static final String PORT = "9090";
    private static final String ADDRESS = "http://127.0.0.1:" + PORT;
    private static final String SHOWN = "data-state=\"shown\"";

    /** Without the ones about the network, Chromium looks for hosts that no test network has. */
    private static final List<String> BROWSER_OPTIONS = List.of(
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync");

    private static RudderProcess start(String name) {
        Host host = CLUSTER.host(name);
        return CLUSTER.start(
                host,
                CLUSTER.optionsOf(host)
                        .with("healthz-ip", "127.0.0.1")
                        .with("healthz-port", PORT)
                        .with("metrics-per-peer", "true")
                        .with("probe-interval", "2"));
    }

    private static String get(Host host, String path) {
        return host.spawnTool(HttpGet.class, ADDRESS + path).awaitExit(BOUND).stdout();
    }

    /** The page once its script has drawn it; a browser that starts slowly gets another try. */
    private static String pageAsSeen(Path browser, Host host) {
        String page = "";
        for (int attempt = 1; attempt <= 3 && !page.contains(SHOWN); attempt++) {
            List<String> command = new ArrayList<>(List.of(browser.toString()));
            command.addAll(BROWSER_OPTIONS);
            command.add("--user-data-dir=" + host.directory().resolve("browser-" + attempt));
            command.addAll(List.of("--virtual-time-budget=4000", "--dump-dom", ADDRESS + "/"));
            page = host.exec(command.toArray(String[]::new)).stdout();
        }
        return page;
    }

    @AfterEach
    void reset() {
        CLUSTER.reset();
    }

    @Test
    void aPersonSeesNodePeersAndEvents() {
        Optional<Path> browser = Requirements.browser();
        assumeThat(browser).as("chromium or google-chrome, not as a snap").isPresent();
        RudderProcess a = start("a");
        RudderProcess b = start("b");
        List.of(a, b).forEach(RudderProcess::awaitReady);
        String peer = b.overlayAddress() + "/24";
        boolean measured = Wait.until(
                BOUND,
                () -> get(a.host(), "/metrics").contains("rudder_peer_answering{endpoint=\"198.51.100.2:8285\""));
        assertThat(measured).as("b answers the probes of a").isTrue();
        assertThat(get(a.host(), "/healthz")).isEqualTo("200\nok\n");
        assertThat(get(a.host(), "/readyz")).isEqualTo("200\nready\n");
        assertThat(get(a.host(), "/status")).startsWith("200\n{\"schema\":1,").contains("\"subnet\":\"" + peer);

        String page = pageAsSeen(browser.get(), a.host());

        assertThat(page)
                .contains(SHOWN, "✓ ready")
                .contains(peer, "198.51.100.2:8285", "&nbsp;ms")
                // A machine that is short of CPU answers some probes too late.
                .containsPattern("✓ good|! some loss|! lossy")
                .contains("ready: subnet");
    }

    @Test
    void aNodeThatWaitsForEtcdIsAliveButNotReady() {
        Host host = CLUSTER.host("a");
        CLUSTER.start(
                host,
                CLUSTER.optionsOf(host)
                        .with("etcd-endpoint", "http://198.51.100.254:1")
                        .with("healthz-port", PORT));
        assertThat(Wait.until(BOUND, () -> get(host, "/healthz").startsWith("200\n")))
                .isTrue();
        assertThat(get(host, "/readyz")).startsWith("503\n").contains("etcd");
    }
}
