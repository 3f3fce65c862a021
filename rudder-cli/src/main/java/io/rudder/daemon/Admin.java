package io.rudder.daemon;

import io.netty.channel.EventLoopGroup;
import io.rudder.daemon.host.HostException;
import io.rudder.daemon.socket.CommandShell;
import io.rudder.daemon.socket.ControlSocket;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Function;

/** What answers to the host's operator: the status and the control socket. */
final class Admin {
    private static final String SOCKET = "rudder.sock";

    private Admin() {}

    /**
     * Opens the control socket.
     *
     * @param loop serves the operators; commands run on threads of their own
     * @param shell makes what runs the commands
     * @throws HostException if another daemon has the run directory
     */
    static void start(
            NodeAccess node, EventLoopGroup loop, Function<NodeAccess, CommandShell> shell, Phases phases)
            throws HostException {
        node.status().start(loop.next());
        Path path = node.settings().host().runDir().resolve(SOCKET);
        try {
            ControlSocket socket = ControlSocket.open(path, loop, shell.apply(node));
            phases.onUndo("the control socket", socket::close);
        } catch (IOException e) {
            throw new HostException(e.getMessage(), e);
        }
    }
}
