"""`exchangekit markets`: what trades on a venue, and which numbers its filters accept."""

from __future__ import annotations

from decimal import Decimal
from difflib import get_close_matches
from typing import Annotated

import typer

from exchangekit.cli.failures import Failure
from exchangekit.cli.options import (
    Account,
    AsJson,
    BaseUrl,
    Environment,
    InsecureHttp,
    Venue,
    Where,
)
from exchangekit.cli.output import show_facts, show_json, show_line, show_table, table, words
from exchangekit.cli.progress import waiting
from exchangekit.models.enums import OrderType, choices
from exchangekit.models.market import Market
from exchangekit.models.markets import Markets
from exchangekit.models.numbers import WIDE

Wanted = Annotated[
    str | None,
    typer.Argument(help="All filters of one market, such as BTC/USDT.", show_default=False),
]
Quote = Annotated[
    str | None,
    typer.Option("--quote", "-q", help="Only those priced in this, such as USDT."),
]


def markets(
    venue: Venue,
    symbol: Wanted = None,
    quote: Quote = None,
    every: Annotated[bool, typer.Option("--all", help="Also those that do not trade now.")] = False,
    environment: Environment = "live",
    base_url: BaseUrl = None,
    account: Account = None,
    insecure_http: InsecureHttp = False,
    json: AsJson = False,
) -> None:
    """The markets of a venue with their filters, or all about one of them."""
    if symbol is not None and quote is not None:
        raise Failure("Expected either a symbol or --quote, not both.")
    with (
        Where(venue, environment, base_url, account, insecure_http).open() as exchange,
        waiting(f"Asking {venue} for its markets …", quiet=json),
    ):
        found = exchange.load_markets()
    if symbol is not None:
        _show_one(_one(found, symbol, venue), json)
        return
    chosen = _chosen(found, quote, every, venue)
    if json:
        skipped = [{"id": one.id, "reason": one.reason} for one in found.skipped]
        show_json({"markets": chosen, "skipped": skipped})
        return
    headings = ["symbol", "price step", "amount step", "least amount", "least cost", "trades"]
    rows = (
        (one.symbol, one.price_step, one.amount_step, one.min_amount, one.min_cost, _trades(one))
        for one in chosen
    )
    show_table(table(headings, right=headings[1:-1]), rows, empty="No market trades now.")
    for left in found.skipped:
        show_line(f"{left.id}: left out, it cannot be read: {left.reason}", "yellow")


def _one(found: Markets, symbol: str, venue: str) -> Market:
    market = found.get(symbol)
    if market is not None:
        return market
    by_id = found.by_id.get(symbol)
    near = [by_id.symbol] if by_id else get_close_matches(symbol[:40].upper(), found.symbols(), n=3)
    advice = f"did you mean {' or '.join(near)}?" if near else _all_of(venue)
    raise Failure(f"{venue} has no market {symbol!r}: {advice}")


def _chosen(found: Markets, quote: str | None, every: bool, venue: str) -> list[Market]:
    """By name. Raises Failure for a quote that nothing is priced in."""
    known = sorted({one.quote for one in found.by_symbol.values()})
    if quote is not None and quote.upper() not in known:
        near = get_close_matches(quote[:40].upper(), known, n=3)
        advice = f"did you mean {' or '.join(near)}?" if near else _all_of(venue)
        raise Failure(f"{venue} prices nothing in {quote!r}: {advice}")
    return [
        one
        for _, one in sorted(found.by_symbol.items())
        if (every or one.active) and quote in (None, one.quote, one.quote.lower())
    ]


def _all_of(venue: str) -> str:
    return f"`exchangekit markets {venue}` lists them all."


def _trades(one: Market) -> str:
    if not one.active:
        return "no" if one.through_api else "not through the API"
    return (
        "yes" if one.order_types >= set(choices(OrderType)) else ", ".join(sorted(one.order_types))
    )


def _show_one(one: Market, json: bool) -> None:
    if json:
        show_json(one)
        return
    base, quote = one.base, one.quote
    show_facts(
        [
            ("symbol", one.symbol),
            ("the venue's name", one.id),
            ("trades now", "yes" if one.active else _trades(one)),
            ("order types", ", ".join(sorted(one.order_types)) or "none"),
            ("market buy by cost", "yes" if one.buy_with_cost else "no"),
            (f"price step, {quote}", one.price_step),
            (f"price, {quote}", _range(one.min_price, one.max_price)),
            (f"amount step, {base}", one.amount_step),
            (f"amount, {base}", _range(one.min_amount, one.max_amount)),
            (f"cost, {quote}", _range(one.min_cost, one.max_cost)),
            (f"cost step, {quote}", one.cost_step),
            (f"at market: amount step, {base}", one.market_amount_step),
            (f"at market: amount, {base}", _range(one.market_min_amount, one.market_max_amount)),
            (f"at market: cost, {quote}", _range(one.market_min_cost, one.market_max_cost)),
            ("public fee, maker", percent(one.maker)),
            ("public fee, taker", percent(one.taker)),
        ]
    )


def _range(least: Decimal | None, most: Decimal | None) -> str | None:
    if least is not None and not least:
        least = None
    if most is not None and not most:
        return "any" if least is None else f"{words(least)} or more"
    if least is None:
        return None if most is None else f"up to {words(most)}"
    return f"{words(least)} or more" if most is None else f"{words(least)} to {words(most)}"


def percent(rate: Decimal | None) -> str | None:
    """A rate with all its digits: 0.001 is ``0.1 %``."""
    return None if rate is None else f"{words(WIDE.multiply(rate, Decimal(100)))} %"
