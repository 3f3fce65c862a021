package io.rudder.daemon.host;

import io.rudder.net.Ipv4Prefix;
import java.util.ArrayList;
import java.util.List;

/** A chain of its own, named after the TUN device, and one jump to it. */
final class IptablesNatRules implements NatRules {
    private final Commands commands;
    private final String tunName;
    private final Ipv4Prefix network;

    IptablesNatRules(Commands commands, String tunName, Ipv4Prefix network) {
        this.commands = commands;
        this.tunName = tunName;
        this.network = network;
    }

    @Override
    public void install() throws HostException {
        commands.require("masquerade " + network, chainScript(), List.of("iptables-restore", "-w", "--noflush"));
        if (commands.run("", jump("-C")).exitCode() != 0) {
            commands.require("masquerade " + network, "", jump("-A"));
        }
    }

    @Override
    public void remove() throws HostException {
        // Each fails where there is nothing to remove.
        commands.run("", jump("-D"));
        commands.run("iptables", "-w", "-t", "nat", "-F", chain());
        commands.run("iptables", "-w", "-t", "nat", "-X", chain());
    }

    /** Naming a chain empties it; the rest of the table stays. */
    String chainScript() {
        return """
            *nat
            :%1$s - [0:0]
            -A %1$s -m mark --mark %2$s/%2$s -j RETURN
            -A %1$s -s %3$s -d %3$s -j RETURN
            -A %1$s -s %3$s -d %4$s -j RETURN
            -A %1$s -s %3$s -j MASQUERADE
            -A %1$s -d %3$s -o %5$s -j MASQUERADE
            COMMIT
            """.formatted(chain(), MARK, network, MULTICAST, tunName);
    }

    private List<String> jump(String operation) {
        List<String> command = new ArrayList<>(List.of("iptables", "-w", "-t", "nat", operation, "POSTROUTING"));
        command.addAll(List.of("-m", "comment", "--comment", ForwardRules.tag(tunName), "-j", chain()));
        return command;
    }

    private String chain() {
        return "RUDDER-" + tunName;
    }
}
