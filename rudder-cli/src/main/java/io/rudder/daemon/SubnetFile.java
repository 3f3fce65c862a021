package io.rudder.daemon;

import io.rudder.daemon.host.FileErrors;
import io.rudder.daemon.host.HostException;
import io.rudder.net.Ipv4;
import io.rudder.net.Ipv4Prefix;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the host's container runtime which addresses are its own, as variables for a shell or a systemd unit. It stays
 * when the daemon ends, as the lease does: the next daemon asks for the same subnet.
 */
final class SubnetFile {
    private static final Logger log = LoggerFactory.getLogger(SubnetFile.class);
    private static final String NETWORK = "RUDDER_NETWORK";
    private static final String SUBNET = "RUDDER_SUBNET";
    private static final String MTU = "RUDDER_MTU";
    private static final String IP_MASQ = "RUDDER_IPMASQ";

    private final Path path;

    SubnetFile(Path path) {
        this.path = path;
    }

    /**
     * What the file says.
     *
     * @param network all addresses of the overlay
     * @param subnet this host's part of them
     * @param mtuBytes the largest packet that the overlay carries
     * @param ipMasq whether the daemon masquerades, so that nobody else has to
     */
    record Content(Ipv4Prefix network, Ipv4Prefix subnet, int mtuBytes, boolean ipMasq) {
        /** The four lines; the subnet is given by its first usable address, as bridges want it. */
        String text() {
            return NETWORK + "=" + network + "\n"
                    + SUBNET + "=" + Ipv4.format(subnet.firstUsable()) + "/" + subnet.length() + "\n"
                    + MTU + "=" + mtuBytes + "\n"
                    + IP_MASQ + "=" + ipMasq + "\n";
        }

        /** @throws IllegalArgumentException saying what is wrong with the text */
        static Content parse(String text) {
            Map<String, String> variables = new HashMap<>();
            text.lines().map(line -> line.split("=", 2)).forEach(pair -> variables.put(pair[0], pair[pair.length - 1]));
            for (String name : new String[] {NETWORK, SUBNET, MTU, IP_MASQ}) {
                if (!variables.containsKey(name)) {
                    throw new IllegalArgumentException("no " + name);
                }
            }
            Content content = new Content(
                    Ipv4Prefix.parse(variables.get(NETWORK)),
                    Ipv4Prefix.parse(variables.get(SUBNET)),
                    Integer.parseInt(variables.get(MTU)),
                    Boolean.parseBoolean(variables.get(IP_MASQ)));
            if (!content.network.contains(content.subnet)) {
                throw new IllegalArgumentException(content.subnet + " is not in " + content.network);
            }
            return content;
        }
    }

    /** Replaces the file at once; readable by everybody. */
    void write(Content content) throws HostException {
        AtomicFile.write(path, content.text(), "rw-r--r--");
    }

    /** What an earlier daemon wrote; empty, with a warning, if that cannot be used. */
    Optional<Content> read() {
        try {
            return Optional.of(Content.parse(Files.readString(path, StandardCharsets.ISO_8859_1)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            log.warn("the earlier subnet in {} is ignored: {}", path, e.getMessage());
        } catch (IOException e) {
            log.warn("the earlier subnet in {} is ignored: {}", path, FileErrors.reason(e));
        }
        return Optional.empty();
    }
}
