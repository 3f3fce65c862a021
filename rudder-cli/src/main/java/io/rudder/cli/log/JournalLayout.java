package io.rudder.cli.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.LayoutBase;

/** Lines for the journal: the level as the prefix that journald takes off again (sd-daemon(3)), and the message. */
final class JournalLayout extends LayoutBase<ILoggingEvent> {
    private static final int LOG_ERR = 3;
    private static final int LOG_WARNING = 4;
    private static final int LOG_INFO = 6;
    private static final int LOG_DEBUG = 7;

    @Override
    public String doLayout(ILoggingEvent event) {
        String prefix = "<" + priority(event.getLevel()) + ">";
        StringBuilder lines = new StringBuilder(128);
        event.getFormattedMessage()
                .lines()
                .forEach(line -> lines.append(prefix).append(line).append('\n'));
        IThrowableProxy thrown = event.getThrowableProxy();
        if (thrown != null) {
            ThrowableProxyUtil.asString(thrown)
                    .lines()
                    .forEach(line -> lines.append(prefix).append(line).append('\n'));
        }
        return lines.toString();
    }

    private static int priority(Level level) {
        return switch (level.toInt()) {
            case Level.ERROR_INT -> LOG_ERR;
            case Level.WARN_INT -> LOG_WARNING;
            case Level.INFO_INT -> LOG_INFO;
            default -> LOG_DEBUG;
        };
    }
}
