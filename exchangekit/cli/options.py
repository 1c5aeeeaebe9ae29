"""The options that commands share, and the connection they describe."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any

import typer

from exchangekit.adapter.request import Origin
from exchangekit.cli import completing
from exchangekit.connect import connect_sync
from exchangekit.exchange import SyncExchange

Venue = Annotated[
    str,
    typer.Argument(
        help="One of `exchangekit venues`.",
        show_default=False,
        autocompletion=completing.venues,
    ),
]
Symbol = Annotated[str, typer.Argument(help="Such as BTC/USDT.", show_default=False)]
Environment = Annotated[
    str,
    typer.Option(
        "--environment",
        "-e",
        help="live, testnet or demo.",
        autocompletion=completing.environments,
    ),
]
BaseUrl = Annotated[
    str | None,
    typer.Option("--base-url", help="Another address, such as a simulated venue's."),
]
Account = Annotated[
    str | None, typer.Option("--account", "-a", help="Which of several accounts of the venue.")
]
InsecureHttp = Annotated[
    bool,
    typer.Option(
        "--insecure-http",
        help="Let the key go over plain http:// to another machine, readable on the way.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Exact numbers as strings, for programs.")]


@dataclass(frozen=True, slots=True)
class Where:
    """Which connection a command wants."""

    venue: str
    environment: str = "live"
    base_url: str | None = None
    account: str | None = None
    insecure_http: bool = False

    def open(self, hooks: Iterable[Any] = ()) -> SyncExchange:
        return connect_sync(
            self.venue,
            environment=self.environment,
            base_url=self.base_url,
            account=self.account,
            insecure_http=self.insecure_http,
            hooks=hooks,
        )

    def arguments(self) -> list[str]:
        """The options as they would be typed, to be shown in advice."""
        typed: list[str] = []
        if self.environment != "live":
            typed += ["--environment", self.environment]
        if self.base_url is not None:
            typed += ["--base-url", self.base_url]
        if self.account is not None:
            typed += ["--account", self.account]
        if self.insecure_http:
            typed += ["--insecure-http"]
        return typed


def is_live(exchange: SyncExchange) -> bool:
    """Whether an order here is real money: a live environment that is not on this machine."""
    return exchange.environment == "live" and not Origin(exchange.base_url).on_this_machine
