package io.rudder.it.lab;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The options of a daemon, by name and in order; immutable. */
public final class DaemonOptions {
    private final Map<String, String> values;

    private DaemonOptions(Map<String, String> values) {
        this.values = Collections.unmodifiableMap(values);
    }

    /** Returns the options of a daemon on {@code host} whose files all lie in the host's folder. */
    public static DaemonOptions on(Host host, Etcd etcd) {
        Path folder = host.directory();
        Map<String, String> values = new LinkedHashMap<>();
        values.put("etcd-endpoint", etcd.endpoint());
        values.put("iface", "eth0");
        values.put("subnet-file", folder.resolve("subnet.env").toString());
        values.put("run-dir", folder.resolve("run").toString());
        values.put("state-dir", folder.resolve("state").toString());
        values.put("tun-name", "rudder0");
        return new DaemonOptions(values);
    }

    /** Returns these options with one set or replaced. */
    public DaemonOptions with(String name, Object value) {
        Map<String, String> changed = new LinkedHashMap<>(values);
        changed.put(name, value.toString());
        return new DaemonOptions(changed);
    }

    /** Returns these options without one. */
    public DaemonOptions without(String name) {
        Map<String, String> changed = new LinkedHashMap<>(values);
        changed.remove(name);
        return new DaemonOptions(changed);
    }

    /** Returns the value of a set option. */
    public String value(String name) {
        return values.get(name);
    }

    /** Returns the command line's arguments. */
    public List<String> arguments() {
        return values.entrySet().stream()
                .map(option -> "-" + option.getKey() + "=" + option.getValue())
                .toList();
    }
}
