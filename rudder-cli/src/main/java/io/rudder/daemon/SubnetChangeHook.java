package io.rudder.daemon;

import java.io.File;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the operator's command when the host has to go on with another subnet, so that the containers can be started
 * again in it. The command is a shell's, with {@code RUDDER_OLD_SUBNET} and the variables of the subnet file in its
 * environment; it is not waited for.
 */
final class SubnetChangeHook {
    private static final Logger log = LoggerFactory.getLogger(SubnetChangeHook.class);
    private static final long LIMIT_MINUTES = 10;

    private final Optional<String> command;

    SubnetChangeHook(Optional<String> command) {
        this.command = command;
    }

    void run(SubnetFile.Content before, SubnetFile.Content after) {
        command.ifPresent(line -> run(line, before, after));
    }

    private static void run(String line, SubnetFile.Content before, SubnetFile.Content after) {
        ProcessBuilder builder = new ProcessBuilder("/bin/sh", "-c", line)
                .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        Map<String, String> environment = builder.environment();
        environment.keySet().removeIf(name -> name.startsWith("RUDDER_ETCD_"));
        environment.put("RUDDER_OLD_SUBNET", before.subnet().toString());
        after.text().lines().map(variable -> variable.split("=", 2)).forEach(pair -> environment.put(pair[0], pair[1]));
        try {
            Process process = builder.start();
            // Not the line: it may hold a secret, and the log's last lines are part of the status.
            log.info("running -on-subnet-change");
            process.onExit().orTimeout(LIMIT_MINUTES, TimeUnit.MINUTES).whenComplete((done, late) -> end(process));
        } catch (IOException e) {
            log.error("could not run -on-subnet-change: {}", e.getMessage());
        }
    }

    private static void end(Process process) {
        if (process.isAlive()) {
            log.error("-on-subnet-change still runs after {} min: ended", LIMIT_MINUTES);
            process.destroyForcibly();
        } else if (process.exitValue() != 0) {
            log.error("-on-subnet-change ended with status {}", process.exitValue());
        }
    }
}
