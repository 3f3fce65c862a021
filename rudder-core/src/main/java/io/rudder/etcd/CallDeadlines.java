package io.rudder.etcd;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;
import java.time.Duration;
import java.util.Set;

/** Puts a deadline on every call, which jetcd does not: without one a call to an absent member waits for ever. */
final class CallDeadlines implements ClientInterceptor {
    /** For calls that change nothing. */
    static final Duration READ = Duration.ofSeconds(5);

    /** For calls that go through the cluster's log. Transactions count as such, even those that only read. */
    static final Duration WRITE = Duration.ofSeconds(10);

    private static final Set<String> READS = Set.of("etcdserverpb.KV/Range", "etcdserverpb.Auth/Authenticate");
    private static final String WATCH = "etcdserverpb.Watch/Watch";

    @Override
    public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
        if (method.getFullMethodName().equals(WATCH)) {
            return next.newCall(method, options);
        }
        Duration deadline = READS.contains(method.getFullMethodName()) ? READ : WRITE;
        return next.newCall(method, options.withDeadlineAfter(deadline));
    }
}
