package io.rudder.cli.command;

import picocli.CommandLine.Option;

/** The option of all commands that print something. */
final class JsonOption {
    @Option(
            names = {"-json", "--json"},
            description = "Print JSON on one line, for programs.")
    private boolean wanted;

    boolean isWanted() {
        return wanted;
    }
}
