"""Tables of medians and ratios, and how the goals stand, as Markdown."""
import dataclasses

from results import OTHERS_PERCENT, STOLEN_PERCENT


@dataclasses.dataclass(frozen=True)
class Row:
    key: str
    title: str
    digits: int = 0
    less_is_better: bool = False
    has_ratio: bool = True


ROWS = (
    Row("tcp1_ab", "TCP, 1 stream, Mbit/s"),
    Row("tcp1_ba", "TCP, 1 stream back, Mbit/s"),
    Row("tcp4_ab", "TCP, 4 streams, Mbit/s"),
    Row("tcp1_bbr", "TCP, 1 stream, BBR, Mbit/s"),
    Row("tcp1_cubic", "TCP, 1 stream, CUBIC, Mbit/s"),
    Row("tcp4_bbr", "TCP, 4 streams, BBR, Mbit/s"),
    Row("tcp4_cubic", "TCP, 4 streams, CUBIC, Mbit/s"),
    Row("tcp1_ab_retr", "retransmits/s, 1 stream", has_ratio=False),
    Row("udp1400_mbps", "UDP 1400 flood, received, Mbit/s"),
    Row("udp1400_loss", "lost, %", 1, has_ratio=False),
    Row("ndr1400_mbps", "UDP 1400 at <= 1 % loss, Mbit/s"),
    Row("udp64_pps", "UDP 64 flood, received, packets/s"),
    Row("udp64_loss", "lost, %", 1, has_ratio=False),
    Row("ndr64_pps", "UDP 64 at <= 1 % loss, packets/s"),
    Row("rtt_p50_us", "UDP round trip p50, us", 1, True),
    Row("rtt_p99_us", "UDP round trip p99, us", 1, True),
    Row("ping_p50_us", "ping p50, us", 0, True),
    Row("ping_p99_us", "ping p99, us", 0, True),
    Row("ping_load_p50_us", "ping beside a TCP stream, p50, us", 0, True),
    Row("ping_load_p99_us", "ping beside a TCP stream, p99, us", 0, True),
    Row("cps", "TCP connections/s"),
    Row("cpu_s_GB", "daemons' CPU, s/GB", 2, True),
    Row("mach_s_GB", "machine's CPU, s/GB", 2, True),
    Row("cpu_us_pkt", "daemons' CPU per 64-byte packet, us", 2, True),
    Row("rss_mb", "resident memory, MiB", 1, True),
    Row("bg_pct", "CPU used by others, %", has_ratio=False),
    Row("steal_pct", "CPU stolen, %", 1, has_ratio=False),
)


@dataclasses.dataclass(frozen=True)
class Goal:
    """A bound on a ratio to another system, or on the value itself if there is none."""

    title: str
    mode: str
    key: str
    reference: str
    bound: float
    at_most: bool = False


GOALS = (
    Goal("TCP, 1 stream", "on", "tcp1_ab", "vxlan", 0.8),
    Goal("TCP, 1 stream", "on", "tcp1_ab", "cloop", 9),
    Goal("TCP, 4 streams, CUBIC", "on", "tcp4_cubic", "vxlan", 0.75),
    Goal("UDP 64, received", "on", "udp64_pps", "vxlan", 1.3),
    Goal("UDP round trip p50", "on", "rtt_p50_us", "vxlan", 1.3, True),
    Goal("machine's CPU per GB", "on", "mach_s_GB", "vxlan", 1.8, True),
    Goal("ping p99 beside a TCP stream, us", "on", "ping_load_p99_us", "", 2000, True),
    Goal("TCP, 1 stream, no underlay offload", "off", "tcp1_ab", "cloop", 3),
)


def write(results, stream):
    for run in results.runs:
        stream.write(f"`{run['command']}`, {run['time']}, commit {run['commit']}; {run['machine']}; "
                     f"Linux {run['kernel']}; iperf3 {run['tools']}\n\n")
        stream.write("Where no congestion control is named it is the machine's default, "
                     f"{run['congestion_control']}.\n\n")
        for name, description in run["systems"].items():
            stream.write(f"- **{name}**: {description}\n")
        stream.write("\n")
    for mode in results.modes():
        write_mode(results, mode, stream)
    write_goals(results, stream)


