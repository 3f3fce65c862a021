package io.rudder.cli.command;

import io.rudder.net.Ipv4Prefix;

/** Subnets as operators write them. */
final class Subnets {
    private Subnets() {}

    /** As {@code 10.5.34.0/24}, or as the keys in etcd have it, {@code 10.5.34.0-24}. */
    static Ipv4Prefix parse(String text) throws CommandException {
        try {
            return Ipv4Prefix.parse(text.replace('-', '/'));
        } catch (IllegalArgumentException e) {
            throw new CommandException("'" + text + "' is not a subnet (expected a.b.c.d/len)", e);
        }
    }
}
