"""The systems that are measured: how each is set up on the two hosts."""
import os
import pathlib
import re
import shutil

from lab import UNDERLAY_MTU, VETH, BenchError, run, wait_until

OVERLAY_A, OVERLAY_B = "10.77.1.1", "10.77.2.1"


class System:
    """An overlay network. A subclass sets it up and says between which addresses traffic is to be measured."""

    name = ""
    needs = ()  # commands

    def description(self):
        raise NotImplementedError

    def unavailable(self):
        """Why it cannot run here; empty if it can."""
        missing = [command for command in self.needs if not shutil.which(command)]
        return f"not installed: {', '.join(missing)}" if missing else ""

    def up(self, lab):
        """Starts it on both hosts and returns their overlay addresses."""
        raise NotImplementedError

    def down(self, lab):
        """Undoes what ending the daemons and removing the namespaces does not."""

    def daemon_pids(self, lab):
        return [process.pid for process in lab.daemons]


class Veth(System):
    name = "veth"

    def description(self):
        return f"no overlay: the veth pair between the namespaces, MTU {UNDERLAY_MTU}"

    def up(self, lab):
        return tuple(host.own for host in lab.hosts)


class Vxlan(System):
    name = "vxlan"
    macs = ("02:77:00:00:00:01", "02:77:00:00:00:02")

    def description(self):
        return (f"kernel VXLAN as flannel's vxlan backend sets it up: VNI 1, port 8472, no learning, "
                f"MTU {UNDERLAY_MTU - 50}, static forwarding entry, neighbour and route")

    def up(self, lab):
        addresses = ("10.77.1.0", "10.77.2.0")
        for index, host in enumerate(lab.hosts):
            own, peer = addresses[index], addresses[1 - index]
            own_mac, peer_mac = self.macs[index], self.macs[1 - index]
            host.ip("link", "add", "vx1", "address", own_mac, "mtu", UNDERLAY_MTU - 50, "type", "vxlan", "id", 1,
                    "local", host.own, "dev", VETH, "dstport", 8472, "nolearning")
            host.ip("addr", "add", f"{own}/32", "dev", "vx1")
            host.ip("link", "set", "vx1", "up")
            host.ip("neigh", "replace", peer, "lladdr", peer_mac, "dev", "vx1", "nud", "permanent")
            run("bridge", "-n", host.namespace, "fdb", "replace", peer_mac, "dev", "vx1", "dst", host.peer, "self",
                "permanent")
            host.ip("route", "replace", f"{peer}/24", "via", peer, "dev", "vx1", "onlink")
        return addresses


class CLoop(System):
    name = "cloop"

    def __init__(self, program):
        self.program = program

    def description(self):
        return (f"one read and one send a packet: bench/cloop.c, one thread, poll, no encryption, "
                f"TUN MTU {UNDERLAY_MTU - 28}")

    def unavailable(self):
        return "" if self.program and os.access(self.program, os.X_OK) else "bench/cloop.c is not compiled"

    def up(self, lab):
        for host, own in zip(lab.hosts, (OVERLAY_A, OVERLAY_B)):
            lab.start_daemon(host, "cloop", self.program, "cloop0", host.own, host.peer, 8285)
            host.wait_for_device("cloop0")
            host.ip("addr", "add", f"{own}/32", "dev", "cloop0")
            host.ip("link", "set", "cloop0", "mtu", UNDERLAY_MTU - 28, "up")
            host.ip("route", "add", "10.77.0.0/16", "dev", "cloop0")
        return OVERLAY_A, OVERLAY_B


class Rudder(System):
    """The daemon, one per host, and an etcd in host a, which is not counted as the daemon's CPU time or memory."""

    needs = ("etcd", "etcdctl")
    config = '{"Network":"10.77.0.0/16","Backend":{"Type":"udp"}}'

    def __init__(self, distribution, java_home="", java_options="", options=(), variant=""):
        self.name = f"rudder:{variant}" if variant else "rudder"
        self.distribution = pathlib.Path(distribution) if distribution else None
        self.java_home = java_home
        self.java_options = java_options
        self.options = tuple(options)

    def description(self):
        parts = [f"Java {self._java_version()}"]
        parts += [f"JVM options {self.java_options}"] if self.java_options else []
        parts += [f"options {' '.join(self.options)}"] if self.options else []
        return f"this daemon, {', '.join(parts)}; etcd in host a"

    def unavailable(self):
        if not self.distribution or not os.access(self.distribution / "bin/rudder", os.X_OK):
            return f"no distribution in {self.distribution}"
        return super().unavailable()

    def up(self, lab):
        a = lab.hosts[0]
        endpoint = f"http://{a.own}:2379"
        self._start_etcd(lab, a, endpoint)
        daemons = [self._start(lab, host, endpoint) for host in lab.hosts]
        for host, process in zip(lab.hosts, daemons):
            wait_until(f"rudder on host {host.letter}", lambda: self._is_ready(host, process), 30)
        return tuple(self._overlay_address(lab, host) for host in lab.hosts)

    @staticmethod
    def _start_etcd(lab, host, endpoint):
        peer_url = f"http://{host.own}:2380"
        host.start(
            "etcd", "etcd", "--name=bench", f"--data-dir={lab.folder}/etcd", "--log-level=error",
            f"--listen-client-urls={endpoint}", f"--advertise-client-urls={endpoint}",
            f"--listen-peer-urls={peer_url}", f"--initial-advertise-peer-urls={peer_url}",
            f"--initial-cluster=bench={peer_url}")
        etcdctl = ("env", "ETCDCTL_API=3", "etcdctl", f"--endpoints={endpoint}", "--command-timeout=3s")
        wait_until("etcd", lambda: host.succeeds(*etcdctl, "endpoint", "health"), 20)
        host.run(*etcdctl, "put", "/coreos.com/network/config", Rudder.config)

    def _start(self, lab, host, endpoint):
        folder = lab.folder / f"host-{host.letter}"
        folder.mkdir(exist_ok=True)
        environment = dict(os.environ, RUDDER_JAVA_OPTS=self.java_options)
        if self.java_home:
            environment["JAVA_HOME"] = self.java_home
        return lab.start_daemon(
            host, "rudder", self.distribution / "bin/rudder", f"-etcd-endpoint={endpoint}", f"-iface={VETH}",
            f"-run-dir={folder}", f"-state-dir={folder}", f"-subnet-file={folder}/subnet.env", *self.options,
            env=environment)

    @staticmethod
    def _is_ready(host, process):
        if process.poll() is not None:
            lines = host.log("rudder").strip().splitlines()
            raise BenchError(f"rudder ended: {lines[-1] if lines else 'no output'}")
        return re.search(r"\bready\b", host.log("rudder")) is not None

    @staticmethod
    def _overlay_address(lab, host):
        """A host's own overlay address is the network address of its subnet."""
        for line in (lab.folder / f"host-{host.letter}/subnet.env").read_text().splitlines():
            if line.startswith("RUDDER_SUBNET="):
                gateway = line.split("=")[1].split("/")[0]
                return gateway.rsplit(".", 1)[0] + ".0"
        raise BenchError("no RUDDER_SUBNET in the subnet file")

    def _java_version(self):
        java = pathlib.Path(self.java_home, "bin/java") if self.java_home else shutil.which("java")
        release = pathlib.Path(os.path.realpath(java or "/")).parent.parent / "release"
        lines = release.read_text().splitlines() if release.exists() else []
        return next((line.split('"')[1] for line in lines if line.startswith("JAVA_VERSION=")), "unknown")
