package io.rudder.netty.probe;

import java.time.Duration;

/** What probes tell of the ways to the peers. All methods may be called from any thread. */
public interface PathMeasurements {
    /** What is known of the way to a peer's address; a value without an answer if nothing is. */
    PathMeasurement measurement(int publicIp);

    /** How long it takes until each peer was asked once. */
    Duration interval();
}
