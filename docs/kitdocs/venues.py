"""A page for each installed venue, made from what its adapter declares."""

from __future__ import annotations

from collections.abc import Sequence

from exchangekit.adapter import Adapter, PassphrasePrehash, Shape
from exchangekit.cli.support import NO, YES, markdown, support_rows
from exchangekit.models.enums import OrderType, TimeInForce
from exchangekit.plugins import Plugins


def what_works_where(plugins: Plugins) -> str:
    """The table of the README."""
    return markdown(plugins)


def pages(plugins: Plugins) -> dict[str, str]:
    """Venue name -> its page."""
    simulated = frozenset(plugins.simulated())
    return {name: page(plugins.adapter(name), simulated) for name in sorted(plugins.venues)}


def page(adapter: Adapter, simulated: frozenset[str]) -> str:
    """All that an adapter declares of its venue."""
    title, can = adapter.title, adapter.capabilities
    parts = [
        f"# {title}",
        f"{title} spot. This page is made from what the adapter declares: it cannot promise more"
        f" than the code does. The venue's own documentation: <{adapter.docs}>.",
        f"```sh\npip install exchangekit exchangekit-{adapter.venue}\n```",
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
        f"What the codes of {title} become. Where a code means several things, the venue's message"
        " decides, from top to bottom. A code that is not here becomes `VenueError`, never a"
        " guess.",
        _codes(adapter),
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
    how = "a text of time, method, target and body, with a passphrase"
    if not isinstance(adapter.signer, PassphrasePrehash):
        how = "the query, sorted by key"
    shape = adapter.key_shape
    looks = f" Its keys look like this: {shape.description}." if isinstance(shape, Shape) else ""
    return (
        f"{', '.join(names)}.{looks} What is signed: {how}. See [signing](../signing.md) and"
        " [credentials](../credentials.md)."
    )


def _orders(adapter: Adapter) -> str:
    can = adapter.capabilities
    kinds = [
        (f"limit, `{tif}`", _yes((OrderType.LIMIT, tif) in can.limit_orders)) for tif in TimeInForce
    ]
    kinds += [
        ("market, by amount", _yes(can.market_orders)),
        ("market buy, by cost", _yes(can.buy_with_cost)),
        ("unknown outcomes can be resolved for certain", _yes(can.fence)),
        ("client order ids", f"`{_cell(can.client_order_id.pattern)}`"),
    ]
    return _table(("", ""), kinds)


def _codes(adapter: Adapter) -> str:
    rows = []
    for code, meanings in adapter.errors.codes.items():
        for pattern, kind in meanings:
            when = f"message has `{_cell(pattern.pattern)}`" if pattern.pattern else ""
            if not when and len(meanings) > 1:
                when = "otherwise"
            proof = "unknown whether it happened" if code in adapter.errors.unknown else ""
            said = "; ".join(part for part in (when, proof) if part)
            link = f"[`{kind.__name__}`](../reference/errors.md#{kind.__module__}.{kind.__name__})"
            rows.append((f"`{code}`", link, said))
    for pattern, kind in adapter.errors.messages:
        link = f"[`{kind.__name__}`](../reference/errors.md#{kind.__module__}.{kind.__name__})"
        rows.append(("any other", link, f"message has `{_cell(pattern.pattern)}`"))
    return _table(("Code", "Becomes", "When"), rows)


def _yes(fact: bool) -> str:
    return YES if fact else NO


def _cell(text: str) -> str:
    """Text that a cell of a table can hold: a bar would end the cell."""
    return text.replace("|", "\\|")


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
