package io.rudder.netty.probe;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.socket.DatagramPacket;
import io.rudder.control.TokenBucket;
import io.rudder.netty.offload.RecycledBuffer;
import io.rudder.netty.probe.ProbeMessage.Type;
import io.rudder.peer.RouteTable;
import io.rudder.status.Counter;
import io.rudder.status.Counters;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;

/**
 * Asks every peer by turns how good the way to it is, and answers the questions of others: only those of live leases, to
 * the endpoint that their lease names wherever a datagram says it came from, and at a bounded rate. Belongs to the loop
 * of its channel, but for {@link #measurement}.
 */
public final class Prober implements ControlMessages, PathMeasurements {
    /** The most answers that a node sends a second: twice what 100 nodes that ask every second would have. */
    static final int ANSWERS_PER_SECOND = 200;

    private final Channel udp;
    private final Counters counters;
    private final LongSupplier nanoClock;
    private final ToIntFunction<InetSocketAddress> kernelMtu;
    private final long leastIntervalNanos;
    private final ProbedPeers peers;
    private final TokenBucket answers;
    private final RecycledBuffer outgoing;
    private long lastTickNanos;
    private long creditNanos;

    /**
     * A prober, which does nothing by itself before {@link #start}.
     *
     * @param udp what sends to peers
     * @param routes the routes at this moment
     * @param kernelMtu the kernel's path MTU to an address in bytes; 0 if unknown
     * @param leastInterval between two probes to one peer, while there are few peers
     * @param counters those of the channel's loop
     */
    public Prober(
            Channel udp,
            Supplier<RouteTable> routes,
            ToIntFunction<InetSocketAddress> kernelMtu,
            Duration leastInterval,
            Counters counters,
            LongSupplier nanoClock) {
        this.udp = udp;
        this.counters = counters;
        this.nanoClock = nanoClock;
        this.kernelMtu = kernelMtu;
        this.leastIntervalNanos = leastInterval.toNanos();
        this.peers = new ProbedPeers(routes);
        this.answers = new TokenBucket(nanoClock, ANSWERS_PER_SECOND, ANSWERS_PER_SECOND);
        this.outgoing = new RecycledBuffer(udp.alloc(), ProbeMessage.LENGTH);
        this.lastTickNanos = nanoClock.getAsLong();
    }

    /** Begins to ask; ends when the channel is closed. On any thread. */
    public void start() {
        udp.eventLoop().execute(this::run);
    }

    private void run() {
        if (!udp.isOpen()) {
            outgoing.release();
            return;
        }
        udp.eventLoop().schedule(this::run, tick(), TimeUnit.NANOSECONDS);
    }

    /**
     * Sends what is due.
     *
     * @return after how many nanoseconds to come again
     */
    long tick() {
        long now = nanoClock.getAsLong();
        ProbePace pace = ProbePace.of(peers.refresh(), leastIntervalNanos);
        creditNanos += now - lastTickNanos;
        lastTickNanos = now;
        if (peers.isEmpty()) {
            return pace.tickNanos();
        }
        long nanosPerProbe = pace.intervalNanos() / peers.size();
        // What a loop that stood still has missed is not made up for: that would be a burst.
        creditNanos = Math.min(creditNanos, nanosPerProbe + pace.tickNanos());
        for (; creditNanos >= nanosPerProbe; creditNanos -= nanosPerProbe) {
            ask(peers.next(), now, pace.windowProbes());
        }
        return pace.tickNanos();
    }

    private void ask(PeerPath path, long now, int windowProbes) {
        if (!udp.isWritable()) {
            return;
        }
        int sequence = path.sent(now, windowProbes, kernelMtu.applyAsInt(path.endpoint()));
        counters.increment(Counter.PROBE_SENT);
        send(Type.QUESTION, sequence, now, path.endpoint());
    }

    @Override
    public boolean accept(ByteBuf buffer, int offset, int length, int sender) {
        Type type = ProbeMessage.typeOf(buffer, offset, length);
        if (type != Type.NONE) {
            receive(type, ProbeMessage.sequence(buffer, offset), ProbeMessage.timestamp(buffer, offset), sender);
        }
        return type != Type.NONE;
    }

    /** Takes a probe from the address of a live lease. */
    void receive(Type type, int sequence, long timestamp, int sender) {
        PeerPath path = peers.at(sender);
        if (type == Type.QUESTION) {
            answer(path, sequence, timestamp);
        } else if (path != null && path.answered(sequence, timestamp, nanoClock.getAsLong())) {
            counters.increment(Counter.PROBE_ANSWER_RECEIVED);
        } else {
            counters.increment(Counter.PROBE_ANSWER_IGNORED);
        }
    }

    private void answer(PeerPath path, int sequence, long timestamp) {
        if (path == null || !udp.isWritable() || !answers.tryTake()) {
            counters.increment(Counter.PROBE_ANSWER_SUPPRESSED);
            return;
        }
        counters.increment(Counter.PROBE_ANSWER_SENT);
        send(Type.ANSWER, sequence, timestamp, path.endpoint());
    }

    private void send(Type type, int sequence, long timestamp, InetSocketAddress to) {
        ByteBuf message = outgoing.acquire();
        ProbeMessage.write(message, type, sequence, timestamp);
        // Not the void promise: its failures count as those of packets. One that is not sent is a lost probe.
        udp.writeAndFlush(new DatagramPacket(message.retain(), to), udp.newPromise());
    }

    /** Takes probes that another data loop received. */
    public ControlMessages relay(Counters countersOfThatLoop) {
        return new ProbeRelay(this, udp.eventLoop(), countersOfThatLoop, nanoClock);
    }

    @Override
    public PathMeasurement measurement(int publicIp) {
        return peers.measurement(publicIp);
    }

    @Override
    public Duration interval() {
        return Duration.ofNanos(ProbePace.of(peers.size(), leastIntervalNanos).intervalNanos());
    }
}
