package io.rudder.daemon;

import io.rudder.daemon.host.HostException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** Waits for what the data path's loops answer, on the daemon's thread. */
final class Answers {
    private Answers() {}

    /**
     * The answer.
     *
     * @param late takes an answer that comes when nobody waits for it any more; on any thread
     * @throws HostException if there is none in time
     */
    static <T> T await(CompletableFuture<T> answer, long seconds, Consumer<? super T> late) throws HostException {
        try {
            return answer.get(seconds, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new HostException(e.getCause().getMessage(), e.getCause());
        } catch (TimeoutException e) {
            answer.thenAccept(late);
            throw new HostException("the data path gave no answer within " + seconds + " s", e);
        } catch (InterruptedException e) {
            answer.thenAccept(late);
            Thread.currentThread().interrupt();
            throw new HostException("interrupted", e);
        }
    }
}
