package io.rudder.daemon.host;

import io.rudder.net.Ipv4Prefix;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The rules by nft, in a form that iptables over nftables reads as its own. */
final class NftForwardRules implements ForwardRules {
    private static final String CHAIN = "ip filter FORWARD";

    private final Commands commands;
    private final String tag;
    private final Ipv4Prefix network;
    private final Pattern taggedRule;

    NftForwardRules(Commands commands, String tunName, Ipv4Prefix network) {
        this.commands = commands;
        this.tag = ForwardRules.tag(tunName);
        this.network = network;
        this.taggedRule = Pattern.compile("comment \"" + Pattern.quote(tag) + "\" # handle (\\d+)");
    }

    @Override
    public void install() throws HostException {
        String chain = list();
        if (chain.contains("policy drop") && !hasBoth(chain)) {
            apply("accept forwarded packets of " + network, deleteScript(chain) + insertScript());
        }
    }

    @Override
    public void remove() throws HostException {
        String script = deleteScript(list());
        if (!script.isEmpty()) {
            apply("remove the rules tagged " + tag, script);
        }
    }

    /** The chain with its rules' handles; empty if there is none. */
    private String list() throws HostException {
        Commands.Result result = commands.run("nft", "-a", "list", "chain", "ip", "filter", "FORWARD");
        return result.exitCode() == 0 ? result.output() : "";
    }

    private boolean hasBoth(String chain) {
        return chain.lines()
                        .filter(line -> taggedRule.matcher(line).find() && line.contains(" " + network + " "))
                        .count()
                == 2;
    }

    private String deleteScript(String chain) {
        return taggedRule
                .matcher(chain)
                .results()
                .map((MatchResult rule) -> "delete rule " + CHAIN + " handle " + rule.group(1) + "\n")
                .collect(Collectors.joining());
    }

    private String insertScript() {
        return """
            insert rule %1$s ip daddr %2$s counter accept comment "%3$s"
            insert rule %1$s ip saddr %2$s counter accept comment "%3$s"
            """.formatted(CHAIN, network, tag);
    }

    private void apply(String purpose, String script) throws HostException {
        commands.require(purpose, script, List.of("nft", "-f", "-"));
    }
}
