package io.rudder.cli;

import java.util.List;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Says in one line what is wrong with the command line, instead of all that could be right. */
final class MisuseHandler implements IParameterExceptionHandler {
    private static final String ADVICE = "; 'rudder -help' lists the options";

    @Override
    public int handleParseException(ParameterException e, String[] arguments) {
        e.getCommandLine().getErr().println("rudder: " + describe(e) + ADVICE);
        return RudderCommand.MISUSED;
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
