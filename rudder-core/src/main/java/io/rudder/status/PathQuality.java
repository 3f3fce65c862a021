package io.rudder.status;

/**
 * What probes found about the path to a peer and back.
 *
 * @param roundTripMillis a smoothed round trip
 * @param roundTripMinMillis the shortest one of late
 * @param lossRatio the share of late probes that got no answer, 0 to 1
 * @param answeredSecondsAgo since the last answer
 */
public record PathQuality(
        double roundTripMillis, double roundTripMinMillis, double lossRatio, double answeredSecondsAgo) {}
