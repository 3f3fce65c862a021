package io.rudder.daemon.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.rudder.cli.client.ControlClient;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ControlSocketTest {
    private static final EventLoopGroup GROUP = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());

    @TempDir
    private Path directory;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private ControlSocket socket;

    @AfterEach
    void close() throws IOException {
        if (socket != null) {
            socket.close();
        }
    }

    @AfterAll
    static void end() {
        GROUP.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    private Path path() {
        return directory.resolve("run/rudder.sock");
    }

    private void serve(CommandShell shell) throws IOException {
        socket = ControlSocket.open(path(), GROUP, shell);
    }

    private int run(String... arguments) throws IOException {
        try (ControlClient client = ControlClient.connect(path())) {
            return client.run(new CommandRequest(List.of(arguments), false, 0, 0, ""), out, err);
        }
    }

    private static int echo(CommandRequest request, CommandOutput output) {
        output.out(String.join(" ", request.arguments()).getBytes(StandardCharsets.UTF_8));
        output.err("complaint".getBytes(StandardCharsets.UTF_8));
        return 7;
    }

    @Test
    void givesTheOperatorOutputComplaintsAndExitCode() throws IOException {
        serve(ControlSocketTest::echo);

        assertThat(run("status", "-json")).isEqualTo(7);
        assertThat(out).hasToString("status -json");
        assertThat(err).hasToString("complaint");
    }

    @Test
    void carriesOutputOfAnySize() throws IOException {
        byte[] large = new byte[3_000_000];
        new Random(1).nextBytes(large);
        serve((request, output) -> {
            output.out(large);
            return 0;
        });

        assertThat(run("capture")).isZero();
        assertThat(out.toByteArray()).isEqualTo(large);
    }

    @Test
    void isForItsOwnerOnlyAndGoesWithTheDaemon() throws IOException {
        serve(ControlSocketTest::echo);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path())))
                .isEqualTo("rw-------");

        socket.close();
        assertThat(path().getParent()).isEmptyDirectory();
    }

    @Test
    void refusesASecondDaemon() throws IOException {
        serve(ControlSocketTest::echo);

        assertThatThrownBy(() -> ControlSocket.open(path(), GROUP, ControlSocketTest::echo))
                .hasMessage("another daemon answers at " + path() + "; stop it, or choose another -run-dir");
        assertThat(run("status")).isEqualTo(7);
    }

    @Test
    void replacesWhatAKilledDaemonLeft() throws IOException {
        Files.createDirectories(path().getParent());
        try (ServerSocketChannel left = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            left.bind(UnixDomainSocketAddress.of(path()));
        }
        assertThat(path()).exists();

        serve(ControlSocketTest::echo);

        assertThat(run("status")).isEqualTo(7);
    }

    @Test
    void leavesTheFileOfItsSuccessor() throws IOException {
        ControlSocket first = ControlSocket.open(path(), GROUP, ControlSocketTest::echo);
        Files.delete(path());
        serve(ControlSocketTest::echo);

        first.close();

        assertThat(run("status")).isEqualTo(7);
    }

    @Test
    void endsACommandWhoseOperatorIsGone() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch ended = new CountDownLatch(1);
        serve((request, output) -> {
            begun.countDown();
            try {
                output.awaitGone(60_000);
            } finally {
                ended.countDown();
            }
            return 0;
        });
        SocketChannel operator = send("{\"schema\":1,\"arguments\":[\"top\"]}\n");
        assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();

        operator.close();

        assertThat(ended.await(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void answersGarbageWithOneLineAndGoesOn() throws IOException {
        Random random = new Random(20261128);
        serve(ControlSocketTest::echo);
        for (int round = 0; round < 200; round++) {
            byte[] garbage = new byte[1 + random.nextInt(2000)];
            random.nextBytes(garbage);
            try (SocketChannel channel = send(new String(garbage, StandardCharsets.ISO_8859_1) + "\n")) {
                assertThat(readAll(channel)).contains("rudder: ").endsWith("\u0003\0\0\0\4\0\0\0\1");
            }
        }
        try (SocketChannel channel = send("x".repeat(2 * CommandRequest.MAX_BYTES))) {
            // What the daemon says may be lost, since it closes before all was read.
            assertThat(readAll(channel)).doesNotContain("status");
        }
        assertThat(run("status")).isEqualTo(7);
    }

    private SocketChannel send(String text) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        channel.connect(UnixDomainSocketAddress.of(path()));
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
        try {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        } catch (IOException e) {
            // It was refused before all of it was sent.
        }
        return channel;
    }

    private static String readAll(SocketChannel channel) throws IOException {
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        ByteBuffer buffer = ByteBuffer.allocate(4096);
        try {
            while (channel.read(buffer) >= 0) {
                answer.write(buffer.array(), 0, buffer.position());
                buffer.clear();
            }
        } catch (IOException e) {
            // Reset, since the daemon closed with bytes unread; what came before counts.
        }
        return answer.toString(StandardCharsets.ISO_8859_1);
    }
}
