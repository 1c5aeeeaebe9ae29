"""The tables of the failover: what moves an order on, what is a sign of illness, what follows,
and how long it takes to prove that an order does not exist."""

from __future__ import annotations

from datetime import timedelta

from exchangekit.adapter.base import Fence
from exchangekit.failover.circuits import RULES as CIRCUITS
from exchangekit.failover.circuits import State, Then
from exchangekit.failover.moving import RULES as MOVES
from exchangekit.failover.signs import MEANINGS, Sign
from exchangekit.options import Chosen
from exchangekit.plugins import Plugins
from kitdocs.errors import anchor

ORDER_WINDOW: int = Chosen.__dataclass_fields__["order_window"].default
"""What `connect` takes where nobody says otherwise, in ms."""
_STATES = {
    State.CLOSED: "healthy (closed)",
    State.OPEN: "passed over (open)",
    State.HALF_OPEN: "one tries (half open)",
}


def moves() -> str:
    """What moves an order on: the first row that fits decides."""
    rows = [
        (_link(rule.error), "**to the next venue**" if rule.moves else "stays", rule.why)
        for rule in MOVES
    ]
    return _table(("The error", "The order", "Because"), rows)


def signs() -> str:
    """What each error says of a venue's health: the first row that fits decides."""
    rows = [(_link(row.error), row.case, str(row.sign)) for row in MEANINGS]
    return _table(("Error", "Which", "Sign"), rows)


def circuits() -> str:
    """What follows each sign, in each state."""
    rows = [
        (str(sign), *(_then(CIRCUITS[state, sign].fresh) for state in _STATES)) for sign in Sign
    ]
    return _table(("Sign", *_STATES.values()), rows)


def waits(found: Plugins) -> str:
    """How long it takes until an order that may exist is proven not to, venue by venue."""
    window = timedelta(milliseconds=ORDER_WINDOW)
    rows = []
    for name in sorted(found.venues):
        adapter = found.adapter(name)
        fence = adapter.capabilities.fence
        rows.append(
            (
                adapter.title,
                f"`{fence.kind}`",
                _seconds(window),
                _seconds(fence.margin),
                "never" if fence.kind == "none" else _seconds(window + longest_wait(fence)),
            )
        )
    return _table(("Venue", "Proof", "Window", "Margin", "Proven after"), rows)


def longest_wait(fence: Fence) -> timedelta:
    """From the end of the window to the proof."""
    return fence.margin if fence.kind == "rechecked" else 2 * fence.margin


def _seconds(span: timedelta) -> str:
    return f"{span.total_seconds():g} s"


def _then(then: Then) -> str:
    return "–" if then is Then.NOTHING else str(then)


def _link(kind: type) -> str:
    return f"[`{kind.__name__}`](reference/errors.md#{anchor(kind)})"


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
