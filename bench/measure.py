"""What is measured of one system that is up, between the overlay addresses of hosts a and b.

tcp1_ab, tcp1_ba, tcp4_ab   iperf3, received Mbit/s, one stream each way and four, with the machine's congestion control
tcp1_bbr, tcp4_cubic, ...   the same from a to b with a certain congestion control
udp1400_mbps, udp64_pps     iperf3, the sender as fast as it can: what is received; ..._loss: the percentage lost
ndr1400_mbps, ndr64_pps     the best rate found at which at most 1 % is lost
rtt_p50_us, rtt_p99_us      sockperf ping-pong over UDP, 64 bytes, the full round trip
ping_p50_us, ping_p99_us    ping on an idle overlay
ping_load_p50_us, ..._p99   ping from a to b while one TCP stream fills the same way
cps                         TCP connections opened and closed, one after the other, per second
cpu_s_GB, mach_s_GB         CPU seconds per GB in tcp1_ab: of the daemons of both hosts, of the whole machine
cpu_us_pkt                  CPU microseconds of the daemons per 64-byte packet received at ndr64_pps
rss_mb                      resident memory of the largest daemon after all that, in MiB
"""
import dataclasses
import json
import pathlib
import re
import subprocess
import sys
import time

from accounting import Machine, cpu_seconds, resident_mib, with_descendants
from lab import BenchError, stop

IPERF_PORT, SOCKPERF_PORT, CONNECTIONS_PORT = 5201, 11111, 5202
CONGESTION_CONTROLS = ("bbr", "cubic")
ACCEPTED_LOSS_PERCENT = 1


@dataclasses.dataclass(frozen=True)
class Effort:
    """How long each measurement takes, in seconds, and how many probes search for the lossless rate."""

    tcp: int = 3
    udp: int = 2
    warm_up: int = 5
    probes: int = 4
    others: int = 1


QUICK = Effort(tcp=1, udp=1, warm_up=0, probes=0, others=1)


@dataclasses.dataclass(frozen=True)
class UdpResult:
    received_per_second: float
    sent_per_second: float
    loss_percent: float
    daemon_seconds_per_packet: float


