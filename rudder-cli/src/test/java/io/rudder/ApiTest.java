package io.rudder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Holds docs/api against the code: what users may rely on changes on purpose only. {@code bin/api} writes the listings
 * anew.
 */
class ApiTest {
    private static final Path LISTINGS = Path.of("..", "docs", "api");

    /** What users of a module may rely on: whole packages, which end in a dot, and single classes. */
    private static final Map<String, List<String>> PUBLIC = Map.of(
            "rudder-netty",
            List.of(
                    "io.rudder.netty.overlay.",
                    "io.rudder.netty.testing.",
                    "io.rudder.netty.tun.",
                    "io.rudder.netty.tunnel.",
                    "io.rudder.netty.udp."),
            "rudder-core",
            List.of(
                    "io.rudder.config.Backend",
                    "io.rudder.config.NetworkConfig",
                    "io.rudder.etcd.EtcdLeases",
                    "io.rudder.etcd.EtcdOptions",
                    "io.rudder.lease.source.",
                    "io.rudder.net.Ipv4",
                    "io.rudder.net.Ipv4Prefix",
                    "io.rudder.peer.Peer",
                    "io.rudder.peer.RouteTable"));

    @ParameterizedTest
    @ValueSource(strings = {"rudder-core", "rudder-netty"})
    void thePublicSurfaceIsTheListedOne(String module) throws IOException {
        Path file = LISTINGS.resolve(module + ".txt");
        String now = listing(module);
        if (Boolean.getBoolean("rudder.api.write")) {
            Files.writeString(Files.createDirectories(LISTINGS).resolve(file.getFileName()), now);
        }
        assertEquals(
                Files.readString(file),
                now,
                "docs/api/" + module + ".txt does not list what " + module
                        + " offers; if the change is meant: bin/api");
    }

    private static String listing(String module) {
        Map<String, String> classes = new TreeMap<>();
        for (JavaClass candidate : rudder()) {
            if (isListed(candidate.getName(), module)) {
                Class<?> type = candidate.reflect();
                if (ApiListing.isPublic(type)) {
                    classes.put(type.getName(), ApiListing.of(type));
                }
            }
        }
        return classes.values().stream().collect(Collectors.joining("\n"));
    }

    private static Iterable<JavaClass> rudder() {
        return new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages("io.rudder");
    }

    private static boolean isListed(String name, String module) {
        return PUBLIC.get(module).stream()
                .anyMatch(entry -> entry.endsWith(".")
                        ? name.startsWith(entry) && name.indexOf('.', entry.length()) < 0
                        : name.equals(entry) || name.startsWith(entry + "$"));
    }

    @Test
    void noPackageIsInTwoModules() {
        Map<String, String> modules = new TreeMap<>();
        for (JavaClass candidate : rudder()) {
            String source = candidate.getSource().orElseThrow().getUri().toString();
            String module = source.substring(0, source.lastIndexOf("io/rudder/"));
            String other = modules.putIfAbsent(candidate.getPackageName(), module);
            assertThat(other == null || other.equals(module))
                    .as("package %s is in %s and in %s", candidate.getPackageName(), module, other)
                    .isTrue();
        }
    }

    @Test
    void everyPackageIsDescribed() throws IOException {
        try (Stream<Path> modules = Files.list(Path.of(".."))) {
            List<Path> undescribed = modules.filter(
                            module -> module.getFileName().toString().startsWith("rudder-"))
                    .map(module -> module.resolve("src/main/java/io/rudder"))
                    .filter(Files::isDirectory)
                    .flatMap(ApiTest::packages)
                    .filter(folder -> !Files.exists(folder.resolve("package-info.java")))
                    .toList();
            assertThat(undescribed).isEmpty();
        }
    }

    private static Stream<Path> packages(Path sources) {
        try (Stream<Path> files = Files.walk(sources)) {
            return files
                    .filter(file -> file.toString().endsWith(".java"))
                    .map(Path::getParent)
                    .distinct()
                    .toList()
                    .stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
