package io.rudder.daemon;

import io.netty.channel.EventLoopGroup;
import io.rudder.daemon.admin.AdminServer;
import io.rudder.daemon.admin.LoopPulse;
import io.rudder.daemon.host.FileErrors;
import io.rudder.daemon.host.HostException;
import io.rudder.daemon.socket.CommandShell;
import io.rudder.daemon.socket.ControlSocket;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.function.Function;

/** What answers to operators: the status, the control socket and HTTP. */
final class Admin {
    private static final String SOCKET = "rudder.sock";

    private Admin() {}

    /**
     * Opens the control socket, and answers HTTP if that is wanted.
     *
     * @param loop serves the operators; commands run on threads of their own
     * @param shell makes what runs the commands
     * @param pulse the loops that must turn
     * @throws HostException if another daemon has the run directory, or something else the port
     */
    static void start(
            NodeAccess node,
            EventLoopGroup loop,
            Function<NodeAccess, CommandShell> shell,
            LoopPulse pulse,
            Phases phases)
            throws HostException {
        node.status().start(loop.next());
        Path path = node.settings().host().runDir().resolve(SOCKET);
        try {
            ControlSocket socket = ControlSocket.open(path, loop, shell.apply(node));
            phases.onUndo("the control socket", socket::close);
            if (node.settings().http().isPresent()) {
                AdminServer server = AdminServer.open(node.settings().http().get(), loop.next(), node.status(), pulse);
                phases.onUndo("the HTTP server", server::close);
            }
        } catch (FileSystemException e) {
            throw new HostException(
                    "could not make " + path + ": " + FileErrors.reason(e)
                            + "; run rudder as root, or choose another -run-dir",
                    e);
        } catch (IOException e) {
            throw new HostException(e.getMessage(), e);
        }
    }
}