class Measurement:
    """One pass over everything. Keeps what worked if something else did not; 'problems' says what and why."""

    def __init__(self, lab, daemon_pids, effort, known_rates):
        self.a, self.b = lab.hosts
        self.from_address, self.to_address = lab.overlay
        self.daemon_pids = with_descendants(daemon_pids)
        self.effort = effort
        self.known_rates = known_rates  # of earlier rounds, by payload size: where to begin the search
        self.metrics = {}
        self.problems = []

    def run(self):
        self._try(self._warm_up)
        self._try(self._tcp_with_cpu)
        self._try(self._tcp, "tcp1_ba", "-R")
        self._try(self._tcp, "tcp4_ab", "-P", "4")
        self._try(self._tcp_by_congestion_control)
        self._try(self._ping_under_load)
        self._try(self._udp, 1400)
        self._try(self._udp, 64)
        self._try(self._round_trip)
        self._try(self._ping_idle)
        self._try(self._connections)
        if self.daemon_pids:
            self.metrics["rss_mb"] = round(resident_mib(self.daemon_pids), 1)
        return self.metrics

    def _try(self, measure, *arguments):
        try:
            measure(*arguments)
        except (BenchError, subprocess.SubprocessError, OSError, ValueError, KeyError) as failure:
            name = " ".join([measure.__name__.strip("_"), *map(str, arguments)])
            self.problems.append(f"{name}: {type(failure).__name__} {str(failure)[:200]}")

    # ---- TCP

    def _warm_up(self):
        """Lets runtimes compile what they run: daemons live for months."""
        self.a.run("ping", "-n", "-q", "-i", "0.01", "-c", "30", self.to_address, check=False)
        if self.effort.warm_up:
            self._iperf(self.effort.warm_up)

    def _tcp_with_cpu(self):
        machine, daemons = Machine(), cpu_seconds(self.daemon_pids)
        gigabytes = self._tcp("tcp1_ab")
        if gigabytes > 0:
            self.metrics["mach_s_GB"] = round((Machine().busy - machine.busy) / gigabytes, 3)
            if self.daemon_pids:
                self.metrics["cpu_s_GB"] = round((cpu_seconds(self.daemon_pids) - daemons) / gigabytes, 3)

    def _tcp(self, key, *options):
        """Returns the gigabytes moved."""
        end = self._iperf(self.effort.tcp, *options)["end"]
        self.metrics[key] = round(end["sum_received"]["bits_per_second"] / 1e6)
        sent = end.get("sum_sent", {})
        if "retransmits" in sent:
            self.metrics[key + "_retr"] = round(sent["retransmits"] / max(sent["seconds"], 1e-9))
        return end["sum_received"]["bytes"] / 1e9

    def _tcp_by_congestion_control(self):
        default = self._sysctl("net/ipv4/tcp_congestion_control")
        available = self._sysctl("net/ipv4/tcp_available_congestion_control").split()
        for name in CONGESTION_CONTROLS:
            if name == default:
                for streams in ("tcp1", "tcp4"):
                    if f"{streams}_ab" in self.metrics:
                        self.metrics[f"{streams}_{name}"] = self.metrics[f"{streams}_ab"]
            elif name not in available:
                self.problems.append(f"this kernel has no congestion control {name}")
            else:
                self._try(self._tcp, f"tcp1_{name}", "-C", name)
                self._try(self._tcp, f"tcp4_{name}", "-P", "4", "-C", name)

    def _sysctl(self, path):
        return self.a.run("cat", f"/proc/sys/{path}").strip()

    # ---- UDP

    def _udp(self, length):
        flood = self._flood(length)
        rate_key, in_unit = ("udp64_pps", round) if length == 64 else ("udp1400_mbps", self._mbps)
        self.metrics[rate_key] = in_unit(flood.received_per_second)
        self.metrics[f"udp{length}_loss"] = round(flood.loss_percent, 1)
        if not self.effort.probes:
            return
        best, sender_limited = self._search_lossless(length, flood)
        if best is None:
            return
        self.known_rates[length] = best.received_per_second
        self.metrics[rate_key.replace("udp", "ndr")] = in_unit(best.received_per_second)
        self.metrics[f"ndr{length}_limit"] = "load generator" if sender_limited else "system"
        if length == 64 and self.daemon_pids:
            self.metrics["cpu_us_pkt"] = round(best.daemon_seconds_per_packet * 1e6, 2)

    @staticmethod
    def _mbps(packets_per_second):
        return round(packets_per_second * 1400 * 8 / 1e6)

    def _flood(self, length):
        try:
            return self._send_udp(length, 0, self.effort.udp)
        except (BenchError, ValueError):
            return self._send_udp(length, 0, self.effort.udp)  # the flood can starve iperf3's own control connection

    def _search_lossless(self, length, flood):
        """Halves the gap between a rate that passes and one that does not. Returns the best, and what limited it."""
        if flood.loss_percent <= ACCEPTED_LOSS_PERCENT:
            return flood, True
        best, sender_limited, passes, fails = None, False, 0, 0
        rate = self.known_rates.get(length, flood.received_per_second * 1.3)
        for _ in range(self.effort.probes):
            try:
                probe = self._send_udp(length, rate, 1)
            except (BenchError, ValueError):
                fails, rate = rate, rate * 0.6
                continue
            sender_lags = probe.sent_per_second < 0.93 * rate
            if probe.loss_percent <= ACCEPTED_LOSS_PERCENT:
                if best is None or probe.received_per_second > best.received_per_second:
                    best, sender_limited = probe, sender_lags
                if sender_lags:
                    break
                passes = rate
            else:
                fails = probe.sent_per_second if sender_lags else rate
            if passes and fails and fails - passes < passes / 25:
                break
            rate = (passes + fails) / 2 if passes and fails else rate * 1.5 if passes else fails * 0.6
        return best, sender_limited

    def _send_udp(self, length, packets_per_second, seconds):
        daemons = cpu_seconds(self.daemon_pids)
        report = self._iperf(
            seconds, "-u", "-l", str(length), "-b", str(int(packets_per_second * length * 8)),
            "-w", str(socket_buffer_bytes()), "--pacing-timer", "100", "--get-server-output")
        daemons = cpu_seconds(self.daemon_pids) - daemons
        server = report.get("server_output_json")
        if not server:
            raise BenchError("iperf3: no report of the server")
        sent, sent_seconds = self._sum_intervals(report, length)
        # The receiver's bytes: the packets of its summary are sequence numbers.
        received, received_seconds = self._sum_intervals(server, length)
        if sent <= 0 or received <= 0:
            raise BenchError("iperf3: no datagram arrived")
        return UdpResult(
            received / max(sent_seconds, received_seconds), sent / sent_seconds,
            max(0.0, 100 * (1 - received / sent)), daemons / received)

    @staticmethod
    def _sum_intervals(report, length):
        sums = [interval["sum"] for interval in report["intervals"]]
        return sum(s["bytes"] for s in sums) / length, sum(s["seconds"] for s in sums)

    # ---- iperf3

    def _iperf(self, seconds, *options):
        with self._server("iperf3-server", "tcp", IPERF_PORT, "iperf3", "-s", "-1", "-J", "-p", IPERF_PORT,
                          "-B", self.to_address):
            output = self.a.run(*self._iperf_client(seconds, *options), check=False, timeout=seconds + 8)
        return self._read_iperf(output)

    def _iperf_client(self, seconds, *options):
        return ("iperf3", "-c", self.to_address, "-B", self.from_address, "-p", IPERF_PORT, "-t", seconds, "-J",
                "--connect-timeout", 2000, *options)

    @staticmethod
    def _read_iperf(output):
        report = json.loads(output)
        if report.get("error"):
            raise BenchError(f"iperf3: {report['error']}")
        return report

    # ---- round trips and connections

    def _round_trip(self):
        with self._server("sockperf-server", "udp", SOCKPERF_PORT, "sockperf", "server", "-i", self.to_address,
                          "-p", SOCKPERF_PORT):
            output = self.a.run(
                "sockperf", "ping-pong", "-i", self.to_address, "-p", SOCKPERF_PORT, "--client_ip", self.from_address,
                "-t", self.effort.others, "--msg-size", 64, "--full-rtt", timeout=self.effort.others + 10)
        for percentile, key in (("50.000", "rtt_p50_us"), ("99.000", "rtt_p99_us")):
            value = re.search(rf"percentile\s+{re.escape(percentile)}\s*=\s*([0-9.]+)", output)
            if not value:
                raise BenchError("sockperf: no percentiles in its output")
            self.metrics[key] = round(float(value.group(1)), 1)

    def _ping_idle(self):
        self._ping("ping", "-i", "0.002", "-c", "400")

    def _ping_under_load(self):
        seconds = self.effort.tcp
        with self._server("iperf3-server", "tcp", IPERF_PORT, "iperf3", "-s", "-1", "-J", "-p", IPERF_PORT,
                          "-B", self.to_address):
            load = self.a.start("iperf3-load", *self._iperf_client(seconds))
            try:
                time.sleep(0.3)  # the stream gets going
                self._ping("ping_load", "-i", "0.004", "-w", str(seconds))
            finally:
                load.wait(seconds + 8)
        self._read_iperf(self.a.log("iperf3-load"))

    def _ping(self, key, *options):
        output = self.a.run("ping", "-n", "-I", self.from_address, *options, self.to_address, check=False)
        times = sorted(float(value) for value in re.findall(r"time=([0-9.]+) ms", output))
        if not times:
            raise BenchError("ping: no reply")
        self.metrics[key + "_p50_us"] = round(1000 * times[len(times) // 2])
        self.metrics[key + "_p99_us"] = round(1000 * times[min(len(times) - 1, int(0.99 * len(times)))])
        loss = re.search(r"([0-9.]+)% packet loss", output)
        self.metrics[key + "_loss"] = float(loss.group(1))

    def _connections(self):
        script = (sys.executable, pathlib.Path(__file__).with_name("connections.py"))
        with self._server("connections-server", "tcp", CONNECTIONS_PORT, *script, "serve", self.to_address,
                          CONNECTIONS_PORT):
            self.metrics["cps"] = int(
                self.a.run(*script, "connect", self.to_address, CONNECTIONS_PORT, self.effort.others))

    def _server(self, name, protocol, port, *command):
        return Server(self.b, name, protocol, port, command)


class Server:
    """A server in host b for the time of one measurement."""

    def __init__(self, host, name, protocol, port, command):
        self.process = host.start(name, *command)
        try:
            host.wait_for_port(protocol, port)
        except BenchError:
            stop([self.process])
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        stop([self.process])


def socket_buffer_bytes():
    """2 MiB, or as much as the kernel allows: iperf3 gives up if it does not get what it asks for."""
    limits = (int(pathlib.Path(f"/proc/sys/net/core/{name}_max").read_text()) for name in ("rmem", "wmem"))
    return min(2 << 20, *limits)
