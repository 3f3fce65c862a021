package io.rudder.daemon.host;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HostChecksTest {
    private final FakeCommands commands = new FakeCommands("nft", "iptables", "iptables-legacy");

    @Test
    void seesAPolicyOfTheOlderKernelInterfaceThatIsNotAnswered() {
        commands.answer("nft list chain ip filter FORWARD", 0, "policy accept;");
        commands.answer("iptables-legacy -S FORWARD", 0, "-P FORWARD DROP\n");

        assertThat(new HostChecks(commands, () -> true).firewall("rudder0", true))
                .asString()
                .contains("the overlay's rules are gone");
        assertThat(new HostChecks(commands, () -> false).firewall("rudder0", true))
                .asString()
                .contains("the FORWARD policy is to accept");
    }
}
