package io.rudder.it.lab;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A real etcd of one member on a host of the test network, and etcdctl to look into it. */
public final class Etcd {
    /** The key prefix that daemons use unless told otherwise. */
    public static final String PREFIX = "/coreos.com/network";

    private static final Duration START_BOUND = Duration.ofSeconds(20);

    private final Host host;
    private Optional<Running> process = Optional.empty();

    Etcd(Host host) {
        this.host = host;
    }

    /** Returns the address for {@code -etcd-endpoint}. */
    public String endpoint() {
        return "http://" + host.address() + ":2379";
    }

    /** Starts etcd, with the data that an earlier start left, and waits until it answers. */
    public void start() {
        String peerUrl = "http://127.0.0.1:2380";
        process = Optional.of(host.spawn(
                "etcd",
                "--name=default",
                "--data-dir=" + dataFolder(),
                "--listen-client-urls=" + endpoint(),
                "--advertise-client-urls=" + endpoint(),
                "--listen-peer-urls=" + peerUrl,
                "--initial-advertise-peer-urls=" + peerUrl,
                "--initial-cluster=default=" + peerUrl,
                "--log-level=warn"));
        boolean healthy =
                Wait.until(START_BOUND, () -> etcdctl("endpoint", "health").exitCode() == 0);
        if (!healthy) {
            throw new AssertionError("etcd does not answer:\n" + process.get().stderr());
        }
    }

    /** Ends etcd; its data stays. */
    public void stop() {
        process.ifPresent(Running::close);
        process = Optional.empty();
    }

    /** Ends etcd at once, as a power failure does; its data stays. */
    public void kill() {
        process.ifPresent(running -> {
            running.kill();
            running.awaitExit(START_BOUND);
        });
        process = Optional.empty();
    }

    /** SIGSTOP: connections stay, nothing answers. */
    public void freeze() {
        process.ifPresent(running -> running.signal("STOP"));
    }

    /** SIGCONT. */
    public void thaw() {
        process.ifPresent(running -> running.signal("CONT"));
    }

    /** Removes all data of a stopped etcd. */
    public void wipe() {
        host.run("rm", "-rf", dataFolder().toString());
    }

    /** The folder of its data. */
    public Path dataFolder() {
        return host.directory().resolve("etcd");
    }

    /** Writes a key without an etcd lease. */
    public void put(String key, String value) {
        etcdctl("put", key, value).orFail();
    }

    /** Writes a key with an etcd lease of its own, as a node does. */
    public void putWithLease(String key, String value, Duration ttl) {
        String granted = etcdctl("lease", "grant", Long.toString(ttl.toSeconds()))
                .orFail()
                .stdout();
        Matcher id = Pattern.compile("lease ([0-9a-f]+) granted").matcher(granted);
        if (!id.find()) {
            throw new AssertionError("no lease id in: " + granted);
        }
        etcdctl("put", "--lease=" + id.group(1), key, value).orFail();
    }

    /** Returns the value of a key, or empty if there is none. */
    public Optional<String> get(String key) {
        String value = etcdctl("get", "--print-value-only", key).orFail().stdout();
        return value.isEmpty() ? Optional.empty() : Optional.of(value.substring(0, value.length() - 1));
    }

    /** Returns the keys that start with {@code prefix}, sorted. */
    public List<String> keys(String prefix) {
        String keys = etcdctl("get", "--prefix", "--keys-only", prefix).orFail().stdout();
        return keys.lines().filter(line -> !line.isBlank()).toList();
    }

    /** Deletes a key. */
    public void delete(String key) {
        etcdctl("del", key).orFail();
    }

    /** Revokes the etcd lease of a key, as if its time to live had run out. */
    public void revokeLeaseOf(String key) {
        String json = etcdctl("get", key, "-w", "json").orFail().stdout();
        Matcher id = Pattern.compile("\"lease\":(\\d+)").matcher(json);
        if (!id.find()) {
            throw new AssertionError("no lease in: " + json);
        }
        etcdctl("lease", "revoke", Long.toHexString(Long.parseLong(id.group(1))))
                .orFail();
    }

    /** Deletes all keys that start with {@code prefix}. */
    public void deleteAll(String prefix) {
        etcdctl("del", "--prefix", prefix).orFail();
    }

    /** Runs etcdctl beside etcd. */
    public Result etcdctl(String... arguments) {
        List<String> command = new ArrayList<>(
                List.of("env", "ETCDCTL_API=3", "etcdctl", "--endpoints=" + endpoint(), "--command-timeout=5s"));
        command.addAll(List.of(arguments));
        return host.exec(command.toArray(String[]::new));
    }
}
