package io.rudder.daemon.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.rudder.status.NodeStatus;
import io.rudder.status.StatusJson;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdminServerTest {
    private static final AdminSettings ANY_PORT = new AdminSettings("127.0.0.1", 0, true);

    private final AtomicLong now = new AtomicLong();
    private final LoopPulse pulse = new LoopPulse(now::get);
    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(20)).build();
    private final EventLoopGroup group =
            new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("admin", true), EpollIoHandler.newFactory());
    private volatile NodeStatus status = SampleStatus.after(10);
    private AdminServer server;

    @BeforeEach
    void open() throws IOException {
        server = AdminServer.open(ANY_PORT, group.next(), () -> status, pulse);
    }

    @AfterEach
    void close() {
        server.close();
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    private HttpResponse<String> send(String method, String path) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + server.address().getPort() + path);
        HttpRequest request = HttpRequest.newBuilder(uri)
                .timeout(Duration.ofSeconds(20))
                .method(method, BodyPublishers.noBody())
                .build();
        return client.send(request, BodyHandlers.ofString());
    }

    private HttpResponse<String> get(String path) throws Exception {
        return send("GET", path);
    }

    /** Sends bytes and reads until the server closes. */
    private String raw(String bytes) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", server.address().getPort())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    @Test
    void aReadyNodeIsReadyAndAliveAndMeasured() throws Exception {
        assertThat(get("/healthz").statusCode()).isEqualTo(200);
        assertThat(get("/healthz").body()).isEqualTo("ok\n");
        assertThat(get("/readyz").statusCode()).isEqualTo(200);
        HttpResponse<String> metrics = get("/metrics");
        assertThat(metrics.body()).contains("rudder_ready 1.0\n", "rudder_peer_loss_ratio{");
        assertThat(metrics.headers().firstValue("content-type").orElseThrow()).startsWith("text/plain; version=0.0.4");
    }

    @Test
    void aNodeThatIsNotReadySaysWhy() throws Exception {
        status = SampleStatus.after(10, Optional.of("etcd does not answer"));
        HttpResponse<String> answer = get("/readyz");
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.body()).isEqualTo("etcd does not answer\n");
        assertThat(get("/healthz").statusCode()).isEqualTo(200);
    }

    @Test
    void aLoopThatStandsStillIsNotAlive() throws Exception {
        pulse.watch("data-0", task -> {});
        pulse.beat();
        now.addAndGet(AdminPages.STALL.toNanos() + 1);
        HttpResponse<String> answer = get("/healthz");
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.body()).isEqualTo("loops that stand still: data-0\n");
    }

    @Test
    void givesTheStatusAsJson() throws Exception {
        HttpResponse<String> answer = get("/status?x=1");
        assertThat(answer.headers().firstValue("content-type")).contains("application/json");
        assertThat(StatusJson.read(answer.body(), NodeStatus.class)).isEqualTo(status);
        assertThat(get("/history").body()).contains("\"intervalSeconds\":5");
    }

    @Test
    void thePageMayLoadNothingFromElsewhere() throws Exception {
        HttpResponse<String> page = get("/");
        assertThat(page.body()).startsWith("<!DOCTYPE html>").doesNotContain("https://");
        assertThat(page.headers().firstValue("content-security-policy").orElseThrow())
                .startsWith("default-src 'none'; connect-src 'self'; ")
                .contains("script-src 'sha256-", "style-src 'sha256-", "frame-ancestors 'none'")
                .doesNotContain("unsafe");
        assertThat(page.headers().firstValue("x-content-type-options")).contains("nosniff");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/nothing", "/status/", "/../status", "/favicon.ico"})
    void tellsOfWhatThereIs(String path) throws Exception {
        assertThat(get(path).statusCode()).isEqualTo(404);
        assertThat(get(path).body()).contains("/healthz", "/metrics");
    }

    @Test
    void headIsGetWithoutABody() throws Exception {
        HttpResponse<String> head = send("HEAD", "/status");
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
        assertThat(head.headers().firstValueAsLong("content-length").orElseThrow())
                .isGreaterThan(100);
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "OPTIONS"})
    void changesNothing(String method) throws Exception {
        HttpResponse<String> answer = send(method, "/status");
        assertThat(answer.statusCode()).isEqualTo(405);
        assertThat(answer.headers().firstValue("allow")).contains("GET, HEAD");
    }

    @Test
    void whatIsNotHttpOrTooLongIsRefused() throws Exception {
        assertThat(raw("GET /" + "x".repeat(5000) + " HTTP/1.1\r\nHost: a\r\n\r\n"))
                .contains("400 Bad Request");
        assertThat(raw("GET / HTTP/1.1\r\nX: " + "x".repeat(20_000) + "\r\n\r\n"))
                .contains("400 Bad Request");
        assertThat(raw("\u0000\u0001\u0002\r\n\r\n")).contains("400 Bad Request");
        assertThat(raw("POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 100000\r\n\r\n"))
                .contains("413 ");
        assertThat(get("/healthz").statusCode()).isEqualTo(200);
    }

    /** Whoever holds many connections must not keep probes and operators away. */
    @Test
    void whoComesTakesThePlaceOfTheIdlest() throws Exception {
        List<Socket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < 128; i++) {
                sockets.add(new Socket("127.0.0.1", server.address().getPort()));
                sockets.get(i).setSoTimeout(20_000);
            }
            askOn(sockets.get(127));
            askOn(sockets.get(0));
            assertThat(get("/healthz").statusCode()).isEqualTo(200);
            assertThat(sockets.get(1).getInputStream().read()).isEqualTo(-1);
            askOn(sockets.get(0));
            askOn(sockets.get(2));
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    private static void askOn(Socket socket) throws IOException {
        socket.getOutputStream().write("HEAD /healthz HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        byte[] answer = socket.getInputStream().readNBytes(15);
        assertThat(new String(answer, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 200 OK");
        while (socket.getInputStream().available() > 0) {
            socket.getInputStream().skipNBytes(socket.getInputStream().available());
        }
    }

    @Test
    void aStatusThatFailsIsAnErrorAndTheServerGoesOn() throws Exception {
        NodeStatus good = status;
        status = null;
        assertThat(get("/readyz").statusCode()).isEqualTo(500);
        status = good;
        assertThat(get("/readyz").statusCode()).isEqualTo(200);
    }

    @Test
    void aPortThatIsTakenIsOneLine() {
        int taken = server.address().getPort();
        assertThatThrownBy(() -> AdminServer.open(
                        new AdminSettings("127.0.0.1", taken, false), group.next(), () -> status, pulse))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cannot answer HTTP on 127.0.0.1:" + taken)
                .hasMessageContaining("Address already in use")
                .hasMessageContaining("-healthz-port")
                .message()
                .hasLineCount(1);
    }
}
