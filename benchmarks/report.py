"""The one table, in the terminal and in ``docs/benchmarks.md``, and its pictures."""

from __future__ import annotations

import platform
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from benchmarks.growth import Curve
from benchmarks.measure import Row
from benchmarks.through_sockets import Wire

BEGIN, END = "<!-- measured -->\n", "<!-- end of what was measured -->\n"
_MOST_CPU = {"fast": 0.5, "plain": 1.0}
"""Of ccxt's, by transport: the fast one, and what is there without its extra. httpx serves proxies
and recorders."""
_WIDEST = 2.0
"""Where longer bars of the picture end."""
_TITLES = ("what", "venue", "ours", "ccxt", "floor", "ours / ccxt", "aim", "spread")


@dataclass
class Line:
    """One line of the table."""

    what: str
    venue: str
    ours: str
    ccxt: str
    floor: str
    ratio: float
    aim: str
    spread: str = ""
    reached: bool | None = None

    def cells(self) -> tuple[str, ...]:
        mark = {True: "", False: " ✗", None: ""}[self.reached]
        ratio = f"{self.ratio:.2f}{mark}"
        return (
            self.what, self.venue, self.ours, self.ccxt, self.floor, ratio, self.aim, self.spread,
        )  # fmt: skip


@dataclass
class Report:
    """All that was measured in one run."""

    lines: list[Line] = field(default_factory=list)
    curves: list[Curve] = field(default_factory=list)

    def rows(self, rows: Iterable[Row]) -> None:
        """CPU of one, in microseconds."""
        for row in rows:
            aim = row.most
            self.lines.append(
                Line(
                    row.title if row.unit == "call" else f"{row.title}, {_one(row.unit)}",
                    row.venue,
                    f"{row.one('ours'):.2f} µs",
                    f"{row.one('ccxt'):.2f} µs",
                    f"{row.one('floor'):.2f} µs" if "floor" in row.rounds else "",
                    row.ratio,
                    "" if aim is None else f"{aim:g}",
                    f"{row.spread:.0%}",
                    None if aim is None else row.ratio <= aim,
                )
            )

    def wires(self, wires: Iterable[Wire]) -> None:
        """Latency where it is sync; CPU and requests a second where it is async."""
        for wire in wires:
            over = "TLS" if wire.tls else "plain"
            for who in wire.clients:
                if who in ("ccxt", "floor"):
                    continue
                if not wire.asked:
                    self._latency(wire, who, over)
                else:
                    self._at_once(wire, who, over)

    def _latency(self, wire: Wire, who: str, over: str) -> None:
        ratio = wire.wall_each(who) / wire.wall_each("ccxt")
        aim = None if who == "httpx" else 0.4
        self.lines.append(
            Line(
                f"{wire.title}, p50, {over}",
                who,
                f"{wire.wall_each(who):.0f} µs",
                f"{wire.wall_each('ccxt'):.0f} µs",
                f"{wire.wall_each('floor'):.0f} µs",
                ratio,
                "" if aim is None else f"{aim:g}",
                reached=None if aim is None else ratio <= aim,
            )
        )

    def _at_once(self, wire: Wire, who: str, over: str) -> None:
        cpu = wire.cpu_each(who) / wire.cpu_each("ccxt")
        most = _MOST_CPU.get(who)
        what = f"{wire.title}, {wire.asked} at once, {over}"
        self.lines.append(
            Line(
                f"{what}: CPU",
                who,
                f"{wire.cpu_each(who):.0f} µs",
                f"{wire.cpu_each('ccxt'):.0f} µs",
                "",
                cpu,
                "" if most is None else f"{most:g}",
                reached=None if most is None else cpu <= most,
            )
        )
        if wire.asked > 1:
            speed = wire.a_second(who) / wire.a_second("ccxt")
            self.lines.append(
                Line(
                    f"{what}: a second",
                    who,
                    f"{wire.a_second(who):.0f}",
                    f"{wire.a_second('ccxt'):.0f}",
                    "",
                    speed,
                    "≥ 2" if who == "fast" else "",
                    reached=speed >= 2 if who == "fast" else None,
                )
            )

    def line(
        self, what: str, ours: float, ccxt: float, unit: str, aim: float, venue: str = ""
    ) -> None:
        """One more comparison, lower is better."""
        ratio = ours / ccxt
        self.lines.append(
            Line(
                what,
                venue,
                f"{ours:.1f} {unit}",
                f"{ccxt:.1f} {unit}",
                "",
                ratio,
                f"{aim:g}",
                "",
                ratio <= aim,
            )
        )

    def table(self) -> str:
        """As Markdown."""
        rows = [_TITLES, tuple("---" for _ in _TITLES), *(line.cells() for line in self.lines)]
        return "".join(f"| {' | '.join(row)} |\n" for row in rows)

    def growth(self) -> str:
        """As Markdown."""
        if not self.curves:
            return ""
        rows: list[Sequence[str]] = [("what grows", "µs of CPU in all", "one more costs")]
        rows.append(("---", "---", "---"))
        for curve in self.curves:
            points = ", ".join(f"{count}: {cost:.0f}" for count, cost in curve.points)
            rows.append((f"{curve.title} ({curve.unit})", points, f"{curve.worst:.2f}"))
        return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _one(unit: str) -> str:
    return f"{'an' if unit[0] in 'aeiou' else 'a'} {unit}"


