package io.rudder.cli;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import picocli.CommandLine.ParseResult;

/**
 * What the operator chose: the command line wins over the environment, that over the default. An option given twice
 * has the value of its last place; a variable that is set to nothing is not set.
 */
final class OptionValues {
    private final ParseResult commandLine;
    private final Map<String, String> environment;

    OptionValues(ParseResult commandLine, Map<String, String> environment) {
        this.commandLine = commandLine;
        this.environment = environment;
    }

    /**
     * The value of an option that always has one.
     *
     * @param parser makes the value of a text, or throws an IllegalArgumentException that names it
     */
    <T> T get(DaemonOption option, Function<String, T> parser) throws OptionException {
        return find(option, parser).orElseThrow();
    }

    /** The value of an option that may have none. */
    <T> Optional<T> find(DaemonOption option, Function<String, T> parser) throws OptionException {
        Optional<Choice> choice = choice(option);
        return choice.isEmpty() ? Optional.empty() : Optional.of(choice.get().parse(parser));
    }

    private Optional<Choice> choice(DaemonOption option) {
        if (commandLine.hasMatchedOption(option.flag())) {
            List<String> texts = commandLine.matchedOptionValue(option.flag(), List.of());
            return Optional.of(new Choice(option.flag(), texts.get(texts.size() - 1)));
        }
        String variable = environment.getOrDefault(option.variable(), "");
        return variable.isEmpty()
                ? option.defaultText().map(text -> new Choice(option.flag(), text))
                : Optional.of(new Choice(option.variable(), variable));
    }

    /** A text and who said it. */
    private record Choice(String source, String text) {
        <T> T parse(Function<String, T> parser) throws OptionException {
            try {
                return parser.apply(text);
            } catch (IllegalArgumentException e) {
                throw new OptionException(source + ": " + e.getMessage());
            }
        }
    }
}
