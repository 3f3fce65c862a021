package io.rudder.it.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.LifecycleMethodExecutionExceptionHandler;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;

/**
 * Hosts on one bridge, with an etcd that all of them reach, for the time of a test class:
 *
 * <pre>
 *      a: 198.51.100.1    b: 198.51.100.2    ...
 *            |                  |
 *      +-----+------ bridge ----+-----------+   a namespace of its own, 198.51.100.254, with etcd in it
 * </pre>
 *
 * Register it as a static extension. After a failure it prints what the hosts looked like; it always takes everything
 * down, at the latest when the JVM ends.
 */
public final class Cluster
        implements BeforeAllCallback,
                AfterAllCallback,
                TestExecutionExceptionHandler,
                LifecycleMethodExecutionExceptionHandler {
    /** The configuration that is in etcd when a test class starts. */
    public static final String CONFIG = "{\"Network\":\"10.0.0.0/16\",\"Backend\":{\"Type\":\"udp\"}}";

    private static final AtomicInteger SERIAL = new AtomicInteger();
    private static final String UNDERLAY = "198.51.100.";

    private final List<String> hostNames;
    private final String id = "rit%d-%d".formatted(ProcessHandle.current().pid(), SERIAL.incrementAndGet());
    private final List<Host> hosts = new ArrayList<>();
    private final List<RudderProcess> daemons = new ArrayList<>();
    private Path directory;
    private Host bridge;
    private Etcd etcd;

    private Cluster(List<String> hostNames) {
        this.hostNames = hostNames;
    }

    /** Returns a cluster, not yet built, whose hosts get the addresses 198.51.100.1, .2 and so on. */
    public static Cluster ofHosts(String... names) {
        return new Cluster(List.of(names));
    }

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        Requirements.check();
        Runtime.getRuntime().addShutdownHook(new Thread(this::takeDown));
        directory = Files.createTempDirectory(id + "-");
        bridge = Host.create("bridge", id + "-net", UNDERLAY + 254, newFolder("bridge"));
        bridge.run("ip", "link", "add", "br0", "type", "bridge");
        bridge.run("ip", "addr", "add", UNDERLAY + "254/24", "dev", "br0");
        bridge.run("ip", "link", "set", "br0", "up");
        for (int i = 0; i < hostNames.size(); i++) {
            addHost(hostNames.get(i), i + 1);
        }
        etcd = new Etcd(bridge);
        etcd.start();
        etcd.put(Etcd.PREFIX + "/config", CONFIG);
    }

    @Override
    public void afterAll(ExtensionContext context) {
        takeDown();
    }

    @Override
    public void handleTestExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        printDiagnostics(context.getDisplayName());
        throw failure;
    }

    @Override
    public void handleBeforeAllMethodExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        printDiagnostics(context.getDisplayName());
        throw failure;
    }

    @Override
    public void handleBeforeEachMethodExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        printDiagnostics(context.getDisplayName());
        throw failure;
    }

    /** Connects a further host with the address 198.51.100.{@code lastByte}. */
    public Host addHost(String name, int lastByte) {
        String namespace = id + "-" + name;
        Host host = Host.create(name, namespace, UNDERLAY + lastByte, newFolder(name));
        hosts.add(host);
        String port = "to-" + name;
        bridge.run("ip", "link", "add", port, "type", "veth", "peer", "name", "eth0", "netns", namespace);
        bridge.run("ip", "link", "set", port, "master", "br0", "up");
        host.run("ip", "addr", "add", host.address() + "/24", "dev", "eth0");
        host.run("ip", "link", "set", "eth0", "up");
        return host;
    }

    /** Makes a container of {@code owner}, with the {@code n}-th address of the subnet that its daemon leased. */
    public Host addContainer(RudderProcess owner, String name, int n) {
        SubnetFile file = owner.subnetFile();
        Host container = owner.host().container(name, file.subnet(), file.addressWithLength(n));
        hosts.add(container);
        return container;
    }

    /** Returns the host of that name. */
    public Host host(String name) {
        return hosts.stream()
                .filter(host -> host.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** Returns the etcd of all hosts. */
    public Etcd etcd() {
        return etcd;
    }

    /** Returns the usual options of a daemon on {@code host}. */
    public DaemonOptions optionsOf(Host host) {
        return DaemonOptions.on(host, etcd);
    }

    /** Starts a daemon with the usual options and does not wait for it. */
    public RudderProcess start(Host host) {
        return start(host, optionsOf(host));
    }

    /** Starts a daemon and does not wait for it. */
    public RudderProcess start(Host host, DaemonOptions options) {
        RudderProcess daemon = RudderProcess.start(host, options);
        daemons.add(daemon);
        return daemon;
    }

    /** Starts a daemon on each of the named hosts at once and waits until all are ready. */
    public List<RudderProcess> startOn(String... names) {
        List<RudderProcess> started =
                Stream.of(names).map(name -> start(host(name))).toList();
        started.forEach(RudderProcess::awaitReady);
        return started;
    }

    /** Ends all daemons and forgets their leases and files, so that the next test starts from nothing. */
    public void reset() {
        daemons.forEach(daemon -> daemon.process().terminate());
        daemons.forEach(daemon -> daemon.process().close());
        daemons.clear();
        etcd.deleteAll(Etcd.PREFIX + "/subnets/");
        hosts.forEach(host -> {
            deleteTree(host.directory().resolve("run"));
            deleteTree(host.directory().resolve("state"));
            deleteTree(host.directory().resolve("subnet.env"));
        });
    }

    private Path newFolder(String name) {
        try {
            return Files.createDirectories(directory.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void printDiagnostics(String test) {
        System.err.printf("---- state of the hosts when %s failed%n", test);
        for (Host host : hosts) {
            System.err.printf("-- host %s%n", host.name());
            for (String command : List.of("ip -4 addr", "ip -4 route", "nft list ruleset")) {
                System.err.print(host.exec(command.split(" ")).output());
            }
        }
        for (RudderProcess daemon : daemons) {
            String state = daemon.process().isAlive() ? "running" : "ended";
            System.err.printf("-- daemon on %s, %s%n%s", daemon.host().name(), state, daemon.log());
        }
        System.err.println("-- leases");
        System.err.print(etcd.etcdctl("get", "--prefix", Etcd.PREFIX).output());
    }

    private synchronized void takeDown() {
        daemons.forEach(daemon -> daemon.process().terminate());
        hosts.forEach(Host::close);
        if (bridge != null) {
            bridge.close();
        }
        if (directory != null) {
            deleteTree(directory);
        }
        daemons.clear();
        hosts.clear();
        bridge = null;
        directory = null;
    }

    private static void deleteTree(Path root) {
        if (!Files.exists(root)) {
            return;
        }
        try (Stream<Path> files = Files.walk(root)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
