package io.rudder.status;

/**
 * What probes found about the path to a peer and back.
 *
 * @param answering whether one of the last three probes was answered
 * @param roundTripMillis a smoothed round trip
 * @param roundTripMinMillis the shortest one of late
 * @param lossRatio the share of late probes that got no answer, 0 to 1
 * @param answeredSecondsAgo since the last answer
 */
public record PathQuality(
        boolean answering,
        double roundTripMillis,
        double roundTripMinMillis,
        double lossRatio,
        double answeredSecondsAgo) {}
