"""`exchangekit order place | show | cancel | open`: orders by hand.

An order that may exist is never called a failure: exit code 3 and the command that finds it.
"""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from exchangekit.cli import completing
from exchangekit.cli.failures import OK, REFUSED, UNKNOWN, USAGE, Failure
from exchangekit.cli.options import (
    Account,
    AsJson,
    BaseUrl,
    Environment,
    InsecureHttp,
    Symbol,
    Venue,
    Where,
    is_live,
)
from exchangekit.cli.output import show_facts, show_json, show_line, show_table, table, words
from exchangekit.cli.progress import waiting
from exchangekit.errors import ExchangeError, Outcome
from exchangekit.exchange import SyncExchange
from exchangekit.hookspecs import OrderEvent, hookimpl
from exchangekit.models.enums import Side, TimeInForce
from exchangekit.models.explanation import OrderExplanation
from exchangekit.models.orders import (
    CancelReport,
    LimitOrder,
    MarketBuyWithCost,
    MarketOrder,
    Order,
    OrderRequest,
)
from exchangekit.orders.reading import word

app = typer.Typer(
    help="Place, show, cancel and list orders (needs keys).",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Id = Annotated[str | None, typer.Argument(help="The venue's order id.", show_default=False)]
ClientId = Annotated[str | None, typer.Option("--client-order-id", help="Instead of the id.")]


class Watch:
    """A hook that remembers how the last order request ended."""

    def __init__(self) -> None:
        self.last: OrderEvent | None = None

    @hookimpl
    def exchangekit_on_order_outcome(self, event: OrderEvent) -> None:
        self.last = event


@app.command()
def place(
    venue: Venue,
    symbol: Symbol,
    side: Annotated[
        str,
        typer.Argument(help="buy or sell.", show_default=False, autocompletion=completing.sides),
    ],
    amount: Annotated[
        str | None, typer.Argument(help="How much of the base asset.", show_default=False)
    ] = None,
    cost: Annotated[
        str | None, typer.Option("--cost", help="Market buys: how much of the quote to spend.")
    ] = None,
    limit: Annotated[
        str | None, typer.Option("--limit", help="The price of a limit order; else at market.")
    ] = None,
    time_in_force: Annotated[
        str | None,
        typer.Option(
            "--time-in-force",
            help="gtc, post_only, ioc or fok.",
            autocompletion=completing.times_in_force,
        ),
    ] = None,
    post_only: Annotated[bool, typer.Option("--post-only", help="Never take liquidity.")] = False,
    client_order_id: Annotated[
        str | None, typer.Option("--client-order-id", help="Made by the kit if left out.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show the exact request; send nothing, need no keys.")
    ] = False,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Do not ask before live orders.")
    ] = False,
    environment: Environment = "live",
    base_url: BaseUrl = None,
    account: Account = None,
    insecure_http: InsecureHttp = False,
    json: AsJson = False,
) -> None:
    """Place one order. Numbers are sent exactly as written; nothing is rounded."""
    where, watch = Where(venue, environment, base_url, account, insecure_http), Watch()
    with where.open([watch]) as exchange:
        with waiting(f"Asking {venue} for its filters …", quiet=json):
            explained = exchange.explain_order(
                symbol,
                "market" if limit is None else "limit",
                word(Side, side, "side"),
                amount,
                limit,
                cost=cost,
                time_in_force=_time_in_force(time_in_force),
                post_only=post_only,
                client_order_id=client_order_id,
            )
        if dry_run:
            _show_explanation(explained, json)
            raise typer.Exit(REFUSED if explained.problems else OK)
        if is_live(exchange) and not yes and not explained.problems:
            _confirm(exchange, explained)
        with waiting(f"Placing the order on {venue} …", quiet=json):
            with _finding(where, symbol, watch):
                order = _send(exchange, explained.order)
            order = _seen(exchange, order)
    _show_order(order, json)


def _time_in_force(typed: str | None) -> TimeInForce | None:
    return None if typed is None else word(TimeInForce, typed, "time_in_force")


@app.command()
def show(
    venue: Venue,
    symbol: Symbol,
    id: Id = None,
    client_order_id: ClientId = None,
    environment: Environment = "live",
    base_url: BaseUrl = None,
    account: Account = None,
    insecure_http: InsecureHttp = False,
    json: AsJson = False,
) -> None:
    """One order as the venue holds it."""
    with (
        Where(venue, environment, base_url, account, insecure_http).open() as exchange,
        waiting(f"Asking {venue} for the order …", quiet=json),
    ):
        order = exchange.fetch_order(id, symbol, client_order_id=client_order_id)
    _show_order(order, json)


@app.command()
def cancel(
    venue: Venue,
    symbol: Symbol,
    id: Id = None,
    client_order_id: ClientId = None,
    every: Annotated[bool, typer.Option("--all", help="Every open order of the symbol.")] = False,
    environment: Environment = "live",
    base_url: BaseUrl = None,
    account: Account = None,
    insecure_http: InsecureHttp = False,
    json: AsJson = False,
) -> None:
    """Cancel one order, or all of a symbol."""
    if every and (id is not None or client_order_id is not None):
        raise Failure("Expected either an order id or --all, not both.")
    with (
        Where(venue, environment, base_url, account, insecure_http).open() as exchange,
        waiting(f"Canceling on {venue} …", quiet=json),
    ):
        if every:
            report = exchange.cancel_all_orders(symbol)
        else:
            order = exchange.cancel_order(id, symbol, client_order_id=client_order_id)
            order = _seen(exchange, order)
    if every:
        _show_report(symbol, report, json)
    else:
        _show_order(order, json)


