package io.rudder.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every example runs, and prints what docs/embedding.md says. */
@Timeout(60)
class ExamplesTest {
    private interface Example {
        void main(String[] args) throws Exception;
    }

    private static Arguments example(String name, Example example) {
        return Arguments.of(name, example);
    }

    static Stream<Arguments> examples() {
        return Stream.of(
                example("echo-tun", EchoTun::main),
                example("two-nodes", TwoNodes::main),
                example("filter", Filter::main),
                example("mirror", Mirror::main),
                example("shape", Shape::main),
                example("server", Server::main),
                example("dns", Dns::main));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("examples")
    void printsWhatTheDocumentationSays(String name, Example example) throws Exception {
        PrintStream standard = System.out;
        ByteArrayOutputStream captured = new ByteArrayOutputStream();
        try (PrintStream out = new PrintStream(captured, true, StandardCharsets.UTF_8)) {
            System.setOut(out);
            example.main(new String[0]);
        } finally {
            System.setOut(standard);
        }
        assertThat("$ bin/example " + name + "\n" + captured.toString(StandardCharsets.UTF_8))
                .isEqualTo(documented(name));
    }

    private static String documented(String name) throws IOException {
        String document = Files.readString(Path.of("../docs/embedding.md"));
        int start = document.indexOf("    $ bin/example " + name + "\n");
        assertThat(start).as("%s in docs/embedding.md", name).isNotNegative();
        StringBuilder block = new StringBuilder();
        document.substring(start)
                .lines()
                .takeWhile(line -> line.startsWith("    "))
                .forEach(line -> block.append(line.substring(4)).append('\n'));
        return block.toString();
    }

    @Test
    void theScriptKnowsAllOfThem() throws IOException {
        String script = Files.readString(Path.of("../bin/example"));
        examples().forEach(arguments -> assertThat(script).contains(arguments.get()[0] + ")"));
    }
}
