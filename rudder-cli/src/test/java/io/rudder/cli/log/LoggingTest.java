package io.rudder.cli.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.encoder.Encoder;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoggingTest {
    private final LoggerContext context = new LoggerContext();

    private String line(LogFormat format, boolean journal, Level level, Throwable thrown) {
        Encoder<ILoggingEvent> encoder = Logging.encoder(format, journal);
        encoder.setContext(context);
        encoder.start();
        LoggingEvent event = new LoggingEvent(
                "", context.getLogger("io.rudder.x"), level, "peer {} says \"{}\"", thrown, new Object[] {7, "hi"});
        return new String(encoder.encode(event), StandardCharsets.UTF_8);
    }

    @Test
    void textHasTimeLevelAndMessage() {
        assertThat(line(LogFormat.TEXT, false, Level.WARN, null))
                .matches("\\d\\d:\\d\\d:\\d\\d\\.\\d{3} WARN  peer 7 says \"hi\"\\n");
    }

    @Test
    void theJournalGetsTheLevelAndNoTime() {
        assertThat(line(LogFormat.TEXT, true, Level.ERROR, null)).isEqualTo("<3>peer 7 says \"hi\"\n");
        assertThat(line(LogFormat.TEXT, true, Level.WARN, null)).startsWith("<4>");
        assertThat(line(LogFormat.TEXT, true, Level.INFO, null)).startsWith("<6>");
        assertThat(line(LogFormat.TEXT, true, Level.DEBUG, null)).startsWith("<7>");
    }

    @Test
    void eachLineOfAStackTraceKeepsItsLevelInTheJournal() {
        assertThat(line(LogFormat.TEXT, true, Level.ERROR, new IOException("gone"))
                        .lines())
                .hasSizeGreaterThan(2)
                .allSatisfy(line -> assertThat(line).startsWith("<3>"))
                .anySatisfy(line -> assertThat(line).contains("IOException: gone"));
    }

    @Test
    void jsonIsOneObjectALine() {
        String line = line(LogFormat.JSON, true, Level.INFO, null);
        assertThat(line).endsWith("}\n").hasLineCount(1);
        JsonObject json = JsonParser.parseString(line).getAsJsonObject();
        assertThat(json.keySet())
                .containsExactlyInAnyOrder(
                        "timestamp", "level", "threadName", "loggerName", "formattedMessage", "throwable");
        assertThat(json.get("formattedMessage").getAsString()).isEqualTo("peer 7 says \"hi\"");
        assertThat(json.get("level").getAsString()).isEqualTo("INFO");
        assertThat(json.get("timestamp").getAsLong()).isGreaterThan(1_700_000_000_000L);
    }

    @Test
    void knowsTheJournalsStreamByDeviceAndInode(@TempDir Path folder) throws IOException {
        Path stream = Files.createFile(folder.resolve("stream"));
        String id = Files.getAttribute(stream, "unix:dev") + ":" + Files.getAttribute(stream, "unix:ino");
        assertThat(JournalStream.is(id, stream)).isTrue();
        assertThat(JournalStream.is(id + "1", stream)).isFalse();
        assertThat(JournalStream.is(null, stream)).isFalse();
        assertThat(JournalStream.is(id, folder.resolve("none"))).isFalse();
    }
}
