"""How wrong this machine's clock is, by the venue's. Pure: the samples are handed in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from exchangekit.doctor.findings import Line, Verdict
from exchangekit.doctor.moments import AHEAD_MS, span

BEHIND_MS = 5000
_RESOLUTION_MS = 1.0


@dataclass(frozen=True, slots=True)
class Reading:
    """One answer of the time endpoint: this machine's clock before and after it, and the venue's,
    all in ms since 1970."""

    before: float
    after: float
    venue: float

    @property
    def ahead(self) -> float:
        """How far this machine is ahead of the venue; negative when it is behind."""
        return (self.before + self.after) / 2 - self.venue

    @property
    def uncertainty(self) -> float:
        return (self.after - self.before) / 2 + _RESOLUTION_MS


def judge(readings: Sequence[Reading]) -> Line:
    """The line about the clock. The reading with the shortest round trip counts."""
    best = min(readings, key=lambda one: one.uncertainty)
    off, within = best.ahead, best.uncertainty
    where = "ahead of" if off > 0 else "behind"
    said = f"This machine's clock is {abs(off):.0f} ms {where} the venue's, ± {within:.0f} ms."
    if abs(off) >= 10_000:
        length = span(round(off / 1000) * 1000)
        said = f"This machine's clock is {length} {where} the venue's (± {within:.0f} ms)."
    advice = (
        "Set this machine's clock (NTP: timedatectl, chronyc). exchangekit keeps the venue's time"
        " and signs with it; other programs here sign with this clock and are refused."
    )
    # The likeliest value decides, not the kindest within the uncertainty.
    if off >= AHEAD_MS or -off >= BEHIND_MS:
        return Line("clock", Verdict.FAIL, said, advice)
    if abs(off) >= AHEAD_MS / 2:
        return Line("clock", Verdict.WARN, said, advice)
    return Line("clock", Verdict.PASS, said)
