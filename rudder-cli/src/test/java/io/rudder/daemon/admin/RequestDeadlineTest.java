package io.rudder.daemon.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RequestDeadlineTest {
    private static final int BOUND_SECONDS = 30;

    private final Client client = new Client();
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private int uses;

    RequestDeadlineTest() {
        channel.freezeTime();
        channel.pipeline()
                .addLast(client)
                .addLast(new RequestDeadline(Duration.ofSeconds(BOUND_SECONDS), used -> uses++));
    }

    @AfterEach
    void close() {
        channel.finishAndReleaseAll();
    }

    private void ask() {
        channel.writeInbound(new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/"));
        channel.writeAndFlush(new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK));
    }

    private void pass(int seconds) {
        channel.advanceTimeBy(seconds, TimeUnit.SECONDS);
        channel.runScheduledPendingTasks();
    }

    @Test
    void whoAsksNothingIsClosed() {
        pass(BOUND_SECONDS - 1);
        assertThat(channel.isOpen()).isTrue();
        channel.writeInbound(Unpooled.buffer());
        pass(1);
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void whoAsksNowAndThenStays() {
        for (int i = 0; i < 5; i++) {
            pass(BOUND_SECONDS - 1);
            ask();
            client.takeAnswer();
        }
        assertThat(channel.isOpen()).isTrue();
        assertThat(uses).isEqualTo(1 + 2 * 5);
        pass(BOUND_SECONDS);
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void anAnswerHasItsOwnTime() {
        pass(BOUND_SECONDS - 1);
        ask();
        pass(BOUND_SECONDS - 1);
        client.takeAnswer();
        pass(BOUND_SECONDS - 1);
        assertThat(channel.isOpen()).isTrue();
    }

    @Test
    void whoAsksOnWithoutTakingAnAnswerIsClosed() {
        for (int i = 0; i < 4 && channel.isOpen(); i++) {
            ask();
            pass(BOUND_SECONDS / 3);
        }
        assertThat(channel.isOpen()).isFalse();
    }

    /** Takes each answer only when it is told to. */
    private static final class Client extends ChannelOutboundHandlerAdapter {
        private final Deque<ChannelPromise> waiting = new ArrayDeque<>();

        @Override
        public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
            waiting.add(promise);
        }

        void takeAnswer() {
            waiting.remove().setSuccess();
        }
    }
}
