"""bin/bench: measures overlay networks side by side, in alternating rounds, between two namespaces of this machine."""
import argparse
import datetime
import json
import os
import pathlib
import platform
import shlex
import shutil
import signal
import subprocess
import sys
import time

import peers
import picture
import report
from accounting import TICKS_PER_SECOND, Machine, Others
from lab import NAMESPACES, BenchError, Lab, remove_namespaces, wait_until
from measure import QUICK, Effort, Measurement
from results import Results, is_disturbed
from systems import CLoop, Rudder, Veth, Vxlan

ROOT = pathlib.Path(__file__).resolve().parent.parent
IDLE_PERCENT, IDLE_SECONDS = 10, 15


def main():
    options = read_options()
    if options.report:
        publish(options, options.report, sys.stdout)
        return 0
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    systems = choose_systems(options)
    if options.list:
        for system in systems:
            print(f"{system.name}: {system.unavailable() or system.description()}")
        return 0
    bench = Bench(options, systems)
    status = 0
    try:
        bench.run_rounds()
    except KeyboardInterrupt:
        print("\ninterrupted; this is what there is so far", file=sys.stderr)
        status = 130
    finally:
        remove_namespaces()
    with open(bench.results.with_suffix(".md"), "w") as file:
        publish(options, [bench.results], Tee(file, sys.stdout))
    print(f"results: {bench.results}, the tables beside it; bin/bench --report FILE... prints them again")
    return status or (0 if bench.all_measured() else 1)


def read_options():
    parser = argparse.ArgumentParser(prog="bin/bench", description=__doc__.split(": ", 1)[1], epilog="""
        A variant is written NAME=WORDS, for example --variant 'jdk25=java=/path/to/jdk25' or
        --variant 'plain=-offload=off': words with java=HOME, jvm=OPTION and dist=FOLDER choose the Java runtime, an option
        for it and another built distribution, all others are options of the daemon. Root is needed. What is measured is told
        in bench/measure.py.""")
    add = parser.add_argument
    add("--systems", metavar="NAME,...", help="only these; by default veth, vxlan, cloop and rudder")
    add("--peers", action="store_true", help="also nebula, wireguard-go, tinc, openvpn, vtun and n2n, from Debian")
    add("--rounds", type=int, metavar="N", help="rounds, A B C A B C ... (3)")
    add("--seconds", type=int, metavar="S", help="of each TCP measurement (3)")
    add("--quick", action="store_true", help="one short round, to see whether everything works")
    add("--no-underlay-offload", action="store_true",
        help="every packet on the wire is at most an MTU: TSO, GSO and GRO of the veth pair are off")
    add("--java", metavar="HOME", default="", help="the Java runtime for rudder (JAVA_HOME or the one in the path)")
    add("--java-options", metavar="OPTIONS", default=os.environ.get("RUDDER_JAVA_OPTS", ""),
        help="for rudder's Java runtime (RUDDER_JAVA_OPTS)")
    add("--rudder-options", metavar="OPTIONS", default="", help="more options for both daemons")
    add("--variant", metavar="NAME=WORDS", action="append", default=[],
        help="also rudder set up differently, as rudder:NAME")
    add("--out", metavar="DIR", type=pathlib.Path, default=ROOT / "bench-results", help="where results go")
    add("--picture", metavar="FILE", type=pathlib.Path, help="draws the ratios to VXLAN (SVG)")
    add("--list", action="store_true", help="prints the systems and whether they can run here")
    add("--report", metavar="FILE", nargs="+", type=pathlib.Path,
        help="measures nothing; prints results of earlier runs")
    add("--distribution", type=pathlib.Path, help=argparse.SUPPRESS)
    add("--cloop", type=pathlib.Path, help=argparse.SUPPRESS)
    return parser.parse_args()


def choose_systems(options):
    words = shlex.split(options.rudder_options)
    known = [Veth(), Vxlan(), CLoop(options.cloop),
             Rudder(options.distribution, options.java, options.java_options, words)]
    wanted = options.systems.split(",") if options.systems else [system.name for system in known]
    variants = [variant(options, words, text) for text in options.variant]
    wanted += [system.name for system in variants]
    known += variants + [peer() for peer in peers.ALL]
    if options.peers:
        wanted += [peer.name for peer in peers.ALL if peer.name not in wanted]
    by_name = {system.name: system for system in known}
    unknown = [name for name in wanted if name not in by_name]
    if unknown:
        sys.exit(f"bench: no such system: {', '.join(unknown)}; there are {', '.join(by_name)}")
    return [by_name[name] for name in wanted]


def variant(options, common, text):
    name, separator, rest = text.partition("=")
    if not separator:
        sys.exit(f"bench: --variant {text}: expected NAME=WORDS")
    java, jvm, distribution, own = options.java, [options.java_options], options.distribution, []
    for word in shlex.split(rest):
        key, _, value = word.partition("=")
        if key == "java":
            java = value
        elif key == "jvm":
            jvm.append(value)
        elif key == "dist":
            distribution = value
        else:
            own.append(word)
    return Rudder(distribution, java, " ".join(filter(None, jvm)), common + own, name)


def publish(options, files, stream):
    results = Results.read(files)
    report.write(results, stream)
    if options.picture and results.modes():
        options.picture.parent.mkdir(parents=True, exist_ok=True)
        options.picture.write_text(picture.draw(results))
        print(f"picture: {options.picture}", file=sys.stderr)


class Tee:
    def __init__(self, *streams):
        self.streams = streams

    def write(self, text):
        for stream in self.streams:
            stream.write(text)


