package io.rudder.examples;

import io.netty.buffer.ByteBuf;
import io.rudder.net.Ipv4Prefix;
import io.rudder.netty.packet.Ipv4Header;
import io.rudder.netty.tun.PacketFilter;
import java.time.Duration;

/** A packet filter between the host and the overlay: nothing to or from one network. */
public final class Filter {
    private Filter() {}

    /** Stops what concerns a network. */
    static final class Ban extends PacketFilter {
        private final Ipv4Prefix banned;

        Ban(String network) {
            banned = Ipv4Prefix.parse(network);
        }

        @Override
        protected boolean passesFromHost(ByteBuf packet, int offset) {
            return !banned.contains(Ipv4Header.destination(packet, offset));
        }

        @Override
        protected boolean passesToHost(ByteBuf packet, int offset) {
            return !banned.contains(Ipv4Header.source(packet, offset));
        }
    }

    /** Runs the example. */
    public static void main(String[] args) throws Exception {
        try (Pair pair = new Pair(new Ban("10.5.71.128/25"))) {
            pair.a.send(Packets.udp("10.5.34.2", "10.5.71.200", "to the banned half"));
            pair.a.send(Packets.udp("10.5.34.2", "10.5.71.9", "to the other half"));
            System.out.println("b received  "
                    + Packets.describe(pair.b.receive(Duration.ofSeconds(10)).orElseThrow()));
            pair.b.send(Packets.udp("10.5.71.200", "10.5.34.2", "from the banned half"));
            pair.b.send(Packets.udp("10.5.71.9", "10.5.34.2", "from the other half"));
            System.out.println("a received  "
                    + Packets.describe(pair.a.receive(Duration.ofSeconds(10)).orElseThrow()));
        }
    }
}
