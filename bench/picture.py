"""A picture of the ratios to kernel VXLAN: horizontal bars, one group a measurement, longer is better."""
from html import escape

ROWS = (  # key, title, whether less is better
    ("tcp1_ab", "TCP, 1 stream", False),
    ("tcp4_cubic", "TCP, 4 streams (CUBIC)", False),
    ("udp1400_mbps", "UDP 1400 bytes, received", False),
    ("udp64_pps", "UDP 64 bytes, received", False),
    ("rtt_p50_us", "round trip, speed", True),
    ("mach_s_GB", "data per CPU second", True),
)
NOT_DRAWN = ("veth", "vxlan")
NAMES = {"cloop": "one read, one send (C)"}
WIDTH, LEFT, RIGHT, TOP, BOTTOM = 860, 200, 200, 64, 34
BAR, GAP, GROUP_GAP = 13, 2, 16
MAX_RATIO = 1.6  # a longer bar is cut off and marked

STYLE = """
  svg { font: 12px system-ui, sans-serif; }
  text { paint-order: stroke; stroke: #ffffff; stroke-width: 4px; stroke-linejoin: round; }
  .card { fill: #ffffff; } .text { fill: #1f2328; } .faint { fill: #59636e; } .grid { stroke: #d1d9e0; }
  .one { stroke: #59636e; } .rudder { fill: #0969da; } .cloop { fill: #bc4c00; } .peer { fill: #9198a1; }
  @media (prefers-color-scheme: dark) {
    text { stroke: #0d1117; }
    .card { fill: #0d1117; } .text { fill: #f0f6fc; } .faint { fill: #9198a1; } .grid { stroke: #3d444d; }
    .one { stroke: #9198a1; } .rudder { fill: #4493f8; } .cloop { fill: #f0883e; } .peer { fill: #656c76; }
  }
"""


def draw(results, mode="on"):
    mode = mode if mode in results.modes() else results.modes()[0]
    systems = [system for system in results.systems(mode) if system not in NOT_DRAWN]
    systems.sort(key=lambda system: -(results.median(mode, system, "tcp1_ab") or 0))
    groups = [(title, ratios(results, mode, systems, key, inverse)) for key, title, inverse in ROWS]
    groups = [(title, bars) for title, bars in groups if bars]
    height = TOP + sum(len(bars) * (BAR + GAP) + GROUP_GAP for _, bars in groups) + BOTTOM
    parts = [heading(results, mode), grid(height)]
    y = TOP
    for title, bars in groups:
        parts.append(group(title, bars, y))
        y += len(bars) * (BAR + GAP) + GROUP_GAP
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" '
            f'height="{height}" role="img" aria-label="Ratios to kernel VXLAN">\n<style>{STYLE}</style>\n'
            f'<rect class="card" width="{WIDTH}" height="{height}" rx="8"/>\n' + "\n".join(parts) + "\n</svg>\n")


def ratios(results, mode, systems, key, inverse):
    """Pairs of system and ratio; turned round where less is better, so that more is always better."""
    pairs = ((system, results.ratio(mode, system, "vxlan", key)) for system in systems)
    return [(system, 1 / ratio if inverse else ratio) for system, ratio in pairs if ratio]


def heading(results, mode):
    count = len(results.rounds(mode, "vxlan"))
    rounds = f"{count} round{'' if count == 1 else 's'}"
    return (text(LEFT, 24, "User-space overlays beside kernel VXLAN", "text", weight="600", size=15)
            + text(LEFT, 42, f"ratio to VXLAN in the same run, median of {rounds}; longer is better"
                   + ("" if mode == "on" else "; no segmentation offload in the underlay"), "faint"))


def grid(height):
    lines = []
    for tenths in range(0, int(MAX_RATIO * 10) + 1, 2):
        x = position(tenths / 10)
        is_one = tenths == 10
        lines.append(f'<line class="{"one" if is_one else "grid"}" x1="{x}" x2="{x}" y1="{TOP - 8}" '
                     f'y2="{height - BOTTOM}" stroke-width="{2 if is_one else 1}"/>')
        label = "VXLAN = 1" if is_one else f"{tenths / 10:g}"
        lines.append(text(x, height - BOTTOM + 18, label, "text" if is_one else "faint", anchor="middle"))
    return "\n".join(lines)


def group(title, bars, top):
    middle = top + len(bars) * (BAR + GAP) / 2 + 4
    parts = [text(LEFT - 12, middle, title, "text", anchor="end", weight="600")]
    for index, (system, ratio) in enumerate(bars):
        y = top + index * (BAR + GAP)
        end = position(min(ratio, MAX_RATIO))
        kind = system.split(":")[0] if system.split(":")[0] in ("rudder", "cloop") else "peer"
        parts.append(f'<rect class="{kind}" x="{LEFT}" y="{y}" width="{max(1, round(end - LEFT, 1))}" height="{BAR}" '
                     'rx="2"/>')
        more = " »" if ratio > MAX_RATIO else ""
        label = f"{NAMES.get(system, system)}  {ratio:.2f}{more}"
        parts.append(text(end + 6, y + BAR - 3, label, "text" if kind == "rudder" else "faint",
                          weight="600" if kind == "rudder" else "400"))
    return "\n".join(parts)


def position(ratio):
    return round(LEFT + (WIDTH - LEFT - RIGHT) * ratio / MAX_RATIO, 1)


def text(x, y, content, css_class, anchor="start", weight="400", size=12):
    return (f'<text class="{css_class}" x="{x}" y="{round(y, 1)}" text-anchor="{anchor}" font-weight="{weight}" '
            f'font-size="{size}">{escape(content)}</text>')