def machine() -> str:
    """One sentence: when, on what, with which versions."""
    parts = ", ".join(
        f"{name} {version(name)}" for name in ("exchangekit", "ccxt", "httpx", "msgspec")
    )
    return (
        f"Measured on {datetime.now(UTC):%Y-%m-%d}, {_processor()}, {platform.system()},"
        f" {platform.python_implementation()} {platform.python_version()}, with {parts}.\n"
    )


def _processor() -> str:
    try:
        told = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.machine()
    names = [line.partition(":")[2].strip() for line in told.splitlines() if "model name" in line]
    return f"{len(names)} cores of {names[0]}" if names else platform.machine()


def write(report: Report, page: Path) -> None:
    """Put what was measured into its place on the page."""
    text = page.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    told = f"{machine()}\n{report.table()}\n{report.growth()}"
    page.write_text(f"{before}{BEGIN}\n{told}\n{END}{after}", encoding="utf-8")


def draw(report: Report, folder: Path) -> None:
    """Bars of the ratios, and the curves."""
    import matplotlib as mpl

    mpl.use("svg")
    from matplotlib import pyplot as plt

    lines = [
        line
        for line in report.lines
        if line.venue != "httpx" and not line.what.endswith("a second")
    ]
    figure, axes = plt.subplots(figsize=(8, 0.2 * len(lines) + 1), layout="constrained")
    names = [f"{line.what} ({line.venue})" if line.venue else line.what for line in lines]
    colors = ["#e0a030" if line.ratio > 1 else "#00897b" for line in lines]
    bars = axes.barh(names, [line.ratio for line in lines], color=colors, height=0.7)
    for bar, line in zip(bars, lines, strict=True):
        place = min(line.ratio, _WIDEST) - (0.18 if line.ratio > _WIDEST else -0.02)
        middle = bar.get_y() + bar.get_height() / 2
        axes.text(place, middle, f"{line.ratio:.2f}", va="center", fontsize=7)
    axes.axvline(1, color="#c62828", linewidth=1)
    axes.set_xlim(0, _WIDEST)
    axes.set_xlabel("cost, ours / ccxt: left of the line is cheaper")
    axes.invert_yaxis()
    axes.tick_params(axis="y", labelsize=7)
    axes.margins(y=0.01)
    figure.savefig(folder / "benchmarks.svg")
    plt.close(figure)
    if not report.curves:
        return
    figure, each = plt.subplots(2, 4, figsize=(11, 5), layout="constrained")
    for curve, place in zip(report.curves, each.flat, strict=False):
        place.plot(*zip(*curve.points, strict=True), marker="o", color="#00897b")
        place.set(xscale="log", yscale="log", title=curve.title, xlabel=curve.unit, ylabel="µs")
        place.title.set_fontsize(9)
    for place in list(each.flat)[len(report.curves) :]:
        place.set_visible(False)
    figure.savefig(folder / "growth.svg")
    plt.close(figure)
