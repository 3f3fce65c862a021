/**
 * The command {@code rudder}: options from the command line and the environment, help, exit codes. Without a
 * subcommand it is the daemon.
 */
package io.rudder.cli;
