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

    private static final String FAR_SIDE = "203.0.113.";

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

    /**
     * Connects a further host, 203.0.113.2, behind two routers with a link of a smaller MTU between them. Hosts on the
     * bridge reach it through the bridge's own address:
     *
     * <pre>
     *      bridge .254 ---- hopMtu ---- router 203.0.113.1 ---- 1500 ---- 203.0.113.2
     * </pre>
     */
    public Host addHostBehindHop(String name, int hopMtu) {
        String mtu = Integer.toString(hopMtu);
        Host router = Host.create("router", id + "-router", FAR_SIDE + 1, newFolder("router"));
        Host far = Host.create(name, id + "-" + name, FAR_SIDE + 2, newFolder(name));
        bridge.run(
                "ip",
                "link",
                "add",
                "hop",
                "mtu",
                mtu,
                "type",
                "veth",
                "peer",
                "name",
                "hop",
                "netns",
                router.namespace());
        router.run("ip", "link", "add", "lan", "type", "veth", "peer", "name", "eth0", "netns", far.namespace());
        router.run("ip", "link", "set", "hop", "mtu", mtu);
        connect(bridge, "hop", FAR_SIDE + "129/30");
        connect(router, "hop", FAR_SIDE + "130/30");
        connect(router, "lan", FAR_SIDE + "1/25");
        connect(far, "eth0", FAR_SIDE + "2/25");
        bridge.run("ip", "route", "add", FAR_SIDE + "0/25", "via", FAR_SIDE + "130");
        router.run("ip", "route", "add", "default", "via", FAR_SIDE + "129");
        far.run("ip", "route", "add", "default", "via", FAR_SIDE + "1");
        hosts.forEach(near -> near.run("ip", "route", "add", FAR_SIDE + "0/24", "via", UNDERLAY + "254"));
        hosts.addAll(List.of(router, far));
        return far;
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

    /** Returns the host in the middle, 198.51.100.254, where etcd runs. */
    public Host middle() {
        return bridge;
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

    private static void connect(Host host, String device, String address) {
        host.run("ip", "addr", "add", address, "dev", device);
        host.run("ip", "link", "set", device, "up");
        host.run("sysctl", "-qw", "net.ipv4.ip_forward=1");
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
