package io.rudder.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.rudder.daemon.host.HostException;
import io.rudder.net.Ipv4Prefix;
import io.rudder.peer.RouteTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MailboxTest {
    private final Mailbox mailbox = new Mailbox();

    private List<DaemonEvent> takeAll() throws HostException {
        List<DaemonEvent> taken = new ArrayList<>();
        for (Optional<DaemonEvent> event = mailbox.poll(0); event.isPresent(); event = mailbox.poll(0)) {
            taken.add(event.get());
        }
        return taken;
    }

    /** The peers may change a thousand times a second while a repair waits for a program. */
    @Test
    void ofAllRoutesOnlyTheNewestWait() throws HostException {
        List<RouteTable> tables = IntStream.range(0, 1000)
                .mapToObj(i -> RouteTable.of(Ipv4Prefix.parse("10.5.0.0/24"), List.of()))
                .toList();
        tables.forEach(mailbox::onRoutes);
        assertThat(takeAll())
                .singleElement()
                .isInstanceOfSatisfying(
                        DaemonEvent.Routes.class,
                        routes -> assertThat(routes.table()).isSameAs(tables.get(999)));
    }

    @Test
    void otherEventsKeepTheirOrder() throws HostException {
        mailbox.onRoutes(RouteTable.EMPTY);
        mailbox.onRefused("one");
        mailbox.onRoutes(RouteTable.EMPTY);
        mailbox.stop();
        assertThat(takeAll())
                .containsExactly(
                        new DaemonEvent.Failed("one"),
                        new DaemonEvent.Routes(RouteTable.EMPTY),
                        new DaemonEvent.Stop());
    }

    @Test
    void manyChangesOfTheHostAreOne() throws HostException {
        mailbox.onHostChanged();
        mailbox.onHostChanged();
        assertThat(takeAll()).containsExactly(new DaemonEvent.HostChanged());
        mailbox.onHostChanged();
        assertThat(takeAll()).containsExactly(new DaemonEvent.HostChanged());
    }
}
