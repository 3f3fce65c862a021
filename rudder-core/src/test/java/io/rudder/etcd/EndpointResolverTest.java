package io.rudder.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;

class EndpointResolverTest {
    @Test
    void packsAllEndpointsIntoOneTarget() {
        String target = EndpointResolverProvider.target(
                List.of(URI.create("http://etcd-1:2379"), URI.create("http://[2001:db8::1]:2380/")));

        assertThat(URI.create(target).getPath()).isEqualTo("/etcd-1:2379,[2001:db8::1]:2380");
        assertThat(URI.create(target).getScheme()).isEqualTo(new EndpointResolverProvider().getDefaultScheme());
    }
}
