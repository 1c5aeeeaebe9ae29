"""`exchangekit balance` and `exchangekit fees`: what the account holds and pays."""

from __future__ import annotations

from typing import Annotated

import typer

from exchangekit.cli.markets import percent
from exchangekit.cli.options import (
    Account,
    AsJson,
    BaseUrl,
    Environment,
    InsecureHttp,
    Venue,
    Where,
)
from exchangekit.cli.output import show_json, show_line, show_table, table
from exchangekit.cli.progress import waiting


def balance(
    venue: Venue,
    zeros: Annotated[bool, typer.Option("--all", help="Show assets held at zero, too.")] = False,
    environment: Environment = "live",
    base_url: BaseUrl = None,
    account: Account = None,
    insecure_http: InsecureHttp = False,
    json: AsJson = False,
) -> None:
    """What the spot account holds: free to trade, locked in orders, and together."""
    with (
        Where(venue, environment, base_url, account, insecure_http).open() as exchange,
        waiting(f"Asking {venue} for the balance …", quiet=json),
    ):
        found = exchange.fetch_balance()
    held = [one for one in found.assets.values() if zeros or one.total or one.free or one.used]
    if json:
        show_json({one.asset: {"free": one.free, "used": one.used} for one in held})
        return
    headings = ["asset", "free", "used", "total"]
    rows = ((one.asset, one.free, one.used, one.total) for one in held)
    show_table(table(headings, right=headings[1:]), rows, empty="The account holds nothing.")


def fees(
    venue: Venue,
    symbols: Annotated[
        list[str] | None,
        typer.Argument(
            help="Such as BTC/USDT; all if left out, where the venue tells them at once.",
            show_default=False,
        ),
    ] = None,
    environment: Environment = "live",
    base_url: BaseUrl = None,
    account: Account = None,
    insecure_http: InsecureHttp = False,
    json: AsJson = False,
) -> None:
    """What the account pays: its own maker and taker rates, symbol by symbol."""
    with (
        Where(venue, environment, base_url, account, insecure_http).open() as exchange,
        waiting(f"Asking {venue} for the fees …", quiet=json),
    ):
        found = exchange.fetch_trading_fees(symbols or None)
    if json:
        show_json(found)
        return
    headings = ["symbol", "maker", "taker"]
    rows = ((name, percent(one.maker), percent(one.taker)) for name, one in sorted(found.items()))
    show_table(table(headings, right=headings[1:]), rows, empty="The venue tells no fees.")
    for symbol in symbols or ():
        if symbol not in found:
            show_line(f"{symbol}: the venue tells no fees")
