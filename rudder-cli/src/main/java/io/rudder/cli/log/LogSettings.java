package io.rudder.cli.log;

/**
 * What an operator decides about the log.
 *
 * @param format of each line
 * @param verbosity 0, or 1 for messages of the data path
 */
public record LogSettings(LogFormat format, int verbosity) {}
