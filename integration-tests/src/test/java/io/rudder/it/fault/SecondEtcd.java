package io.rudder.it.fault;

import io.rudder.it.lab.Cluster;
import io.rudder.it.lab.DaemonOptions;
import io.rudder.it.lab.Etcd;
import io.rudder.it.lab.Host;
import io.rudder.it.lab.Result;
import io.rudder.it.lab.Running;
import java.util.ArrayList;
import java.util.List;

/** An etcd beside the cluster's own, with options of its own. */
final class SecondEtcd implements AutoCloseable {
    private static final String CLIENT_PORT = "4379";
    private static final String PEER_PORT = "4380";

    private final Cluster cluster;
    private final Host host;
    private final String[] options;
    private final String endpoint;
    private List<String> access = List.of();
    private Running process;

    SecondEtcd(Cluster cluster, String... options) {
        this.cluster = cluster;
        this.host = cluster.middle();
        this.options = options;
        boolean secure = List.of(options).stream().anyMatch(option -> option.startsWith("--cert-file"));
        this.endpoint = (secure ? "https://" : "http://") + host.address() + ":" + CLIENT_PORT;
        launch();
    }

    /** Options of a daemon on a host, with this etcd. */
    DaemonOptions options(String name) {
        return cluster.optionsOf(cluster.host(name)).with("etcd-endpoint", endpoint);
    }

    /** What etcdctl has to say to be let in, from now on. */
    void access(List<String> arguments) {
        access = arguments;
    }

    void restart() {
        process.close();
        launch();
    }

    void put(String key, String value) {
        etcdctl("put", key, value);
    }

    void putConfig() {
        put(Etcd.PREFIX + "/config", Ghosts.CONFIG);
    }

    private void launch() {
        String peer = "http://127.0.0.1:" + PEER_PORT;
        List<String> command = new ArrayList<>(List.of(
                "etcd",
                "--name=second",
                "--data-dir=" + host.directory().resolve("second"),
                "--listen-client-urls=" + endpoint,
                "--advertise-client-urls=" + endpoint,
                "--listen-peer-urls=" + peer,
                "--initial-advertise-peer-urls=" + peer,
                "--initial-cluster=second=" + peer,
                "--log-level=warn"));
        command.addAll(List.of(options));
        process = host.spawn(command);
        Fault.awaited(() -> host.run("ss", "-Htln").stdout().contains(":" + CLIENT_PORT), process::stderr);
    }

    /** Repeated until it succeeds: just started, etcd may listen and not answer yet. */
    void etcdctl(String... arguments) {
        Fault.awaited(() -> tryEtcdctl(arguments).exitCode() == 0, () -> "no success: " + List.of(arguments));
    }

    Result tryEtcdctl(String... arguments) {
        List<String> command = new ArrayList<>(
                List.of("env", "ETCDCTL_API=3", "etcdctl", "--endpoints=" + endpoint, "--command-timeout=10s"));
        command.addAll(access);
        command.addAll(List.of(arguments));
        return host.exec(command.toArray(String[]::new));
    }

    @Override
    public void close() {
        process.close();
        host.exec("rm", "-rf", host.directory().resolve("second").toString());
    }
}
