package io.rudder.netty.tunnel;

import io.rudder.control.TokenBucket;
import java.io.IOException;
import org.slf4j.Logger;

/**
 * Tells of what packets ran into, seldom enough that a flood of them does not become one of lines. What is no error of
 * the kernel is a defect, and told as one. Belongs to one loop.
 */
final class DefectLog {
    private static final int PER_SECOND = 1;
    private static final int BURST = 5;

    private final Logger log;
    private final String where;
    private final TokenBucket bucket = new TokenBucket(System::nanoTime, PER_SECOND, BURST);

    DefectLog(Logger log, String where) {
        this.log = log;
        this.where = where;
    }

    void tell(Throwable cause) {
        if (!bucket.tryTake()) {
            return;
        }
        if (cause instanceof IOException) {
            log.debug("{}: {}", where, cause.getMessage());
        } else {
            log.error("{}: a packet could not be handled", where, cause);
        }
    }
}
