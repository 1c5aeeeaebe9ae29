"""A page for each installed venue, made from what its adapter declares."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import timedelta

from exchangekit.adapter import Adapter, Shape
from exchangekit.cli.support import FENCES, NO, YES, markdown, support_rows
from exchangekit.errors import ExchangeError
from exchangekit.models.enums import OrderType, TimeInForce, choices
from exchangekit.plugins import Plugins
from kitdocs.errors import anchor, tree


def what_works_where(plugins: Plugins) -> str:
    """The table of the README."""
    return markdown(plugins)


def pages(plugins: Plugins) -> dict[str, str]:
    """Venue name -> its page."""
    simulated = frozenset(plugins.simulated())
    return {
        name: page(plugins.adapter(name), plugins.package(name), simulated)
        for name in sorted(plugins.venues)
    }


def page(adapter: Adapter, package: str, simulated: frozenset[str]) -> str:
    """All that an adapter declares of its venue, which `package` brings."""
    title, can = adapter.title, adapter.capabilities
    parts = [
        f"# {title}",
        f"{title} spot. This page is made from what the adapter declares: it cannot promise more"
        f" than the code does. The venue's own documentation: <{adapter.docs}>.",
        f"```sh\npip install exchangekit {package}\n```",
        "## Where",
        _table(
            ("Environment", "Address"),
            [(f"`{name}`", f"`{place.base_url}`") for name, place in adapter.environments.items()],
        ),
        "A simulated venue in its dialect: " + _yes(adapter.venue in simulated) + ".",
        "## Keys",
        _keys(adapter),
        "## Operations",
        _operations(adapter, simulated),
        "## Limits of one call",
        _table(
            ("", "At most"),
            [
                ("candles in one request", str(can.candles_per_call)),
                ("levels of the order book", str(can.book_depths[-1])),
                ("public trades", str(can.trades_per_call)),
                ("own fills in one request", str(can.my_trades_per_call)),
                ("closed orders in one request", str(can.orders_per_call)),
            ],
        ),
        "More candles, fills and closed orders are fetched in as many requests as it takes, when"
        " `since` is given.",
        "## Orders",
        _orders(adapter),
        "## Error codes",
        f"What the codes of {title} become. A code that is not here becomes `VenueError`, never a"
        " guess.",
        _codes(adapter),
        _unclear(adapter),
        _after_an_order(adapter),
        _hints(adapter),
    ]
    return "\n\n".join(parts) + "\n"


def _operations(adapter: Adapter, simulated: frozenset[str]) -> str:
    """What is not there or not the same everywhere; the table of all venues has the rest."""
    rows = [(name, cell) for name, cell in support_rows([adapter], simulated) if cell != YES]
    told = {"environments", "simulated venue"}
    return (
        "Every [operation](../reference/operations.md) and every kind of order works, but for what"
        " this table says. [What works where](index.md) has all of it, venue beside venue.\n\n"
    ) + _table(("", adapter.title), [row for row in rows if row[0] not in told])


def _keys(adapter: Adapter) -> str:
    start = f"EXCHANGEKIT_{adapter.venue.upper()}_"
    names = [f"`{start}API_KEY`", f"`{start}API_SECRET`"]
    if adapter.signer.needs_passphrase:
        names.append(f"`{start}PASSPHRASE`")
    shape, scheme = adapter.key_shape, adapter.signer.scheme
    methods = " or ".join(scheme.method_of(kind) for kind in scheme.kinds)
    looks = f" Its keys look like this: {shape.description}." if isinstance(shape, Shape) else ""
    return (
        f"{', '.join(names)}.{looks} What is signed: {scheme.words}, with {methods}."
        " See [signing](../signing.md) and [credentials](../credentials.md)."
    )


def _orders(adapter: Adapter) -> str:
    can = adapter.capabilities
    kinds = [
        (f"limit, `{tif}`", _yes((OrderType.LIMIT, tif) in can.limit_orders))
        for tif in choices(TimeInForce)
    ]
    kinds += [
        ("market sell, by amount", _yes(can.market_orders)),
        ("market buy, by amount", _yes(can.market_orders and can.buy_with_amount)),
        ("market buy, by cost", _yes(can.buy_with_cost)),
        ("unknown outcomes can be resolved for certain", FENCES[can.fence.kind]),
        ("dead man's switch", _switch(adapter)),
        ("client order ids", f"`{_cell(can.client_order_id.pattern)}`"),
        ("an order is found by its client order id", _memory(can.found_by_name)),
    ]
    return _table(("", ""), kinds)


def _memory(span: timedelta | None) -> str:
    if span is None:
        return "no end is documented"
    return f"for {span.total_seconds() / 3600:g} hours; later by the venue's own id only"


def _switch(adapter: Adapter) -> str:
    if "cancel_all_after" not in adapter.operations():
        return NO
    fewest, most = adapter.capabilities.countdown
    return f"{fewest} to {most} seconds"


def _codes(adapter: Adapter) -> str:
    """The codes that mean one thing, by what they mean."""
    found: dict[type[ExchangeError], list[str]] = {}
    for code, meanings in adapter.errors.codes.items():
        if len(meanings) == 1 and not meanings[0][0].pattern:
            found.setdefault(meanings[0][1], []).append(f"`{code}`")
    order = [kind for _, kind in tree()]
    rows = [(_link(kind), " ".join(found[kind])) for kind in sorted(found, key=order.index)]
    return _cards(("Error", "Codes"), rows)


def _unclear(adapter: Adapter) -> str:
    """The codes that mean several things, told apart by the venue's message."""
    rows = []
    for code, meanings in adapter.errors.codes.items():
        if len(meanings) > 1 or meanings[0][0].pattern:
            rows.append((f"`{code}`", _readings(meanings)))
    if adapter.errors.messages:
        rows.append(("any other", _readings(adapter.errors.messages)))
    if not rows:
        return ""
    said = "These codes mean several things. The venue's message decides, tried in this order:\n\n"
    return said + _cards(("Code", "Becomes"), rows)


