package io.rudder.it.fault;

import io.rudder.it.lab.Cluster;
import io.rudder.it.lab.Host;
import io.rudder.it.lab.Result;
import io.rudder.it.lab.Running;
import io.rudder.it.lab.Wait;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** An etcd of three members, all in the middle of the network. */
final class EtcdMembers implements AutoCloseable {
    private static final int COUNT = 3;
    private static final String STATE = "existing";

    private final Host host;
    private final List<Running> members = new ArrayList<>();

    EtcdMembers(Cluster cluster) {
        this.host = cluster.middle();
        for (int i = 0; i < COUNT; i++) {
            members.add(start(i, "new"));
        }
        if (!Wait.until(Fault.BOUND, () -> etcdctl("endpoint", "health").exitCode() == 0)) {
            throw new AssertionError(
                    "the members do not get healthy:\n" + members.get(0).stderr());
        }
    }

    /** All of them, for {@code -etcd-endpoint}. */
    String endpoints() {
        return IntStream.range(0, COUNT).mapToObj(this::clientUrl).collect(Collectors.joining(","));
    }

    /** Kills one and starts it again after some time. */
    void kill(int member) {
        members.get(member).kill();
        members.get(member).awaitExit(Fault.BOUND);
    }

    void restart(int member) {
        members.set(member, start(member, STATE));
    }

    void freeze(int member) {
        members.get(member).signal("STOP");
    }

    void thaw(int member) {
        members.get(member).signal("CONT");
    }

    /** The member that leads, and -1 if none says so. */
    int leader() {
        for (int i = 0; i < COUNT; i++) {
            Result status = etcdctlAt(clientUrl(i), "endpoint", "status", "-w", "fields");
            String member = field(status, "MemberID");
            if (!member.isEmpty() && member.equals(field(status, "Leader"))) {
                return i;
            }
        }
        return -1;
    }

    void put(String key, String value) {
        etcdctl("put", key, value).orFail();
    }

    Result etcdctl(String... command) {
        return etcdctlAt(endpoints(), command);
    }

    private Result etcdctlAt(String at, String... command) {
        List<String> line = new ArrayList<>(
                List.of("env", "ETCDCTL_API=3", "etcdctl", "--endpoints=" + at, "--command-timeout=5s"));
        line.addAll(List.of(command));
        return host.exec(line.toArray(String[]::new));
    }

    private static String field(Result status, String name) {
        return status.stdout()
                .lines()
                .filter(line -> line.startsWith("\"" + name + "\""))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse("");
    }

    private Running start(int member, String state) {
        String initial = IntStream.range(0, COUNT)
                .mapToObj(i -> "m" + i + "=" + peerUrl(i))
                .collect(Collectors.joining(","));
        return host.spawn(
                "etcd",
                "--name=m" + member,
                "--data-dir=" + host.directory().resolve("m" + member),
                "--listen-client-urls=" + clientUrl(member),
                "--advertise-client-urls=" + clientUrl(member),
                "--listen-peer-urls=" + peerUrl(member),
                "--initial-advertise-peer-urls=" + peerUrl(member),
                "--initial-cluster=" + initial,
                "--initial-cluster-state=" + state,
                "--log-level=warn");
    }

    private String clientUrl(int member) {
        return "http://" + host.address() + ":" + clientPort(member);
    }

    private static int clientPort(int member) {
        return 3379 + 10 * member;
    }

    private static String peerUrl(int member) {
        return "http://127.0.0.1:" + (3380 + 10 * member);
    }

    @Override
    public void close() {
        members.forEach(member -> member.signal("CONT"));
        members.forEach(Running::close);
        for (int i = 0; i < COUNT; i++) {
            host.exec("rm", "-rf", host.directory().resolve("m" + i).toString());
        }
    }
}
