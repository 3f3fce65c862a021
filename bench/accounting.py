"""Who used how much of the machine: CPU time and memory, from /proc (proc(5))."""
import os
import pathlib
import threading

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
KERNEL_THREAD = 0x00200000  # PF_KTHREAD of linux/sched.h


def cpu_seconds(pids):
    """User and system time of processes, all their threads included."""
    return sum(_ticks(_stat(pid)) for pid in pids) / TICKS_PER_SECOND


def resident_mib(pids):
    """The largest resident set among processes."""
    return max((_resident_kib(pid) for pid in pids), default=0) / 1024


def with_descendants(pids):
    result = list(pids)
    for pid in result:
        try:
            for children in pathlib.Path(f"/proc/{pid}/task").glob("*/children"):
                result += [int(child) for child in children.read_text().split() if int(child) not in result]
        except OSError:
            continue
    return result


class Machine:
    """CPU seconds of the whole machine since it started: busy, stolen by other virtual machines, and in all."""

    def __init__(self):
        ticks = pathlib.Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]
        user, nice, system, idle, iowait, irq, softirq, steal = (int(value) / TICKS_PER_SECOND for value in ticks)
        self.busy = user + nice + system + irq + softirq
        self.steal = steal
        self.total = self.busy + idle + iowait + steal

    def busy_percent_since(self, earlier):
        return 100 * (self.busy - earlier.busy) / max(self.total - earlier.total, 1e-9)

    def stolen_percent_since(self, earlier):
        return 100 * (self.steal - earlier.steal) / max(self.total - earlier.total, 1e-9)


class Others(threading.Thread):
    """Adds up, while it runs, the CPU time of all processes that have nothing to do with the measurement."""

    def __init__(self, namespaces):
        super().__init__(daemon=True)
        self._namespaces = {os.stat(f"/run/netns/{name}").st_ino for name in namespaces}
        self._ended = threading.Event()
        self._ticks_of = {}
        self._used = 0
        self._look()
        self._used = 0

    def run(self):
        while not self._ended.wait(1):
            self._look()

    def stop(self):
        """Returns the CPU seconds that others have used."""
        self._ended.set()
        self.join()
        self._look()
        return self._used / TICKS_PER_SECOND

    def _look(self):
        now = {}
        for name in os.listdir("/proc"):
            if name.isdigit():
                self._look_at(int(name), now)
        self._ticks_of = now

    def _look_at(self, pid, now):
        fields = _stat(pid)
        if not fields or pid == os.getpid() or int(fields[6]) & KERNEL_THREAD:
            return
        try:
            if os.stat(f"/proc/{pid}/ns/net").st_ino in self._namespaces:
                return
        except OSError:
            return
        key = (pid, fields[19])  # with its start time, for ids are used again
        now[key] = _ticks(fields)
        self._used += max(0, now[key] - self._ticks_of.get(key, 0))


def _stat(pid):
    """The fields of /proc/PID/stat that follow the command's name, or nothing if the process is gone."""
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return []


def _ticks(fields):
    return int(fields[11]) + int(fields[12]) if fields else 0


def _resident_kib(pid):
    try:
        for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1])
    except OSError:
        pass
    return 0
