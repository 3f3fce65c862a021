package io.rudder.cli.command;

import java.util.List;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Says in one line what is wrong with the command line, instead of all that could be right. */
public final class MisuseHandler implements IParameterExceptionHandler {
    @Override
    public int handleParseException(ParameterException e, String[] arguments) {
        String command = e.getCommandLine().getCommandSpec().qualifiedName();
        e.getCommandLine().getErr().println("rudder: " + describe(e) + "; '" + command + " -help' lists the options");
        e.getCommandLine().getErr().flush();
        return Shell.MISUSED;
    }

    private static String describe(ParameterException e) {
        if (e instanceof UnmatchedArgumentException unmatched) {
            return describe(unmatched);
        }
        if (e instanceof MissingParameterException missing
                && missing.getMissing().get(0) instanceof OptionSpec option) {
            return "option " + option.names()[0] + " needs a value (" + option.paramLabel() + ")";
        }
        return e.getMessage();
    }

    private static String describe(UnmatchedArgumentException e) {
        String argument = e.getUnmatched().get(0);
        if (!e.isUnknownOption()) {
            return "unexpected argument '" + argument + "'";
        }
        String name = argument.replaceFirst("=.*", "");
        List<String> similar = e.getSuggestions();
        return "unknown option '" + name + "'" + (similar.isEmpty() ? "" : ", did you mean " + similar.get(0));
    }
}
