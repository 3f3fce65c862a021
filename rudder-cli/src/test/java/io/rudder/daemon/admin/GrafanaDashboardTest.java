package io.rudder.daemon.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Holds the Grafana dashboard against the metrics that there are. */
class GrafanaDashboardTest {
    private static final Pattern SELECTOR = Pattern.compile("(rudder_\\w+)\\{([^}]*)}");
    private static final Pattern LABEL = Pattern.compile("(\\w+)=");
    /** What Prometheus itself adds to each series. */
    private static final List<String> OF_PROMETHEUS = List.of("job", "instance");

    private final JsonObject dashboard;

    GrafanaDashboardTest() throws IOException {
        String json = Files.readString(Path.of("../packaging/grafana/rudder.json"));
        dashboard = JsonParser.parseString(json).getAsJsonObject();
    }

    private static Map<String, MetricFamily> catalogue() {
        Map<String, MetricFamily> byName = new HashMap<>();
        Stream.concat(MetricCatalogue.ofNode().stream(), PeerMetrics.ofPeers().stream())
                .forEach(family -> byName.put(family.name(), family));
        return byName;
    }

    private List<String> expressions() {
        List<String> all = new ArrayList<>();
        for (JsonElement panel : dashboard.getAsJsonArray("panels")) {
            if (panel.getAsJsonObject().has("targets")) {
                panel.getAsJsonObject()
                        .getAsJsonArray("targets")
                        .forEach(target ->
                                all.add(target.getAsJsonObject().get("expr").getAsString()));
            }
        }
        return all;
    }

    @Test
    void asksOnlyForMetricsAndLabelsThatThereAre() {
        Map<String, MetricFamily> catalogue = catalogue();
        assertThat(expressions()).hasSizeGreaterThan(10);
        for (String expression : expressions()) {
            Matcher selector = SELECTOR.matcher(expression);
            assertThat(selector.results()).as(expression).isNotEmpty().allSatisfy(found -> {
                assertThat(catalogue).containsKey(found.group(1));
                assertThat(LABEL.matcher(found.group(2)).results().map(label -> label.group(1)))
                        .allMatch(label -> OF_PROMETHEUS.contains(label)
                                || catalogue.get(found.group(1)).labels().contains(label));
            });
        }
    }

    @Test
    void countersAreShownAsRates() {
        Map<String, MetricFamily> catalogue = catalogue();
        for (String expression : expressions()) {
            SELECTOR.matcher(expression)
                    .results()
                    .map(found -> catalogue.get(found.group(1)))
                    .filter(family -> family.type() == MetricFamily.Type.COUNTER)
                    .forEach(family -> assertThat(expression).containsPattern("(rate|increase)\\(" + family.name()));
        }
    }
}