class Bench:
    """The rounds of one run. Each line of the results is one round of one system, the first one tells of the run."""

    def __init__(self, options, systems):
        self.systems = systems
        self.mode = "off" if options.no_underlay_offload else "on"
        self.effort = QUICK if options.quick else Effort()
        if options.seconds:
            self.effort = Effort(tcp=options.seconds, udp=self.effort.udp, warm_up=self.effort.warm_up,
                                 probes=self.effort.probes, others=self.effort.others)
        self.rounds = options.rounds or (1 if options.quick else 3)
        self.extra_rounds = 0 if options.quick else 2
        self.idle_seconds = 0 if options.quick else IDLE_SECONDS
        name = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ-offload-") + self.mode
        self.results = options.out.resolve() / f"{name}.jsonl"
        self.folder = self.results.with_suffix("")
        self.folder.mkdir(parents=True)
        self.known_rates = {system.name: {} for system in systems}
        self.good_rounds = {system.name: 0 for system in systems}
        self.given_up = set()
        self._note(self._about_this_run())

    def run_rounds(self):
        """Also some extra rounds for systems of which a round was disturbed by other work on the machine."""
        for number in range(1, self.rounds + self.extra_rounds + 1):
            for system in self.systems:
                if system.name not in self.given_up and self.good_rounds[system.name] < self.rounds:
                    self._run_round(number, system)

    def all_measured(self):
        return not self.given_up

    def _run_round(self, number, system):
        started = time.monotonic()
        print(f"round {number}  {system.name:14} ", end="", flush=True)
        record = {"record": "round", "mode": self.mode, "round": number, "system": system.name, "metrics": {}}
        reason = system.unavailable()
        if reason:
            record.update(status="skipped", problems=[reason])
        else:
            self._measure(number, system, record)
        self._note(record)
        self._judge(number, system, record)
        print(f"{self._summary(record)}  ({time.monotonic() - started:.0f} s)", flush=True)

    def _measure(self, number, system, record):
        others_before = self._wait_for_idle_machine()
        lab = Lab(self.folder / f"{system.name}.{number}".replace(":", "-"), self.mode == "on")
        try:
            with lab:
                try:
                    metrics, problems = self._measure_in(lab, system)
                finally:
                    system.down(lab)
        except (BenchError, subprocess.SubprocessError, OSError) as failure:
            record.update(status="failed", problems=[str(failure)[:300]])
            return
        metrics["bg_pct"] = round(max(others_before, metrics["bg_pct"], self._busy_percent()))
        record.update(status="ok" if metrics.get("tcp1_ab") else "failed", metrics=metrics, problems=problems)

    def _measure_in(self, lab, system):
        lab.overlay = system.up(lab)
        a = lab.hosts[0]
        wait_until("ping over the overlay", lambda: a.succeeds("ping", "-n", "-c", "1", "-W", "1", lab.overlay[1]), 20)
        measurement = Measurement(lab, system.daemon_pids(lab), self.effort, self.known_rates[system.name])
        others, before = Others(NAMESPACES), Machine()
        others.start()
        metrics = measurement.run()
        others_seconds, after = others.stop(), Machine()
        metrics["bg_pct"] = 100 * others_seconds / max(after.total - before.total, 1e-9)
        metrics["steal_pct"] = round(after.stolen_percent_since(before), 1)
        return metrics, measurement.problems

    def _wait_for_idle_machine(self):
        deadline = time.monotonic() + self.idle_seconds
        while True:
            busy = self._busy_percent()
            if busy < IDLE_PERCENT or time.monotonic() >= deadline:
                return busy

    def _busy_percent(self):
        before = Machine()
        time.sleep(0.8)
        return Machine().busy_percent_since(before)

    def _judge(self, number, system, record):
        if record["status"] == "ok":
            self.good_rounds[system.name] += not is_disturbed(record["metrics"])
        elif record["status"] == "skipped" or number >= 2 or self.rounds == 1:
            self.given_up.add(system.name)

    @staticmethod
    def _summary(record):
        metrics = record["metrics"]
        if record["status"] != "ok":
            return f"{record['status']}: {'; '.join(record['problems'])}"
        text = (f"tcp1 {metrics.get('tcp1_ab', '?')} Mbit/s, udp64 {metrics.get('udp64_pps', '?')}/s, "
                f"rtt {metrics.get('rtt_p50_us', '?')} us, others {metrics['bg_pct']} %")
        return text + "".join(f"\n  {problem}" for problem in record["problems"])

    def _about_this_run(self):
        cpu_lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
        models = (line.split(":", 1)[1].strip() for line in cpu_lines if line.startswith("model name"))
        machine = next(models, platform.machine())
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 30
        return {
            "record": "run", "mode": self.mode, "command": " ".join(["bin/bench", *shown_arguments()]),
            "time": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
            "machine": f"{os.cpu_count()} cores, {machine}, {memory} GiB, {TICKS_PER_SECOND} ticks/s",
            "kernel": platform.release(), "tools": shutil.which("iperf3") and peers.version_of("iperf3", "--version"),
            "congestion_control": pathlib.Path("/proc/sys/net/ipv4/tcp_congestion_control").read_text().strip(),
            "commit": commit(),
            "systems": {system.name: system.description() for system in self.systems if not system.unavailable()},
        }

    def _note(self, record):
        with open(self.results, "a") as file:
            file.write(json.dumps(record) + "\n")


def shown_arguments():
    hidden = ("--distribution", "--cloop")
    return [shlex.quote(word) for word in sys.argv[1:] if not word.startswith(hidden)]


def commit():
    done = subprocess.run(["git", "-C", str(ROOT), "describe", "--always", "--dirty"], capture_output=True, text=True)
    return done.stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
