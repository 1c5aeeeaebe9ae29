"""`exchangekit reconcile`: what became of the orders and cancels that the journal left open."""

from __future__ import annotations

from datetime import UTC

import typer

from exchangekit.cli.failures import UNKNOWN
from exchangekit.cli.options import (
    Account,
    AsJson,
    BaseUrl,
    Environment,
    InsecureHttp,
    Venue,
    Where,
)
from exchangekit.cli.output import show_json, show_table, table
from exchangekit.cli.progress import waiting
from exchangekit.models.recovery import Reconciled


def reconcile(
    venue: Venue,
    environment: Environment = "live",
    base_url: BaseUrl = None,
    account: Account = None,
    insecure_http: InsecureHttp = False,
    json: AsJson = False,
) -> None:
    """Find out what became of what the journal left open. Sends no order and no cancel."""
    with (
        Where(venue, environment, base_url, account, insecure_http).open() as exchange,
        waiting(f"Asking {venue} about what was left open …", quiet=json),
    ):
        found = exchange.reconcile()
    if json:
        show_json([_facts(one) for one in found])
    else:
        headings = ["time", "operation", "symbol", "client order id", "what became of it"]
        rows = (
            (
                one.written.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S"),
                one.operation,
                one.request.symbol,
                getattr(one.request, "client_order_id", None),
                one.verdict,
            )
            for one in found
        )
        show_table(table(headings), rows, empty="Nothing is open.")
    if not all(one.is_known for one in found):
        raise typer.Exit(UNKNOWN)


def _facts(one: Reconciled) -> dict[str, object]:
    told = one.resolution
    return {
        "operation": one.operation,
        "request": one.request.model_dump(),
        "written": one.written,
        "known": one.is_known,
        "verdict": one.verdict,
        "order": None if told is None or told.order is None else told.order.model_dump(),
        "proof": None if told is None else told.proof,
        "fills": [fill.model_dump() for fill in one.fills],
        "problem": one.problem,
    }
