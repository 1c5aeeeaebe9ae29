"""`exchangekit balance`: what the account holds."""

from __future__ import annotations

from typing import Annotated

import typer

from exchangekit.cli.options import Account, AsJson, BaseUrl, Environment, Venue, Where
from exchangekit.cli.output import show_json, show_table, table


def balance(
    venue: Venue,
    zeros: Annotated[bool, typer.Option("--all", help="Show assets held at zero, too.")] = False,
    environment: Environment = "live",
    base_url: BaseUrl = None,
    account: Account = None,
    json: AsJson = False,
) -> None:
    """What the spot account holds: free to trade, locked in orders, and together."""
    with Where(venue, environment, base_url, account).open() as exchange:
        found = exchange.fetch_balance()
    held = [one for one in found.assets.values() if zeros or one.total]
    if json:
        show_json({one.asset: {"free": one.free, "used": one.used} for one in held})
        return
    headings = ["asset", "free", "used", "total"]
    rows = ((one.asset, one.free, one.used, one.total) for one in held)
    show_table(table(headings, right=headings[1:]), rows, empty="The account holds nothing.")
