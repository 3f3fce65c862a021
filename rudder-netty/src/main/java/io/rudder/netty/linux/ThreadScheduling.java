package io.rudder.netty.linux;

import com.sun.jna.LastErrorException;
import java.io.IOException;

/** How the kernel's scheduler treats the calling thread (sched(7)). */
public final class ThreadScheduling {
    private static final int CALLING_THREAD = 0;
    private static final int SCHED_RR = 2;
    private static final int SCHED_RESET_ON_FORK = 0x40000000;
    private static final int LOWEST_PRIORITY = 1;

    private ThreadScheduling() {}

    /**
     * Lets the calling thread run before all that have no real-time policy: SCHED_RR with the lowest priority. Threads that
     * it starts are ordinary ones.
     *
     * @throws IOException without CAP_SYS_NICE (RLIMIT_RTPRIO would do, too), or where a control group allows no real time
     */
    public static void realTime() throws IOException {
        try {
            LibC.sched_setscheduler(CALLING_THREAD, SCHED_RR | SCHED_RESET_ON_FORK, new int[] {LOWEST_PRIORITY});
        } catch (LastErrorException e) {
            throw new IOException("cannot schedule a thread in real time: " + LibC.strerror(e.getErrorCode()), e);
        }
    }
}
