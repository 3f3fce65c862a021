package io.rudder.daemon.admin;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.rudder.status.NodeStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * One metric and where its values come from.
 *
 * @param name as it is exposed, with its unit, and {@code _total} for a counter
 * @param type what kind of number it is
 * @param labels the names of its labels
 * @param help what it tells, one line
 * @param values writes the values of a status
 */
record MetricFamily(String name, Type type, List<String> labels, String help, BiConsumer<NodeStatus, Values> values) {
    private static final String TOTAL = "_total";

    /** What kind of number it is. */
    enum Type {
        COUNTER,
        GAUGE
    }

    /** Takes the values of one family. */
    interface Values {
        /** Takes a value; labels in the order of the family's. */
        void add(double value, String... labelValues);
    }

    /** The values at one moment, in the form of the client library. */
    MetricSnapshot snapshot(NodeStatus status) {
        return type == Type.COUNTER ? counter(status) : gauge(status);
    }

    private MetricSnapshot counter(NodeStatus status) {
        List<CounterDataPointSnapshot> points = new ArrayList<>();
        values.accept(
                status,
                (value, labelValues) -> points.add(new CounterDataPointSnapshot(value, labels(labelValues), null, 0)));
        return new CounterSnapshot(new MetricMetadata(name.substring(0, name.length() - TOTAL.length()), help), points);
    }

    private MetricSnapshot gauge(NodeStatus status) {
        List<GaugeDataPointSnapshot> points = new ArrayList<>();
        values.accept(
                status,
                (value, labelValues) -> points.add(new GaugeDataPointSnapshot(value, labels(labelValues), null)));
        return new GaugeSnapshot(new MetricMetadata(name, help), points);
    }

    private Labels labels(String... labelValues) {
        return Labels.of(labels, List.of(labelValues));
    }
}
