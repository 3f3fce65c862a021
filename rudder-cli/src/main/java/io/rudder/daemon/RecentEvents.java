package io.rudder.daemon;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.rudder.status.NodeEvent;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import org.slf4j.LoggerFactory;

/** The latest log messages of the daemon, which tell what happened; on any thread. */
final class RecentEvents extends AppenderBase<ILoggingEvent> {
    private static final int CAPACITY = 100;

    private final Deque<NodeEvent> events = new ArrayDeque<>();

    /** Begins to collect what the daemon's own loggers say. */
    static RecentEvents install() {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        RecentEvents recent = new RecentEvents();
        recent.setContext(context);
        recent.start();
        context.getLogger("io.rudder").addAppender(recent);
        return recent;
    }

    @Override
    protected void append(ILoggingEvent event) {
        if (!event.getLevel().isGreaterOrEqual(Level.INFO)) {
            return;
        }
        String level = event.getLevel().toString().toLowerCase(Locale.ROOT);
        add(new NodeEvent(event.getInstant(), level, event.getFormattedMessage()));
    }

    private void add(NodeEvent event) {
        synchronized (events) {
            if (events.size() == CAPACITY) {
                events.removeFirst();
            }
            events.addLast(event);
        }
    }

    /** The oldest first. */
    List<NodeEvent> list() {
        synchronized (events) {
            return List.copyOf(events);
        }
    }
}
