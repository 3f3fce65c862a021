package io.rudder.it.tun;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;

/**
 * Runs each test method on a thread that is in a new network namespace. A namespace is a matter of threads, and new
 * threads and processes have that of the thread that starts them: so event loops and commands of a test are in it too,
 * and it is gone when they are.
 */
public final class OwnNetwork implements InvocationInterceptor {
    private static final int CLONE_NEWNET = 0x40000000;
    private static final int CAPABILITY_VERSION_3 = 0x20080522;

    static {
        Native.register(OwnNetwork.class, "c");
    }

    private static native int unshare(int flags) throws LastErrorException;

    private static native int capset(byte[] header, byte[] data) throws LastErrorException;

    @Override
    public void interceptTestMethod(
            Invocation<Void> invocation, ReflectiveInvocationContext<Method> method, ExtensionContext context)
            throws Throwable {
        inNewNetwork(invocation);
    }

    @Override
    public void interceptTestTemplateMethod(
            Invocation<Void> invocation, ReflectiveInvocationContext<Method> method, ExtensionContext context)
            throws Throwable {
        inNewNetwork(invocation);
    }

    private static void inNewNetwork(Invocation<Void> invocation) throws Throwable {
        onNewThread(() -> {
            try {
                unshare(CLONE_NEWNET);
                run("ip link set lo up");
                invocation.proceed();
                return null;
            } catch (RuntimeException | Error | IOException failure) {
                throw failure;
            } catch (Throwable failure) {
                throw new AssertionError(failure);
            }
        });
    }

    /** Runs something in the same network but without any of root's capabilities. */
    static <T> T withoutCapabilities(Callable<T> body) throws Throwable {
        return onNewThread(() -> {
            ByteBuffer header =
                    ByteBuffer.allocate(8).order(ByteOrder.nativeOrder()).putInt(0, CAPABILITY_VERSION_3);
            capset(header.array(), new byte[24]);
            return body.call();
        });
    }

    private static <T> T onNewThread(Callable<T> body) throws Throwable {
        CompletableFuture<T> result = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                result.complete(body.call());
            } catch (Throwable failure) {
                result.completeExceptionally(failure);
            }
        });
        thread.start();
        try {
            return result.get();
        } catch (ExecutionException e) {
            throw e.getCause();
        }
    }

    /** Runs a command, which must succeed, and returns its output. */
    public static String run(String command) throws IOException {
        Process process =
                new ProcessBuilder(command.split(" ")).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int status = process.onExit().join().exitValue();
        if (status != 0) {
            throw new IOException(command + " exited with " + status + ": " + output);
        }
        return output;
    }
}
