package io.rudder.it.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** What the tests need of the machine. What is missing fails them with one line; nothing is skipped. */
public final class Requirements {
    private static final Map<String, String> PACKAGE_OF_COMMAND = packageOfCommand();

    private Requirements() {}

    /**
     * Checks rights, devices and commands.
     *
     * @throws AssertionError naming all that is missing and what would install it
     */
    public static void check() {
        if (!"root".equals(System.getProperty("user.name"))) {
            throw new AssertionError("the integration tests make network namespaces: run them as root");
        }
        if (!Files.isReadable(Path.of("/dev/net/tun"))) {
            throw new AssertionError("/dev/net/tun is missing: modprobe tun, or give the container that device");
        }
        List<String> missing = PACKAGE_OF_COMMAND.entrySet().stream()
                .filter(entry -> !isOnPath(entry.getKey()))
                .map(Map.Entry::getValue)
                .distinct()
                .toList();
        if (!missing.isEmpty()) {
            throw new AssertionError("commands are missing: apt-get install " + String.join(" ", missing));
        }
    }

    /** A browser that runs in a host's network; empty where there is none or only a snap, which does not. */
    public static Optional<Path> browser() {
        return Stream.of("chromium", "google-chrome", "google-chrome-stable")
                .flatMap(Requirements::onPath)
                .filter(path -> !isSnap(path))
                .findFirst();
    }

    private static boolean isSnap(Path path) {
        try {
            Path file = path.toRealPath();
            return file.startsWith("/snap") || file.endsWith("snap");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isOnPath(String command) {
        return onPath(command).findAny().isPresent();
    }

    private static Stream<Path> onPath(String command) {
        Stream<String> folders = Stream.of(System.getenv("PATH").split(":"));
        return Stream.concat(folders, Stream.of("/usr/sbin", "/sbin"))
                .map(folder -> Path.of(folder, command))
                .filter(Files::isExecutable);
    }

    private static Map<String, String> packageOfCommand() {
        Map<String, String> packages = new LinkedHashMap<>();
        packages.put("etcd", "etcd-server");
        packages.put("etcdctl", "etcd-client");
        packages.put("ethtool", "ethtool");
        packages.put("ip", "iproute2");
        packages.put("openssl", "openssl");
        packages.put("ping", "iputils-ping");
        packages.put("python3", "python3");
        packages.put("traceroute", "traceroute");
        packages.put("tcpdump", "tcpdump");
        packages.put("nft", "nftables");
        packages.put("iptables", "iptables");
        packages.put("setpriv", "util-linux");
        packages.put("sysctl", "procps");
        return packages;
    }
}
