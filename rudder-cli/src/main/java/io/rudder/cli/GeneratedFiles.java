package io.rudder.cli;

import io.rudder.cli.command.Completion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes the man pages and the completion scripts of the distribution; the build runs it. */
public final class GeneratedFiles {
    private GeneratedFiles() {}

    /** Writes them into the directory that the first argument names, as {@code share} has them. */
    public static void main(String[] arguments) throws IOException {
        Path share = Path.of(arguments[0]);
        write(share.resolve("man/man8/rudder.8"), ManPages.daemon());
        write(share.resolve("man/man8/rudder-commands.8"), ManPages.commands());
        write(share.resolve("bash-completion/completions/rudder"), Completion.bash(RudderCommand.options()));
        write(share.resolve("zsh/site-functions/_rudder"), Completion.zsh(RudderCommand.options()));
    }

    private static void write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
