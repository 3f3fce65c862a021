package io.rudder.daemon.host;

import io.rudder.net.Ipv4Prefix;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The rules by iptables. */
final class IptablesForwardRules implements ForwardRules {
    // Lists the tables of the older kernel interface that are in use in this network namespace.
    private static final Path LEGACY_TABLES = Path.of("/proc/net/ip_tables_names");

    private final Commands commands;
    private final String program;
    private final String tag;
    private final Ipv4Prefix network;

    IptablesForwardRules(Commands commands, String program, String tunName, Ipv4Prefix network) {
        this.commands = commands;
        this.program = program;
        this.tag = ForwardRules.tag(tunName);
        this.network = network;
    }

    /** Whether somebody filters by the older kernel interface, which nft does not show. */
    static boolean isLegacyInUse() {
        return KernelSetting.read(LEGACY_TABLES)
                .map(tables -> tables.lines().anyMatch("filter"::equals))
                .orElse(false);
    }

    /** The program for the older kernel interface; iptables itself may be it. */
    static String legacyProgram(Commands commands) {
        return commands.isInstalled("iptables-legacy") ? "iptables-legacy" : "iptables";
    }

    @Override
    public void install() throws HostException {
        List<String> chain = list();
        boolean hasBoth = chain.stream()
                        .filter(this::isTagged)
                        .filter(rule -> rule.contains(network.toString()))
                        .count()
                == 2;
        if (chain.contains("-P FORWARD DROP") && !hasBoth) {
            delete(chain);
            insert("-d");
            insert("-s");
        }
    }

    @Override
    public void remove() throws HostException {
        delete(list());
    }

    private List<String> list() throws HostException {
        return commands.require("read the forward chain", "", List.of(program, "-w", "-S", "FORWARD"))
                .lines()
                .toList();
    }

    private boolean isTagged(String rule) {
        return List.of(rule.replace("\"", "").split(" ")).contains(tag);
    }

    private void insert(String direction) throws HostException {
        List<String> rule = List.of(
                program,
                "-w",
                "-I",
                "FORWARD",
                direction,
                network.toString(),
                "-m",
                "comment",
                "--comment",
                tag,
                "-j",
                "ACCEPT");
        commands.require("accept forwarded packets of " + network, "", rule);
    }

    /** A rule is listed as the command that appends it. */
    private void delete(List<String> chain) throws HostException {
        for (String rule : chain) {
            if (isTagged(rule)) {
                List<String> command = new ArrayList<>(List.of(program, "-w"));
                command.addAll(
                        List.of(rule.replace("\"", "").replaceFirst("^-A", "-D").split(" ")));
                commands.require("remove the rules tagged " + tag, "", command);
            }
        }
    }
}
