package io.rudder.cli.log;

/** How a log line looks. */
public enum LogFormat {
    /** For people: time, level and message; under journald, which has times of its own, level and message. */
    TEXT,
    /** One JSON object a line. */
    JSON
}
