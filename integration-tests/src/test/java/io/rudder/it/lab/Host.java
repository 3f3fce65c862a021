package io.rudder.it.lab;

import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A host of the test network: a network namespace with one address, and the processes started in it. */
public final class Host implements AutoCloseable {
    private static final Duration COMMAND_BOUND = Duration.ofSeconds(60);

    private final String name;
    private final String namespace;
    private final String address;
    private final Path directory;
    private final List<Running> processes = new CopyOnWriteArrayList<>();

    private Host(String name, String namespace, String address, Path directory) {
        this.name = name;
        this.namespace = namespace;
        this.address = address;
        this.directory = directory;
    }

    /** Makes the namespace, with its loopback up and nothing else in it. */
    static Host create(String name, String namespace, String address, Path directory) {
        Host host = new Host(name, namespace, address, directory);
        host.outside("ip", "netns", "add", namespace);
        host.run("ip", "link", "set", "lo", "up");
        return host;
    }

    /** Returns the short name, such as "a". */
    public String name() {
        return name;
    }

    /** Returns the name of the network namespace. */
    public String namespace() {
        return namespace;
    }

    /** Returns the address without its prefix length. */
    public String address() {
        return address;
    }

    /** Returns the folder for this host's files. */
    public Path directory() {
        return directory;
    }

    /** Runs a command inside the host to its end, whatever its exit status. */
    public Result exec(String... command) {
        return Running.start(inside(List.of(command)), directory).awaitExit(COMMAND_BOUND);
    }

    /** Runs a command inside the host and fails unless it succeeds. */
    public Result run(String... command) {
        return exec(command).orFail();
    }

    /** Starts a command inside the host; it is ended at the latest with the host. */
    public Running spawn(String... command) {
        return spawn(List.of(command));
    }

    /** Starts a command inside the host; it is ended at the latest with the host. */
    public Running spawn(List<String> command) {
        Running running = Running.start(inside(command), directory);
        processes.add(running);
        return running;
    }

    /** Starts one of the programs of {@code io.rudder.it.tool} inside the host. */
    public Running spawnTool(Class<?> main, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx64m",
                "-cp",
                testClasses().toString(),
                main.getName()));
        command.addAll(List.of(arguments));
        return spawn(command);
    }

    /** Sends {@code count} echo requests, at most a second apart, and returns what ping says. */
    public Result ping(String destination, int count, String... options) {
        List<String> command = new ArrayList<>(List.of("ping", "-n", "-i", "0.05", "-W", "2"));
        command.addAll(List.of(options));
        command.addAll(List.of("-c", Integer.toString(count), destination));
        return exec(command.toArray(String[]::new));
    }

    /**
     * Makes a container of this host: a namespace on a veth pair whose outer end carries the subnet's first address,
     * which is the container's default gateway. The host forwards.
     *
     * @param containerName its short name
     * @param gateway the outer end's address with prefix length, as RUDDER_SUBNET has it
     * @param containerAddress its own address, with the same prefix length
     */
    public Host container(String containerName, String gateway, String containerAddress) {
        String plain = containerAddress.substring(0, containerAddress.indexOf('/'));
        Host container = create(containerName, namespace + "-" + containerName, plain, directory);
        String port = "c-" + containerName;
        outside(
                "ip",
                "link",
                "add",
                "eth0",
                "netns",
                container.namespace,
                "type",
                "veth",
                "peer",
                "name",
                port,
                "netns",
                namespace);
        run("ip", "addr", "add", gateway, "dev", port);
        run("ip", "link", "set", port, "up");
        run("sysctl", "-qw", "net.ipv4.ip_forward=1");
        container.run("ip", "addr", "add", containerAddress, "dev", "eth0");
        container.run("ip", "link", "set", "eth0", "up");
        container.run("ip", "route", "add", "default", "via", gateway.substring(0, gateway.indexOf('/')));
        return container;
    }

    /** Ends all processes and removes the namespace. */
    @Override
    public void close() {
        processes.forEach(Running::terminate);
        processes.forEach(Running::close);
        Running.start(List.of("ip", "netns", "del", namespace), directory).awaitExit(COMMAND_BOUND);
    }

    /** Returns the folder of the compiled test classes. */
    static Path testClasses() {
        try {
            return Path.of(Host.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private List<String> inside(List<String> command) {
        List<String> whole = new ArrayList<>(List.of("ip", "netns", "exec", namespace));
        whole.addAll(command);
        return whole;
    }

    private void outside(String... command) {
        Running.start(List.of(command), directory).awaitExit(COMMAND_BOUND).orFail();
    }
}
