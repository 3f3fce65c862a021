package io.rudder.cli.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.LoggerFactory;

/** Sets up logback in code, so that a daemon need not read and interpret a file when it starts. */
public final class Logging {
    private static final String PATTERN = "%d{HH:mm:ss.SSS} %-5level %msg%n";
    private static final List<String> LIBRARIES = List.of("io.netty", "io.grpc", "io.vertx");
    private static final String STDERR = "System.err";

    private Logging() {}

    /** Lets the process log to stderr; what was set up before is forgotten. To be called before other threads log. */
    public static void setUp(LogSettings settings) {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.reset();
        boolean journal = JournalStream.is(System.getenv("JOURNAL_STREAM"), Path.of("/proc/self/fd/2"));
        ConsoleAppender<ILoggingEvent> stderr = new ConsoleAppender<>();
        stderr.setContext(context);
        stderr.setName("stderr");
        stderr.setTarget(STDERR);
        stderr.setEncoder(started(context, encoder(settings.format(), journal)));
        stderr.start();
        Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.INFO);
        root.addAppender(stderr);
        LIBRARIES.forEach(library -> context.getLogger(library).setLevel(Level.WARN));
        // jetcd warns of each refused call, of which the caller hears anyway, and of logins that run out
        context.getLogger("io.etcd").setLevel(Level.ERROR);
        if (settings.verbosity() > 0) {
            context.getLogger("io.rudder.netty").setLevel(Level.DEBUG);
        }
    }

    private static Encoder<ILoggingEvent> started(LoggerContext context, Encoder<ILoggingEvent> encoder) {
        encoder.setContext(context);
        encoder.start();
        return encoder;
    }

    static Encoder<ILoggingEvent> encoder(LogFormat format, boolean journal) {
        if (format == LogFormat.JSON) {
            return json();
        }
        return journal ? journal() : text();
    }

    private static Encoder<ILoggingEvent> json() {
        JsonEncoder encoder = new JsonEncoder();
        encoder.setWithSequenceNumber(false);
        encoder.setWithNanoseconds(false);
        encoder.setWithContext(false);
        encoder.setWithMarkers(false);
        encoder.setWithMDC(false);
        encoder.setWithKVPList(false);
        encoder.setWithArguments(false);
        encoder.setWithMessage(false);
        encoder.setWithFormattedMessage(true);
        return encoder;
    }

    private static Encoder<ILoggingEvent> journal() {
        JournalLayout layout = new JournalLayout();
        layout.start();
        LayoutWrappingEncoder<ILoggingEvent> encoder = new LayoutWrappingEncoder<>();
        encoder.setLayout(layout);
        return encoder;
    }

    private static Encoder<ILoggingEvent> text() {
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setPattern(PATTERN);
        return encoder;
    }
}
