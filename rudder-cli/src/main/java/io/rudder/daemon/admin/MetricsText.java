package io.rudder.daemon.admin;

import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.rudder.status.NodeStatus;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** A status as Prometheus reads it. Immutable. */
final class MetricsText {
    /** The media type of what is written. */
    static final String CONTENT_TYPE = PrometheusTextFormatWriter.CONTENT_TYPE;

    private static final int EXPECTED_BYTES = 16_384;

    private final PrometheusTextFormatWriter writer = PrometheusTextFormatWriter.create();
    private final List<MetricFamily> families;

    /** A writer; without single peers what it writes does not grow with their number. */
    MetricsText(boolean perPeer) {
        families = new ArrayList<>(MetricCatalogue.ofNode());
        if (perPeer) {
            families.addAll(PeerMetrics.ofPeers());
        }
    }

    byte[] write(NodeStatus status) {
        List<MetricSnapshot> snapshots =
                families.stream().map(family -> family.snapshot(status)).toList();
        ByteArrayOutputStream out = new ByteArrayOutputStream(EXPECTED_BYTES);
        try {
            writer.write(out, new MetricSnapshots(snapshots));
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory cannot fail", e);
        }
        return out.toByteArray();
    }
}
