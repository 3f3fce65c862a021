"""Two hosts on one machine: network namespaces joined by a veth pair, with no way out, and the processes in them."""
import os
import pathlib
import signal
import subprocess
import time

NAMESPACES = ("rudder-bench-a", "rudder-bench-b")
UNDERLAY = ("198.51.100.1", "198.51.100.2")
VETH = "veth0"  # its name in both namespaces
UNDERLAY_MTU = 1500

# Every kind of segmentation offload, those of tunnels included. Checksums stay offloaded, as on nearly any NIC.
SEGMENTATION_OFFLOADS = (
    "tso", "gso", "gro", "tx-udp-segmentation", "tx-udp_tnl-segmentation", "tx-udp_tnl-csum-segmentation",
    "tx-gre-segmentation", "tx-gre-csum-segmentation", "tx-ipxip4-segmentation", "tx-ipxip6-segmentation",
    "tx-gso-list",
)


class BenchError(Exception):
    """A measurement or a system that did not work; the text says why."""


def run(*command, check=True, timeout=30):
    """Runs a command to its end and returns what it printed."""
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=timeout)
    if check and done.returncode != 0:
        raise BenchError(f"{' '.join(command)}: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


def succeeds(*command):
    try:
        return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=5).returncode == 0
    except subprocess.TimeoutExpired:
        return False


def wait_until(what, condition, seconds=10):
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise BenchError(f"{what}: not within {seconds} s")
        time.sleep(0.05)


class Host:
    """One namespace. 'own' is its underlay address, 'peer' that of the other host."""

    def __init__(self, index, folder):
        self.letter = "ab"[index]
        self.namespace = NAMESPACES[index]
        self.own = UNDERLAY[index]
        self.peer = UNDERLAY[1 - index]
        self.folder = folder

    def command(self, *command):
        return ("ip", "netns", "exec", self.namespace, *map(str, command))

    def run(self, *command, check=True, timeout=30):
        return run(*self.command(*command), check=check, timeout=timeout)

    def succeeds(self, *command):
        return succeeds(*self.command(*command))

    def ip(self, *arguments):
        return run("ip", "-n", self.namespace, *map(str, arguments))

    def start(self, name, *command, env=None):
        """Starts a process in the background; its output goes to NAME-HOST.log."""
        with open(self.folder / f"{name}-{self.letter}.log", "a") as log:
            return subprocess.Popen(
                self.command(*command), stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=env, text=True)

    def log(self, name):
        path = self.folder / f"{name}-{self.letter}.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def wait_for_device(self, device, seconds=10):
        wait_until(f"device {device} on host {self.letter}",
                   lambda: succeeds("ip", "-n", self.namespace, "link", "show", "dev", device), seconds)

    def wait_for_port(self, protocol, port):
        flag = "-Hltn" if protocol == "tcp" else "-Hlun"
        wait_until(f"{protocol} port {port} on host {self.letter}",
                   lambda: self.run("ss", flag, f"sport = :{port}").strip(), 5)

    def pids(self):
        return [int(pid) for pid in run("ip", "netns", "pids", self.namespace, check=False).split()]


class Lab:
    """The two hosts, for the time of one round; a context manager, which leaves nothing behind."""

    def __init__(self, folder: pathlib.Path, underlay_offload: bool):
        self.folder = folder
        self.underlay_offload = underlay_offload
        self.hosts = tuple(Host(index, folder) for index in (0, 1))
        self.daemons = []  # the overlay's own processes: their CPU time and memory are counted
        self.overlay = None  # the two addresses between which traffic is measured

    def start_daemon(self, host, name, *command, env=None):
        process = host.start(name, *command, env=env)
        self.daemons.append(process)
        return process

    def __enter__(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        remove_namespaces()
        for host in self.hosts:
            self._make(host)
        a, b = self.hosts
        a.ip("link", "add", VETH, "mtu", UNDERLAY_MTU, "type", "veth", "peer", "name", VETH, "netns", b.namespace)
        for host in self.hosts:
            host.ip("link", "set", VETH, "mtu", UNDERLAY_MTU)
            host.ip("addr", "add", f"{host.own}/24", "dev", VETH)
            if not self.underlay_offload:
                host.run("ethtool", "-K", VETH, *(word for name in SEGMENTATION_OFFLOADS for word in (name, "off")))
            host.ip("link", "set", VETH, "up")
        return self

    @staticmethod
    def _make(host):
        run("ip", "netns", "add", host.namespace)
        host.ip("link", "set", "lo", "up")
        # No router solicitations in the middle of a measurement; no reverse path filter between overlay and underlay.
        for setting, value in (("ipv6/conf/{}/disable_ipv6", 1), ("ipv4/conf/{}/rp_filter", 0)):
            for interface in ("all", "default"):
                path = "/proc/sys/net/" + setting.format(interface)
                host.run("sh", "-c", f"[ ! -e {path} ] || echo {value} >{path}")

    def __exit__(self, *_):
        stop(self.daemons)
        remove_namespaces()


def stop(processes, seconds=3):
    """Ends processes that this program started: politely, then by force."""
    for process in processes:
        if process.poll() is None:
            process.terminate()
    deadline = time.monotonic() + seconds
    for process in processes:
        try:
            process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def remove_namespaces():
    """Ends whatever runs inside the two namespaces, which are ours alone, and removes them."""
    for index in (0, 1):
        host = Host(index, None)
        if not pathlib.Path("/run/netns", host.namespace).exists():
            continue
        for signal_number in (signal.SIGTERM, signal.SIGKILL):
            _end_processes(host, signal_number)
        run("ip", "netns", "del", host.namespace, check=False)


def _end_processes(host, signal_number):
    for pid in host.pids():
        try:
            os.kill(pid, signal_number)
        except ProcessLookupError:
            pass
    deadline = time.monotonic() + 2
    while host.pids() and time.monotonic() < deadline:
        time.sleep(0.05)
