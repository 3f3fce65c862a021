package io.rudder.daemon.host;

import io.rudder.net.Ipv4Prefix;

/**
 * Two rules that accept forwarded packets from and to the overlay, at the head of the chain {@code FORWARD} of the IPv4
 * filter table, tagged with a comment and only there while the chain's policy is to drop. No table of one's own can do
 * that: a packet goes on only if every table accepts it.
 */
interface ForwardRules {

    /** Puts the rules in place if the policy asks for them and they are not there yet. */
    void install() throws HostException;

    /** Removes all rules with the tag. */
    void remove() throws HostException;

    /** The tool that sees the chain: the older kernel interface is visible to iptables only. */
    static ForwardRules choose(Commands commands, String tunName, Ipv4Prefix network) {
        return commands.isInstalled("nft") && !IptablesForwardRules.isLegacyInUse()
                ? new NftForwardRules(commands, tunName, network)
                : new IptablesForwardRules(commands, tunName, network);
    }

    /** The comment that tells a device's rules. */
    static String tag(String tunName) {
        return "rudder:" + tunName;
    }
}
