package io.rudder.it.fault;

import io.rudder.it.lab.Cluster;
import io.rudder.it.lab.DaemonOptions;
import io.rudder.it.lab.Host;
import io.rudder.it.lab.RudderProcess;
import io.rudder.it.lab.Running;
import io.rudder.it.tool.TcpRelay;
import java.util.List;

/** A relay between daemons and etcd, in the middle of the network. */
final class Relay implements AutoCloseable {
    private static final int PORT = 2479;

    private final Cluster cluster;
    private final Running process;

    Relay(Cluster cluster) {
        this.cluster = cluster;
        Host middle = cluster.middle();
        this.process = middle.spawnTool(TcpRelay.class, middle.address(), Integer.toString(PORT), "2379");
        process.awaitOutput("relaying", Fault.BOUND);
    }

    /** Options of a daemon that reaches etcd through it. */
    DaemonOptions options(Host host) {
        return cluster.optionsOf(host)
                .with("etcd-endpoint", "http://" + cluster.middle().address() + ":" + PORT);
    }

    /** A daemon that reaches etcd through it, ready. */
    RudderProcess start(String host) {
        return cluster.start(cluster.host(host), options(cluster.host(host))).awaitReady();
    }

    /** See {@link TcpRelay}. */
    void tell(String command) {
        process.tell(command);
    }

    /** How many connections there were so far. */
    int accepted() {
        return count("accepted");
    }

    /** How many answers were lost so far. */
    int lost() {
        return count("lost");
    }

    private int count(String what) {
        int before = answers(what).size();
        process.tell(what);
        Fault.awaited(() -> answers(what).size() > before, process::stderr);
        return answers(what).get(before);
    }

    private List<Integer> answers(String what) {
        return process.stdout()
                .lines()
                .filter(line -> line.startsWith(what + " "))
                .map(line -> Integer.valueOf(line.substring(what.length() + 1)))
                .toList();
    }

    @Override
    public void close() {
        process.close();
    }
}
