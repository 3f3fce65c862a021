package io.rudder.daemon.handover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.FileDescriptor;
import io.rudder.netty.tunnel.TunnelDescriptors;
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
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two daemons' ends of a real Unix socket, with pipes in place of device and socket. */
class HandOverTest {
    private static final long BOUND_SECONDS = 15;

    @TempDir
    Path folder;

    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private final CompletableFuture<Successor> asked = new CompletableFuture<>();

    @AfterEach
    void close() throws InterruptedException {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).await(BOUND_SECONDS, TimeUnit.SECONDS);
    }

    private Path socket() {
        return folder.resolve("hand-over.sock");
    }

    private Predecessor find(int queues) {
        return Predecessor.find(group, socket(), queues).orElseThrow();
    }

    private static CompletableFuture<TunnelDescriptors> take(Predecessor predecessor, int queues) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return predecessor.take(queues);
            } catch (IOException e) {
                throw new IllegalStateException(e.getMessage(), e);
            }
        });
    }

    private CompletableFuture<Void> give(FileDescriptor device, FileDescriptor socket) throws Exception {
        Successor successor = asked.get(BOUND_SECONDS, TimeUnit.SECONDS);
        return CompletableFuture.runAsync(() -> {
            try {
                successor.give(new TunnelDescriptors(List.of(device), List.of(socket)));
            } catch (IOException e) {
                throw new IllegalStateException(e.getMessage(), e);
            }
        });
    }

    @Test
    void givesDescriptorsOfTheSameFiles() throws Exception {
        HandOverServer server = HandOverServer.open(group, socket(), asked::complete);
        try {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket())))
                    .isEqualTo("rw-------");
            Predecessor predecessor = find(1);
            CompletableFuture<TunnelDescriptors> taken = take(predecessor, 1);
            assertThat(asked.get(BOUND_SECONDS, TimeUnit.SECONDS).queues()).isEqualTo(1);
            FileDescriptor[] device = FileDescriptor.pipe();
            FileDescriptor[] other = FileDescriptor.pipe();
            CompletableFuture<Void> given = give(device[1], other[1]);

            TunnelDescriptors received = taken.get(BOUND_SECONDS, TimeUnit.SECONDS);
            assertThat(given).isNotDone();
            predecessor.confirm();
            given.get(BOUND_SECONDS, TimeUnit.SECONDS);

            write(received.devices().get(0), 42);
            write(received.sockets().get(0), 43);
            assertThat(read(device[0])).isEqualTo(42);
            assertThat(read(other[0])).isEqualTo(43);
            received.close();
            new TunnelDescriptors(List.of(device), List.of(other)).close();
        } finally {
            server.close();
        }
        assertThat(socket()).doesNotExist();
    }

    @Test
    void aRefusalIsTold() throws Exception {
        HandOverServer server = HandOverServer.open(group, socket(), asked::complete);
        try {
            CompletableFuture<TunnelDescriptors> taken = take(find(2), 2);
            asked.get(BOUND_SECONDS, TimeUnit.SECONDS).refuse();
            assertThatThrownBy(() -> taken.get(BOUND_SECONDS, TimeUnit.SECONDS))
                    .hasMessageContaining("does not hand its tunnel over");
        } finally {
            server.close();
        }
    }

    /** Neither of the two may believe that the other one has the tunnel. */
    @Test
    void whoEndsWithoutGoingOnHasNotTakenIt() throws Exception {
        HandOverServer server = HandOverServer.open(group, socket(), asked::complete);
        try (SocketChannel other = SocketChannel.open(UnixDomainSocketAddress.of(socket()))) {
            other.write(ByteBuffer.wrap((HandOverServer.REQUEST + "1\n").getBytes(StandardCharsets.US_ASCII)));
            FileDescriptor[] pipe = FileDescriptor.pipe();
            CompletableFuture<Void> given = give(pipe[0], pipe[1]);
            other.shutdownOutput();
            assertThatThrownBy(() -> given.get(BOUND_SECONDS, TimeUnit.SECONDS))
                    .hasMessageContaining("did not go on with the tunnel");
            new TunnelDescriptors(List.of(pipe), List.of()).close();
        } finally {
            server.close();
        }
    }

    @Test
    void whoWaitedTooLongGoesOnItself() throws Exception {
        HandOverServer server = HandOverServer.open(group, socket(), asked::complete);
        try {
            Predecessor predecessor = find(1);
            CompletableFuture<TunnelDescriptors> taken = take(predecessor, 1);
            FileDescriptor[] pipe = FileDescriptor.pipe();
            CompletableFuture<Void> given = give(pipe[0], pipe[1]);
            taken.get(BOUND_SECONDS, TimeUnit.SECONDS).close();
            assertThatThrownBy(() -> given.get(BOUND_SECONDS, TimeUnit.SECONDS))
                    .hasMessageContaining("did not go on with the tunnel");
            CountDownLatch ended = new CountDownLatch(1);
            predecessor.onEnd(ended::countDown);
            assertThat(ended.await(BOUND_SECONDS, TimeUnit.SECONDS)).isTrue();
            assertThatThrownBy(predecessor::confirm).hasMessageContaining("goes on with its tunnel itself");
            new TunnelDescriptors(List.of(pipe), List.of()).close();
        } finally {
            server.close();
        }
    }

    /** A daemon that stood still, with all its threads, finds on its own clock that it waited too long. */
    @Test
    void whatIsSaidToOneThatStoodStillIsNotTakenForAnAgreement() throws Exception {
        EventLoopGroup still = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        HandOverServer server = HandOverServer.open(still, socket(), asked::complete);
        try {
            Predecessor predecessor = find(1);
            CompletableFuture<TunnelDescriptors> taken = take(predecessor, 1);
            FileDescriptor[] pipe = FileDescriptor.pipe();
            CompletableFuture<Void> given = give(pipe[0], pipe[1]);
            taken.get(BOUND_SECONDS, TimeUnit.SECONDS).close();
            CountDownLatch goesOn = new CountDownLatch(1);
            still.execute(() -> await(goesOn));
            given.handle((nothing, failure) -> failure).thenRun(goesOn::countDown);

            assertThatThrownBy(predecessor::confirm).hasMessageContaining("goes on with its tunnel itself");
            assertThatThrownBy(() -> given.get(BOUND_SECONDS, TimeUnit.SECONDS))
                    .hasMessageContaining("did not go on with the tunnel");
            new TunnelDescriptors(List.of(pipe), List.of()).close();
        } finally {
            server.close();
            still.shutdownGracefully(0, 1, TimeUnit.SECONDS).await(BOUND_SECONDS, TimeUnit.SECONDS);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await(BOUND_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Who does not answer in time cannot do so later: it learns that nobody hears it. */
    @Test
    void anAgreementThatDoesNotComeInTimeDoesNotComeAtAll() throws Exception {
        try (ServerSocketChannel silent = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            silent.bind(UnixDomainSocketAddress.of(socket()));
            Predecessor predecessor = find(1);
            try (SocketChannel heard = silent.accept()) {
                assertThatThrownBy(predecessor::confirm).hasMessageContaining("goes on with its tunnel itself");
                assertThatThrownBy(() -> heard.write(ByteBuffer.allocate(1))).isInstanceOf(IOException.class);
            }
        }
    }

    /** It has said that it goes on, but did not wait for the agreement: the tunnel has an owner all the same. */
    @Test
    void whoIsGoneBeforeItIsAgreedWithHasNotTakenIt() throws Exception {
        HandOverServer server = HandOverServer.open(group, socket(), asked::complete);
        try {
            try (SocketChannel other = SocketChannel.open(UnixDomainSocketAddress.of(socket()))) {
                String said = HandOverServer.REQUEST + "1\n" + HandOverServer.GOES_ON + "\n";
                other.write(ByteBuffer.wrap(said.getBytes(StandardCharsets.US_ASCII)));
                asked.get(BOUND_SECONDS, TimeUnit.SECONDS);
            }
            FileDescriptor[] pipe = FileDescriptor.pipe();
            CompletableFuture<Void> given = give(pipe[0], pipe[1]);
            assertThatThrownBy(() -> given.get(BOUND_SECONDS, TimeUnit.SECONDS))
                    .hasMessageContaining("did not go on with the tunnel");
            new TunnelDescriptors(List.of(pipe), List.of()).close();
        } finally {
            server.close();
        }
    }

    /** Descriptors that come when nobody waits for them would keep the device for ever. */
    @Test
    void whatComesTooLateIsClosed() throws Exception {
        HandOverServer server = HandOverServer.open(group, socket(), asked::complete);
        try {
            CompletableFuture<TunnelDescriptors> taken = take(find(1), 1);
            Successor successor = asked.get(BOUND_SECONDS, TimeUnit.SECONDS);
            assertThatThrownBy(() -> taken.get(BOUND_SECONDS, TimeUnit.SECONDS)).hasMessageContaining("no answer");
            FileDescriptor[] pipe = FileDescriptor.pipe();
            assertThatThrownBy(() -> successor.give(new TunnelDescriptors(List.of(pipe[1]), List.of(pipe[1]))))
                    .hasMessageContaining("did not go on with the tunnel");
            pipe[1].close();
            // The pipe's end comes once nobody has the other one any more.
            assertThat(end(pipe[0])).isTrue();
            pipe[0].close();
        } finally {
            server.close();
        }
    }

    private static boolean end(FileDescriptor of) throws IOException {
        ByteBuf bytes = Unpooled.directBuffer(1);
        int count = of.readAddress(bytes.memoryAddress(), 0, 1);
        bytes.release();
        return count < 0;
    }

    @Test
    void whatAKilledDaemonLeftIsNobody() throws Exception {
        assertThat(Predecessor.find(group, socket(), 1)).isEqualTo(Optional.empty());
        Files.writeString(socket(), "");
        assertThat(Predecessor.find(group, socket(), 1)).isEqualTo(Optional.empty());
        HandOverServer.open(group, socket(), asked::complete).close();
        assertThat(socket()).doesNotExist();
    }

    private static void write(FileDescriptor to, int value) throws IOException {
        ByteBuf bytes = Unpooled.directBuffer(1).writeByte(value);
        to.writeAddress(bytes.memoryAddress(), 0, 1);
        bytes.release();
    }

    private static int read(FileDescriptor from) throws IOException {
        ByteBuf bytes = Unpooled.directBuffer(1);
        from.readAddress(bytes.memoryAddress(), 0, 1);
        int value = bytes.getByte(0);
        bytes.release();
        return value;
    }
}
