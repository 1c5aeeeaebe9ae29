"""`exchangekit monitor`: how venues are, as long as somebody looks. Nothing is ever placed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Annotated

import typer
from rich.console import Console, RenderableType
from rich.live import Live

from exchangekit.cli import completing
from exchangekit.cli.failures import OK, REFUSED, Failure
from exchangekit.cli.health import events_are_shown
from exchangekit.cli.monitor.picture import facts, picture, sight
from exchangekit.cli.monitor.probing import keep_asking, probers
from exchangekit.cli.options import Account, AsJson, Environment, InsecureHttp
from exchangekit.cli.output import console, show_json
from exchangekit.cli.progress import waiting
from exchangekit.connect import connect_sync
from exchangekit.exchange import SyncExchange
from exchangekit.failover import SyncFailover
from exchangekit.runtime.transports import Timeouts

PATIENCE = Timeouts(connect=4, read=6, attempt=6, total=8)
LONGEST_WAIT = 2.0
"""Seconds that a question waits for the venue's limits: what trades comes first."""

Names = Annotated[
    list[str],
    typer.Argument(
        help="One or more of `exchangekit venues`.",
        show_default=False,
        autocompletion=completing.venues,
    ),
]
BaseUrls = Annotated[
    list[str] | None,
    typer.Option(
        "--base-url",
        help="Another address, such as a simulated venue's; one for each venue, in their order.",
    ),
]


def monitor(
    venues: Names,
    every: Annotated[
        float, typer.Option("--every", min=0.2, max=3600, help="Seconds between two pictures.")
    ] = 1.0,
    once: Annotated[bool, typer.Option("--once", help="One picture, then end.")] = False,
    environment: Environment = "live",
    base_url: BaseUrls = None,
    account: Account = None,
    insecure_http: InsecureHttp = False,
    json: AsJson = False,
) -> None:
    """Watch venues: health, latency, clock, limits, open orders, what happened. Ctrl-C ends it.

    With --once the exit code is 1 if a venue did not answer something.
    """
    if json and not once:
        raise Failure("--json goes with --once.")
    members = _connections(venues, environment, base_url or [], account, insecure_http)
    with events_are_shown(), SyncFailover(members, journal=None) as failover:
        with waiting(f"Asking {', '.join(venues)} …", quiet=json):
            asking = probers(failover)
        if once:
            seen = sight(failover, asking)
            if json:
                show_json(facts(seen))
            else:
                out = console()
                out.print(picture(seen, out))
            raise typer.Exit(OK if seen.all_well else REFUSED)
        stop = threading.Event()
        keep_asking(asking, stop)
        # Ctrl-C is how this ends.
        with suppress(KeyboardInterrupt):
            try:
                _watch(lambda out: picture(sight(failover, asking), out), every)
            finally:
                stop.set()


def _connections(
    venues: Sequence[str],
    environment: str,
    base_urls: Sequence[str],
    account: str | None,
    insecure_http: bool,
) -> list[SyncExchange]:
    if base_urls and len(base_urls) != len(venues):
        raise Failure(
            f"--base-url is given {len(base_urls)} times for {len(venues)} venues: one for each,"
            " in their order."
        )
    return [
        connect_sync(
            venue,
            environment=environment,
            base_url=base_urls[at] if base_urls else None,
            account=account,
            insecure_http=insecure_http,
            timeouts=PATIENCE,
            max_wait=LONGEST_WAIT,
            journal=None,
        )
        for at, venue in enumerate(venues)
    ]


def _watch(draw: Callable[[Console], RenderableType], every: float) -> None:
    """Until Ctrl-C: a picture that is drawn anew, or one below the other where nobody looks."""
    out, pause = console(), threading.Event()
    if not out.is_terminal or out.is_dumb_terminal:
        while True:
            out.print(draw(out))
            out.print()
            out.file.flush()
            pause.wait(every)
    with Live(draw(out), console=out, auto_refresh=False, screen=False) as live:
        while True:
            pause.wait(every)
            live.update(draw(out), refresh=True)
