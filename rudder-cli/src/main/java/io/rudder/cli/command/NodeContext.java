package io.rudder.cli.command;

import io.rudder.daemon.DaemonSettings;
import io.rudder.lease.LeaseRegistry;
import io.rudder.netty.tunnel.Tunnel;
import io.rudder.status.NodeStatus;
import picocli.CommandLine.ParseResult;

/** What commands work on: the daemon that they run in, or what can be had without one. On any thread. */
public interface NodeContext {
    /** Whether a daemon runs the command. */
    boolean isDaemon();

    /** The daemon's status. */
    NodeStatus status() throws CommandException;

    /** The daemon's data path. */
    Tunnel tunnel() throws CommandException;

    /**
     * The daemon's settings; without a daemon those of a daemon that is started with the same options.
     *
     * @param options what was given to the command
     */
    DaemonSettings settings(ParseResult options) throws CommandException;

    /** Where configuration and leases are; not to be closed. */
    LeaseRegistry registry(ParseResult options) throws CommandException;
}
