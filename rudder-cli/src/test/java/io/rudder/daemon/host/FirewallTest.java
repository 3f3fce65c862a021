package io.rudder.daemon.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rudder.net.Ipv4Prefix;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class FirewallTest {
    private static final Ipv4Prefix NETWORK = Ipv4Prefix.parse("10.0.0.0/16");
    private static final String LIST = "nft -a list chain ip filter FORWARD";
    private static final String REMOVE_TABLE = """
            nft -f -
            add table ip rudder_rudder0
            delete table ip rudder_rudder0
            """;
    private static final String TABLE = """
            table ip rudder_rudder0 {
              chain postrouting {
                type nat hook postrouting priority srcnat; policy accept;
                meta mark & 0x4000 == 0x4000 return
                ip saddr 10.0.0.0/16 ip daddr 10.0.0.0/16 return
                ip saddr 10.0.0.0/16 ip daddr 224.0.0.0/4 return
                ip saddr 10.0.0.0/16 masquerade
                oifname "rudder0" ip daddr 10.0.0.0/16 masquerade
              }
            }
            """;
    private static final String DOCKER_CHAIN = """
            table ip filter {
            	chain FORWARD { # handle 1
            		type filter hook forward priority filter; policy drop;
            		ip saddr 10.0.0.0/16 counter packets 3 bytes 99 accept comment "rudder:rudder01" # handle 7
            %s		oifname "docker0" accept # handle 3
            	}
            }
            """;
    private static final String OWN_RULES = """
            		ip saddr 10.0.0.0/16 counter packets 0 bytes 0 accept comment "rudder:rudder0" # handle 9
            		ip daddr 10.0.0.0/16 counter packets 0 bytes 0 accept comment "rudder:rudder0" # handle 8
            """;
    private static final String INSERT = """
            insert rule ip filter FORWARD ip daddr 10.0.0.0/16 counter accept comment "rudder:rudder0"
            insert rule ip filter FORWARD ip saddr 10.0.0.0/16 counter accept comment "rudder:rudder0"
            """;

    private final FakeCommands nft = new FakeCommands("nft", "iptables");

    @Test
    void masqueradesByOneTableThatIsReplacedAtOnce() throws Exception {
        firewall(nft).install(true);

        assertThat(nft.calls()).first().isEqualTo(REMOVE_TABLE + TABLE);
    }

    @Test
    void withoutMasqueradingTheTableOfAnEarlierDaemonIsRemoved() throws Exception {
        firewall(nft).install(false);

        assertThat(nft.calls()).first().isEqualTo(REMOVE_TABLE);
    }

    @Test
    void acceptsForwardedPacketsWhereThePolicyIsToDropThem() throws Exception {
        nft.answer(LIST, 0, DOCKER_CHAIN.formatted(""));

        firewall(nft).install(false);

        assertThat(nft.calls()).last().isEqualTo("nft -f -\n" + INSERT);
    }

    @Test
    void leavesAnAcceptingChainAlone() throws Exception {
        nft.answer(LIST, 0, DOCKER_CHAIN.formatted("").replace("policy drop", "policy accept"));

        firewall(nft).install(false);

        assertThat(nft.calls()).containsExactly(REMOVE_TABLE, LIST);
    }

    @Test
    void keepsItsOwnRulesAsTheyAre() {
        nft.answer(LIST, 0, DOCKER_CHAIN.formatted(OWN_RULES));

        firewall(nft).keepUp();

        assertThat(nft.calls()).containsExactly(LIST);
    }

    @Test
    void replacesItsOwnRulesOfAnotherNetwork() {
        nft.answer(LIST, 0, DOCKER_CHAIN.formatted(OWN_RULES.replace("10.0.0.0/16", "10.9.0.0/16")));

        firewall(nft).keepUp();

        assertThat(nft.calls())
                .last()
                .isEqualTo("nft -f -\n" + "delete rule ip filter FORWARD handle 9\n"
                        + "delete rule ip filter FORWARD handle 8\n" + INSERT);
    }

    @Test
    void removesItsOwnRulesOnly() throws Exception {
        nft.answer(LIST, 0, DOCKER_CHAIN.formatted(OWN_RULES));

        firewall(nft).remove();

        assertThat(nft.calls()).containsExactly(LIST, """
                        nft -f -
                        delete rule ip filter FORWARD handle 9
                        delete rule ip filter FORWARD handle 8
                        """, REMOVE_TABLE);
    }

    @Test
    void fallsBackToIptables() throws Exception {
        FakeCommands iptables = new FakeCommands("iptables");
        iptables.answer("iptables -w -S FORWARD", 0, "-P FORWARD DROP\n-A FORWARD -o docker0 -j ACCEPT\n");
        iptables.answer(
                "iptables -w -t nat -C POSTROUTING -m comment --comment rudder:rudder0 -j RUDDER-rudder0", 1, "");

        firewall(iptables).install(true);

        assertThat(iptables.calls())
                .containsExactly(
                        """
                        iptables-restore -w --noflush
                        *nat
                        :RUDDER-rudder0 - [0:0]
                        -A RUDDER-rudder0 -m mark --mark 0x4000/0x4000 -j RETURN
                        -A RUDDER-rudder0 -s 10.0.0.0/16 -d 10.0.0.0/16 -j RETURN
                        -A RUDDER-rudder0 -s 10.0.0.0/16 -d 224.0.0.0/4 -j RETURN
                        -A RUDDER-rudder0 -s 10.0.0.0/16 -j MASQUERADE
                        -A RUDDER-rudder0 -d 10.0.0.0/16 -o rudder0 -j MASQUERADE
                        COMMIT
                        """,
                        "iptables -w -t nat -C POSTROUTING -m comment --comment rudder:rudder0 -j RUDDER-rudder0",
                        "iptables -w -t nat -A POSTROUTING -m comment --comment rudder:rudder0 -j RUDDER-rudder0",
                        "iptables -w -S FORWARD",
                        "iptables -w -I FORWARD -d 10.0.0.0/16 -m comment --comment rudder:rudder0 -j ACCEPT",
                        "iptables -w -I FORWARD -s 10.0.0.0/16 -m comment --comment rudder:rudder0 -j ACCEPT");
    }

    @Test
    void removesIptablesRulesByTheirTag() throws Exception {
        FakeCommands iptables = new FakeCommands("iptables");
        iptables.answer("iptables -w -S FORWARD", 0, """
                -P FORWARD DROP
                -A FORWARD -s 10.0.0.0/16 -m comment --comment "rudder:rudder0" -j ACCEPT
                -A FORWARD -s 10.0.0.0/16 -m comment --comment "rudder:rudder01" -j ACCEPT
                """);

        firewall(iptables).remove();

        assertThat(iptables.calls())
                .containsSubsequence(
                        "iptables -w -S FORWARD",
                        "iptables -w -D FORWARD -s 10.0.0.0/16 -m comment --comment rudder:rudder0 -j ACCEPT",
                        "iptables -w -t nat -X RUDDER-rudder0")
                .noneMatch(call -> call.contains("rudder01"));
    }

    @Test
    void answersThePolicyOfBothKernelInterfacesOnceTheOlderOneIsInUse() throws Exception {
        FakeCommands both = new FakeCommands("nft", "iptables", "iptables-legacy");
        AtomicBoolean legacyInUse = new AtomicBoolean();
        Firewall firewall = Firewall.choose(both, "rudder0", NETWORK, legacyInUse::get);
        both.answer(LIST, 0, DOCKER_CHAIN.formatted(OWN_RULES));
        both.answer("iptables-legacy -w -S FORWARD", 0, "-P FORWARD DROP\n");
        firewall.install(false);
        assertThat(both.calls()).containsExactly(REMOVE_TABLE, LIST);
        assertThat(firewall.isWatched()).isTrue();
        both.calls().clear();

        legacyInUse.set(true);
        firewall.keepUp();

        assertThat(firewall.isWatched()).isFalse();
        assertThat(both.calls())
                .containsExactly(
                        LIST,
                        "iptables-legacy -w -S FORWARD",
                        "iptables-legacy -w -I FORWARD -d 10.0.0.0/16 -m comment --comment rudder:rudder0 -j ACCEPT",
                        "iptables-legacy -w -I FORWARD -s 10.0.0.0/16 -m comment --comment rudder:rudder0 -j ACCEPT");
    }

    @Test
    void whereNothingIsInstalledOnlyMasqueradingFails() throws Exception {
        Firewall firewall = firewall(new FakeCommands());

        firewall.install(false);
        firewall.remove();
        assertThatThrownBy(() -> firewall.install(true))
                .isInstanceOf(HostException.class)
                .hasMessage("neither nft nor iptables is installed, which -ip-masq needs;"
                        + " install nftables, or leave -ip-masq off");
    }

    @Test
    void lackOfRightsIsSaid() {
        nft.answer("nft -f -", 1, "Operation not permitted (you must be root)\n");

        assertThatThrownBy(() -> firewall(nft).install(true))
                .isInstanceOf(HostException.class)
                .hasMessage("could not masquerade 10.0.0.0/16: nft says 'Operation not permitted (you must be root)';"
                        + " run rudder as root or with CAP_NET_ADMIN");
    }

    private static Firewall firewall(Commands commands) {
        return Firewall.choose(commands, "rudder0", NETWORK, () -> false);
    }
}
