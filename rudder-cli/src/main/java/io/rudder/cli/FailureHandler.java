package io.rudder.cli;

import io.rudder.daemon.host.HostException;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/** One line for what an operator can mend; a stack trace only for what would be a defect of the program. */
final class FailureHandler implements IExecutionExceptionHandler {
    @Override
    public int handleExecutionException(Exception e, CommandLine commandLine, ParseResult parseResult) {
        PrintWriter err = commandLine.getErr();
        if (e instanceof OptionException || e instanceof HostException) {
            err.println("rudder: " + e.getMessage());
        } else {
            err.println("rudder: this is a defect, please report it with what follows");
            e.printStackTrace(err);
        }
        err.flush();
        return e instanceof OptionException ? RudderCommand.MISUSED : RudderCommand.FAILED;
    }
}
