package io.rudder.daemon.socket;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.TooLongFrameException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One operator's command, from its line to its exit code. Belongs to the loop of its channel. */
final class ControlConnection extends SimpleChannelInboundHandler<ByteBuf> {
    private static final Logger log = LoggerFactory.getLogger(ControlConnection.class);
    private static final int FAILED = 1;
    private static final long REQUEST_SECONDS = 5;

    private final CommandShell shell;
    private final ExecutorService commands;
    private Future<?> command;

    ControlConnection(CommandShell shell, ExecutorService commands) {
        this.shell = shell;
        this.commands = commands;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        context.executor()
                .schedule(
                        () -> {
                            if (command == null) {
                                context.close();
                            }
                        },
                        REQUEST_SECONDS,
                        TimeUnit.SECONDS);
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, ByteBuf line) {
        if (command != null) {
            // One connection is one command.
            return;
        }
        ChannelOutput output = new ChannelOutput(context.channel());
        try {
            CommandRequest request = CommandRequest.parse(line.toString(StandardCharsets.UTF_8));
            command = commands.submit(() -> run(request, output));
        } catch (IllegalArgumentException e) {
            refuse(output, e.getMessage());
        } catch (RejectedExecutionException e) {
            refuse(output, "the daemon is busy with other commands; end some of them");
        }
    }

    private void run(CommandRequest request, ChannelOutput output) {
        int code = FAILED;
        try {
            code = shell.run(request, output);
        } catch (InterruptedException e) {
            // The operator is gone, or the daemon ends.
        } catch (RuntimeException e) {
            log.error("command {} failed", request.arguments(), e);
            output.err(line("this is a defect of the daemon, see its log"));
        } finally {
            output.exit(code);
        }
    }

    private static void refuse(ChannelOutput output, String reason) {
        output.err(line(reason));
        output.exit(FAILED);
    }

    private static byte[] line(String text) {
        return ("rudder: " + text + "\n").getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (command != null) {
            command.cancel(true);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof TooLongFrameException) {
            refuse(new ChannelOutput(context.channel()), "the request is too long");
        } else {
            log.debug("control socket: {}", cause.getMessage());
            context.close();
        }
    }
}