def write_mode(results, mode, stream):
    systems = results.systems(mode)
    if systems:
        stream.write(f"### Segmentation offload of the underlay {mode}: medians of {count_rounds(results, mode)} "
                     "rounds (min-max)\n\n")
        table(stream, ["", *systems], [
            [row.title, *(medians(results, mode, system, row) for system in systems)]
            for row in ROWS if any(results.values(mode, system, row.key) for system in systems)])
        for reference in ("vxlan", "cloop"):
            if reference in systems:
                write_ratios(results, mode, reference, stream)
    notes = list(results.problems(mode))
    disturbed = ", ".join(f"{results.disturbed(mode, system)} of {system}" for system in systems
                          if results.disturbed(mode, system))
    if disturbed:
        notes.append(f"disturbed rounds, in which others used more than {OTHERS_PERCENT} % of the CPU or more than "
                     f"{STOLEN_PERCENT} % was stolen, left out where there are better ones: {disturbed}")
    if any(is_limited(results, mode, system, row) for system in systems for row in ROWS):
        notes.insert(0, "\\* the load generator was the limit in at least one round")
    stream.write("".join(f"- {note}\n" for note in notes) + "\n")


def count_rounds(results, mode):
    counts = sorted({len(results.rounds(mode, system)) for system in results.systems(mode)})
    return f"{counts[0]}" if len(counts) == 1 else f"{counts[0]} to {counts[-1]}"


def medians(results, mode, system, row):
    values = results.values(mode, system, row.key)
    if not values:
        return "-"
    text = f"{results.median(mode, system, row.key):.{row.digits}f}"
    if len(values) > 1:
        text += f" ({min(values):.{row.digits}f}-{max(values):.{row.digits}f})"
    return text + (" \\*" if is_limited(results, mode, system, row) else "")


def is_limited(results, mode, system, row):
    note = {"ndr1400_mbps": "ndr1400_limit", "ndr64_pps": "ndr64_limit"}.get(row.key)
    return any(metrics.get(note) == "load generator" for metrics in results.rounds(mode, system))


def write_ratios(results, mode, reference, stream):
    stream.write(f"#### Ratios to {reference}\n\n")
    systems = results.systems(mode)
    lines = []
    for row in ROWS:
        if row.has_ratio and results.median(mode, reference, row.key):
            ratios = (results.ratio(mode, system, reference, row.key) for system in systems)
            title = row.title + (" (less is better)" if row.less_is_better else "")
            lines.append([title, *("-" if ratio is None else f"{ratio:.2f}" for ratio in ratios)])
    table(stream, ["", *systems], lines)


def write_goals(results, stream):
    systems = sorted({system for mode in results.modes() for system in results.systems(mode)
                      if system.split(":")[0] == "rudder"})
    if systems:
        stream.write("### Goals\n\n")
        table(stream, ["", "wanted", *systems], [
            [goal.title, wanted(goal), *(judge(results, goal, system) for system in systems)] for goal in GOALS])


def wanted(goal):
    reference = f" of {goal.reference}" if goal.reference else ""
    return f"{'at most' if goal.at_most else 'at least'} {goal.bound:g}{reference}"


def judge(results, goal, system):
    if goal.reference:
        value, digits = results.ratio(goal.mode, system, goal.reference, goal.key), 2
    else:
        value, digits = results.median(goal.mode, system, goal.key), 0
    if value is None:
        return "not measured"
    passed = value <= goal.bound if goal.at_most else value >= goal.bound
    return f"{value:.{digits}f} {'pass' if passed else '**below**'}"


def table(stream, head, lines):
    stream.write(f"| {' | '.join(head)} |\n|{' --- |' + ' ---: |' * (len(head) - 1)}\n")
    for line in lines:
        stream.write(f"| {' | '.join(line)} |\n")
    stream.write("\n")
