package io.rudder.daemon.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Holds the table of metrics in the documentation against the code; a failure shows the lines that it must have. */
class MonitoringDocTest {
    private static final Path DOCUMENT = Path.of("../docs/monitoring.md");

    private static String row(MetricFamily family) {
        String labels = family.labels().isEmpty() ? "" : "`" + String.join("`, `", family.labels()) + "`";
        return "| `%s` | %s | %s | %s |"
                .formatted(family.name(), family.type().name().toLowerCase(Locale.ROOT), labels, family.help());
    }

    @Test
    void listsEveryMetricAsTheCodeHasIt() throws IOException {
        List<String> documented = Files.readAllLines(DOCUMENT).stream()
                .filter(line -> line.matches("\\| `rudder_\\w+` \\|.*"))
                .toList();
        List<String> expected = Stream.concat(MetricCatalogue.ofNode().stream(), PeerMetrics.ofPeers().stream())
                .map(MonitoringDocTest::row)
                .toList();
        assertThat(documented).containsExactlyInAnyOrderElementsOf(expected);
    }
}
