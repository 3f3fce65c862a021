/** The operator's commands: what they print, and of what. They run in the daemon, and some without one. */
package io.rudder.cli.command;