def _readings(meanings: Sequence[tuple[re.Pattern[str], type[ExchangeError]]]) -> str:
    said = []
    for pattern, kind in meanings:
        words = " or ".join(f"`{word}`" for word in pattern.pattern.split("|"))
        said.append(f"{_link(kind)} {f'if it says {words}' if pattern.pattern else 'otherwise'}")
    return ", ".join(said)


def _hints(adapter: Adapter) -> str:
    """What the errors say beside the venue's own words."""
    hints: dict[str, list[str]] = {}
    for code, hint in adapter.errors.hints.items():
        hints.setdefault(hint, []).append(f"`{code}`")
    rows = [(" ".join(codes), _cell(hint)) for hint, codes in hints.items()]
    return _cards(("Code", "What to do"), rows) if rows else ""


def _after_an_order(adapter: Adapter) -> str:
    unknown, refused = adapter.errors.unknown, adapter.errors.refused
    said = ""
    if unknown:
        said += f"After {_several(unknown)} it is unknown whether an order exists. "
    if refused:
        said += (
            f"{_several(refused)} proves that it does not, although the HTTP status leaves it open."
        )
    return said


def _several(codes: Iterable[str]) -> str:
    return ", ".join(f"`{code}`" for code in sorted(codes))


def _link(kind: type[ExchangeError]) -> str:
    return f"[`{kind.__name__}`](../reference/errors.md#{anchor(kind)})"


def _cards(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    return f'<div class="cards" markdown>\n\n{_table(head, rows)}\n\n</div>'


def _yes(fact: bool) -> str:
    return YES if fact else NO


def _cell(text: str) -> str:
    """Text that a cell of a table can hold: a bar would end the cell."""
    return text.replace("|", "\\|")


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