def _show_report(symbol: str, report: CancelReport, json: bool) -> None:
    if json:
        show_json(report)
    else:
        show_line(f"{symbol}: {len(report.canceled)} canceled, {len(report.failed)} not")
        for failure in report.failed:
            show_line(f"{failure.order_id}: {failure.reason}")
    if report.failed:
        raise typer.Exit(REFUSED)


@app.command("open")
def open_orders(
    venue: Venue,
    symbol: Annotated[
        str | None, typer.Argument(help="Such as BTC/USDT; all symbols if left out.")
    ] = None,
    environment: Environment = "live",
    base_url: BaseUrl = None,
    account: Account = None,
    insecure_http: InsecureHttp = False,
    json: AsJson = False,
) -> None:
    """Orders that can still trade."""
    with (
        Where(venue, environment, base_url, account, insecure_http).open() as exchange,
        waiting(f"Asking {venue} for open orders …", quiet=json),
    ):
        orders = exchange.fetch_open_orders(symbol)
    if json:
        show_json(orders)
        return
    headings = ["id", "symbol", "side", "type", "price", "amount", "filled", "placed"]
    rows = (
        (one.id, one.symbol, one.side, one.type, one.price, one.amount, one.filled, one.timestamp)
        for one in orders
    )
    show_table(table(headings, right=headings[4:7]), rows, empty="No open orders.")


def _send(exchange: SyncExchange, order: OrderRequest) -> Order:
    name = order.client_order_id
    if isinstance(order, MarketBuyWithCost):
        return exchange.create_market_buy_with_cost(order.symbol, order.cost, client_order_id=name)
    if isinstance(order, MarketOrder):
        return exchange.create_market_order(
            order.symbol, order.side, order.amount, client_order_id=name
        )
    return exchange.create_limit_order(
        order.symbol,
        order.side,
        order.amount,
        order.price,
        time_in_force=order.time_in_force,
        client_order_id=name,
    )


@contextmanager
def _finding(where: Where, symbol: str, watch: Watch) -> Iterator[None]:
    """Whatever leaves open whether the order exists ends with the command that finds it."""
    try:
        yield
    except (ExchangeError, KeyboardInterrupt) as problem:
        event = watch.last
        if event is None or event.outcome is not Outcome.UNKNOWN:
            raise
        name = event.client_order_id or ""
        look = ["exchangekit", "order", "show", where.venue, symbol, "--client-order-id", name]
        said = (
            str(problem)
            if isinstance(problem, ExchangeError)
            else "Stopped while the order was on its way. Whether it happened is unknown."
        )
        raise Failure(f"{said} Look: {shlex.join(look + where.arguments())}", UNKNOWN) from None


def _seen(exchange: SyncExchange, order: Order) -> Order:
    """The order looked up where the venue has only acknowledged it. It is accepted in any case,
    so that a look which fails is no failure."""
    if order.status is not None:
        return order
    try:
        return exchange.fetch_order(order.id, order.symbol)
    except ExchangeError:
        return order


def _confirm(exchange: SyncExchange, explained: OrderExplanation) -> None:
    question = f"{_sentence(explained.order)} on {exchange.venue}, with real money"
    if not sys.stdin.isatty():
        raise Failure(f"Nothing was sent: {question}? Say --yes.", USAGE)
    sys.stderr.write(f"{question}? [y/N] ")
    sys.stderr.flush()
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise Failure("Nothing was sent.", REFUSED)


def _sentence(order: OrderRequest) -> str:
    base, _, quote = order.symbol.partition("/")
    if isinstance(order, MarketBuyWithCost):
        return f"Buy {base} for {words(order.cost)} {quote} at market"
    at = f"{words(order.price)} {quote}" if isinstance(order, LimitOrder) else "market"
    return f"{order.side.capitalize()} {words(order.amount)} {base} at {at}"


def _show_explanation(explained: OrderExplanation, json: bool) -> None:
    if json:
        show_json(explained)
        return
    show_line(f"{_sentence(explained.order)}. Nothing was sent.")
    sys.stdout.write(f"{explained}\n")


def _show_order(order: Order, json: bool) -> None:
    if json:
        show_json(order)
        return
    base, _, quote = order.symbol.partition("/")
    fees = ", ".join(f"{words(fee.cost)} {fee.currency}" for fee in order.fees or ())
    show_facts(
        [
            ("order", order.id),
            ("client order id", order.client_order_id),
            ("symbol", order.symbol),
            ("side", order.side),
            ("type", order.type),
            ("time in force", order.time_in_force),
            ("status", order.status or "accepted"),
            (f"price, {quote}", order.price),
            (f"amount, {base}", order.amount),
            (f"to spend, {quote}", order.requested_cost),
            (f"filled, {base}", order.filled),
            (f"cost, {quote}", order.cost),
            (f"average, {quote}", order.average),
            ("fees", fees or None),
            ("placed", order.timestamp),
        ]
    )
