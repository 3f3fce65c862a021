package io.rudder.daemon.host;

import io.rudder.net.Ipv4Prefix;
import java.util.List;

/** A table of its own, named after the TUN device, replaced in one transaction. */
final class NftNatRules implements NatRules {
    private final Commands commands;
    private final String tunName;
    private final Ipv4Prefix network;

    NftNatRules(Commands commands, String tunName, Ipv4Prefix network) {
        this.commands = commands;
        this.tunName = tunName;
        this.network = network;
    }

    @Override
    public void install() throws HostException {
        apply("masquerade " + network, removeScript() + tableScript());
    }

    @Override
    public void remove() throws HostException {
        apply("remove the rules of " + tunName, removeScript());
    }

    private void apply(String purpose, String script) throws HostException {
        commands.require(purpose, script, List.of("nft", "-f", "-"));
    }

    /** Deleting needs the table to exist, and adding one that exists is no error. */
    String removeScript() {
        return "add table ip %1$s\ndelete table ip %1$s\n".formatted(table());
    }

    String tableScript() {
        return """
            table ip %s {
              chain postrouting {
                type nat hook postrouting priority srcnat; policy accept;
                meta mark & %s == %s return
                ip saddr %s ip daddr %s return
                ip saddr %s ip daddr %s return
                ip saddr %s masquerade
                oifname "%s" ip daddr %s masquerade
              }
            }
            """.formatted(table(), MARK, MARK, network, network, network, MULTICAST, network, tunName, network);
    }

    private String table() {
        return "rudder_" + tunName;
    }
}
