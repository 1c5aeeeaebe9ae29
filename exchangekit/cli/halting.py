"""`exchangekit halt` and `exchangekit lift`: the kill switch of an account."""

from __future__ import annotations

from typing import Annotated

import typer

from exchangekit.cli.options import (
    Account,
    AsJson,
    BaseUrl,
    Environment,
    InsecureHttp,
    Venue,
    Where,
)
from exchangekit.cli.output import show_json, show_line
from exchangekit.models.halting import Halt

Reason = Annotated[
    str,
    typer.Argument(help="Why, for whoever finds trading halted.", show_default=False),
]


def halt(
    venue: Venue,
    reason: Reason,
    environment: Environment = "live",
    base_url: BaseUrl = None,
    account: Account = None,
    insecure_http: InsecureHttp = False,
    json: AsJson = False,
) -> None:
    """Stop all new orders of an account, of every program here. Cancels nothing, asks no venue."""
    where = Where(venue, environment, base_url, account, insecure_http)
    with where.open() as exchange:
        found = exchange.halt(reason)
    if json:
        show_json(facts(found))
        return
    show_line(f"Trading is {found}")
    show_line("Orders that were sent before stay as they are.")
    show_line(
        f"To let orders go again: {' '.join(['exchangekit lift', venue, *where.arguments()])}"
    )


def lift(
    venue: Venue,
    environment: Environment = "live",
    base_url: BaseUrl = None,
    account: Account = None,
    insecure_http: InsecureHttp = False,
    json: AsJson = False,
) -> None:
    """Let orders of an account go again."""
    with Where(venue, environment, base_url, account, insecure_http).open() as exchange:
        found = exchange.lift()
    if json:
        show_json(None if found is None else facts(found))
    else:
        show_line("Nothing was halted." if found is None else f"Lifted. It was {found}")


def facts(halt: Halt) -> dict[str, object]:
    """A halt, for programs."""
    return {"reason": halt.reason, "since": halt.since}
