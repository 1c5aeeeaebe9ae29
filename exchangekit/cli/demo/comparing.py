"""What a strategy believes, put beside what a ledger holds. Decides nothing by tolerance: two
numbers are the same or they differ."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from exchangekit.cli.demo.ledger import HeldOrder
from exchangekit.cli.demo.signal_strategy import Report
from exchangekit.models.markets import Markets
from exchangekit.models.numbers import pretty

NO_ORDER = "no order"
# The ledger's words for how an order stands, in the kit's.
_STATUS = {"open": "open", "filled": "closed", "canceled": "canceled", "expired": "expired"}


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that the strategy believes and what the ledger says of it."""

    what: str
    believed: str
    held: str
    note: str = ""

    @property
    def same(self) -> bool:
        return self.believed == self.held


@dataclass(frozen=True, slots=True)
class Comparison:
    """One run of the strategy on one venue."""

    venue: str
    variant: str
    seconds: float
    orders: tuple[Line, ...]
    balances: tuple[Line, ...]

    @property
    def same(self) -> bool:
        return all(line.same for line in (*self.orders, *self.balances))

    @property
    def placed(self) -> int:
        return sum(line.held != NO_ORDER for line in self.orders)

    @property
    def traded(self) -> bool:
        """Whether anything changed hands: two empty hands are alike and prove nothing."""
        return bool(self.balances)


def compare_orders(
    reports: Iterable[Report], held: Mapping[str, HeldOrder], markets: Markets
) -> tuple[Line, ...]:
    """A line a signal, and one for every order in the ledger that the strategy does not know."""
    left = dict(held)
    lines = []
    names = set()
    for report in reports:
        order = report.order
        found = left.pop(order.id, None) if order is not None and order.id is not None else None
        what = f"{report.signal.side} {report.signal.symbol}"
        if found is not None and found.name is not None:
            names.add(found.name)
        held_text = NO_ORDER if found is None else _held(found, markets, _by_its_word(report))
        lines.append(Line(what, _believed(report), held_text, _note(report)))
    for order_left in left.values():
        what = f"{order_left.side} {markets.symbol_of(order_left.symbol)}"
        note = "PLACED TWICE" if order_left.name in names else "unknown to the strategy"
        lines.append(Line(what, NO_ORDER, _held(order_left, markets), note))
    return tuple(lines)


def compare_balances(
    reports: Iterable[Report], before: Mapping[str, Decimal], after: Mapping[str, Decimal]
) -> tuple[Line, ...]:
    """A line for each asset that changed or should have."""
    expected: dict[str, Decimal] = {}
    for report in reports:
        for asset, change in report.changes.items():
            expected[asset] = expected.get(asset, Decimal(0)) + change
    lines = []
    for asset in sorted({*expected, *before, *after}):
        change = after.get(asset, Decimal(0)) - before.get(asset, Decimal(0))
        if change or expected.get(asset):
            lines.append(Line(asset, _signed(expected.get(asset, Decimal(0))), _signed(change)))
    return tuple(lines)


def _believed(report: Report) -> str:
    order = report.order
    if order is None:
        return NO_ORDER if report.verdict in ("skipped", "refused", "never placed") else "unknown"
    side = order.side or report.signal.side
    return _told(order.symbol, side, report.verdict, report.filled, report.cost, report.fees)


def _by_its_word(report: Report) -> Mapping[str, str]:
    """A market buy by cost buys whole steps. When it is done, venues have two words for it, since
    something of the cost is left: filled, and canceled."""
    by_cost = report.signal.cost is not None and report.verdict == "canceled"
    return _STATUS | {"filled": "canceled"} if by_cost else _STATUS


def _held(order: HeldOrder, markets: Markets, words: Mapping[str, str] = _STATUS) -> str:
    status = words.get(order.status, order.status)
    symbol = markets.symbol_of(order.symbol)
    return _told(symbol, order.side, status, order.filled, order.cost, order.fees)


def _told(
    symbol: str,
    side: str,
    status: str,
    filled: Decimal,
    cost: Decimal,
    fees: Mapping[str, Decimal],
) -> str:
    base, _, quote = symbol.partition("/")
    if not filled:
        return f"{status}, {side} no {base}"
    parts = [f"{status}, {side} {pretty(filled)} {base} for {pretty(cost)} {quote}"]
    parts += [f"fee {pretty(cost)} {asset}" for asset, cost in sorted(fees.items()) if cost]
    return ", ".join(parts)


def _note(report: Report) -> str:
    return report.reason if report.order is None or "lost" in report.reason else ""


def _signed(change: Decimal) -> str:
    return f"{'+' if change >= 0 else '-'}{pretty(abs(change))}"
