package io.rudder.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rudder.daemon.host.HostException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class AnswersTest {
    private final List<String> late = new ArrayList<>();

    @Test
    void anAnswerInTimeIsTheResult() throws HostException {
        assertThat(Answers.await(CompletableFuture.completedFuture("open"), 1, late::add))
                .isEqualTo("open");
        assertThat(late).isEmpty();
    }

    @Test
    void whatComesLateIsNotLost() {
        CompletableFuture<String> answer = new CompletableFuture<>();
        assertThatThrownBy(() -> Answers.await(answer, 0, late::add))
                .isInstanceOf(HostException.class)
                .hasMessage("the data path gave no answer within 0 s");
        answer.complete("open");
        assertThat(late).containsExactly("open");
    }

    @Test
    void whoIsInterruptedLosesNothingEither() {
        CompletableFuture<String> answer = new CompletableFuture<>();
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> Answers.await(answer, 10, late::add)).hasMessage("interrupted");
        assertThat(Thread.interrupted()).isTrue();
        answer.complete("open");
        assertThat(late).containsExactly("open");
    }

    @Test
    void aFailureIsToldInItsOwnWords() {
        assertThatThrownBy(() -> Answers.await(
                        CompletableFuture.<String>failedFuture(new IOException("the port is taken")), 1, late::add))
                .isInstanceOf(HostException.class)
                .hasMessage("the port is taken");
    }
}
