"""What works on which venue, taken from what the adapters declare.

The table in the README is made here (``exchangekit venues --markdown``) and a test compares the
two, so it cannot promise more than the code.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from exchangekit.adapter.base import Adapter
from exchangekit.adapter.operations import EXCHANGE_OPERATIONS
from exchangekit.models.enums import TimeInForce, choices
from exchangekit.operations import missing
from exchangekit.operations.timeframes import advance
from exchangekit.plugins import Plugins

YES, NO = "yes", "–"
FENCES = {
    "rechecked": "yes: the deadline is checked again before matching",
    "gateway": "nearly: the deadline is checked on arrival only",
    "none": NO,
}
"""What "not found" is worth after the fence."""


def supported(adapter: Adapter, environment: str = "live") -> tuple[str, ...]:
    lacking = missing(adapter, environment, EXCHANGE_OPERATIONS)
    return tuple(name for name in EXCHANGE_OPERATIONS if name not in lacking)


def simulated_names(plugins: Plugins) -> frozenset[str] | None:
    """Venues that have a simulation, None where the extra `sim` is not installed."""
    from exchangekit.cli.simulate import missing_extra

    return None if missing_extra() else frozenset(plugins.simulated())


def support_rows(
    adapters: Iterable[Adapter], simulated: frozenset[str] | None
) -> list[tuple[str, ...]]:
    """A row a feature: its name, then a cell a venue."""
    venues = list(adapters)
    rows = [_row(f"`{name}`", venues, name) for name in EXCHANGE_OPERATIONS]
    rows += [_row(f"limit order, {tif}", venues, f"limit:{tif}") for tif in choices(TimeInForce)]
    rows.append(_row("market buy by amount", venues, "market:buy"))
    rows += [
        _row(f"`{name}` of all symbols at once", venues, f"all_symbols:{name}")
        for name in ("fetch_open_orders", "fetch_closed_orders", "fetch_my_trades")
    ]
    proof = (FENCES[one.capabilities.fence.kind] for one in venues)
    rows.append(("unknown orders can be resolved for certain", *proof))
    rows.append(("candles", *(" ".join(_timeframes(one)) for one in venues)))
    rows.append(("environments", *(", ".join(one.environments) for one in venues)))
    if simulated is not None:
        has = (YES if one.venue in simulated else NO for one in venues)
        rows.append(("simulated venue", *has))
    return rows


def _timeframes(adapter: Adapter) -> list[str]:
    """Shortest first."""
    start = datetime(2024, 1, 1, tzinfo=UTC)
    return sorted(adapter.capabilities.timeframes, key=lambda name: advance(start, name, 1))


def _row(title: str, adapters: list[Adapter], need: str) -> tuple[str, ...]:
    return (title, *(_cell(adapter, need) for adapter in adapters))


def _cell(adapter: Adapter, need: str) -> str:
    lacking = [place for place in adapter.environments if missing(adapter, place, (need,))]
    if not lacking:
        return YES
    if len(lacking) == len(adapter.environments):
        return NO
    return f"{YES}, not in {', '.join(lacking)}"


def markdown(plugins: Plugins) -> str:
    """The table as Markdown, a column a venue."""
    adapters = [plugins.adapter(venue) for venue in sorted(plugins.venues)]
    head = ("", *(adapter.title for adapter in adapters))
    rows = [head, ("---",) * len(head), *support_rows(adapters, simulated_names(plugins))]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)
