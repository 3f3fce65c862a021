package io.rudder.cli.command;

import io.rudder.daemon.DaemonSettings;
import io.rudder.daemon.NodeAccess;
import io.rudder.lease.LeaseRegistry;
import io.rudder.netty.tunnel.Tunnel;
import io.rudder.status.NodeStatus;
import picocli.CommandLine.ParseResult;

/** Commands inside the daemon. */
public record DaemonContext(NodeAccess node) implements NodeContext {
    @Override
    public boolean isDaemon() {
        return true;
    }

    @Override
    public NodeStatus status() {
        return node.status().get();
    }

    @Override
    public Tunnel tunnel() throws CommandException {
        return node.tunnel()
                .get()
                .orElseThrow(() -> new CommandException(
                        "the daemon carries no packets (yet); 'rudder status' tells how it stands"));
    }

    @Override
    public DaemonSettings settings(ParseResult options) {
        return node.settings();
    }

    @Override
    public LeaseRegistry registry(ParseResult options) {
        return node.registry();
    }
}
