package io.rudder.daemon;

import io.rudder.daemon.host.HostException;
import java.nio.file.Path;

/**
 * Tells a Kubernetes kubelet, by way of its container runtime, how pods get addresses of the leased subnet: a network
 * configuration list for the plugins {@code bridge}, {@code host-local} and {@code portmap}. As with the subnet file,
 * nobody ever sees a part of it.
 *
 * @see <a href="https://github.com/containernetworking/cni/blob/main/SPEC.md">CNI specification</a>
 */
final class CniConfFile {
    /** The version that every runtime and every plugin in use knows. */
    private static final String TEXT = """
            {
              "cniVersion": "0.4.0",
              "name": "rudder",
              "plugins": [
                {
                  "type": "bridge",
                  "bridge": "cni0",
                  "isDefaultGateway": true,
                  "hairpinMode": true,
                  "ipMasq": false,
                  "mtu": %d,
                  "ipam": {
                    "type": "host-local",
                    "subnet": "%s",
                    "routes": [{ "dst": "%s" }]
                  }
                },
                {
                  "type": "portmap",
                  "capabilities": { "portMappings": true }
                }
              ]
            }
            """;

    private CniConfFile() {}

    /** Replaces the file at once; readable by everybody. Directories that lack are made. */
    static void write(Path file, SubnetFile.Content content) throws HostException {
        AtomicFile.write(file, text(content), "rw-r--r--");
    }

    /** The plugins do not masquerade, so that pods keep their addresses between hosts. */
    static String text(SubnetFile.Content content) {
        return TEXT.formatted(content.mtuBytes(), content.subnet(), content.network());
    }
}
