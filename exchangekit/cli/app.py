"""The commands of `exchangekit`, put together."""

from __future__ import annotations

from typing import Annotated

import typer

from exchangekit.cli import (
    account,
    candles,
    demo,
    doctor,
    halting,
    journal,
    market_data,
    markets,
    monitor,
    new_venue,
    orders,
    reconcile,
    simulate,
    venues,
)
from exchangekit.cli.output import show_line

app = typer.Typer(
    help="One strategy, many crypto exchanges: prices, orders and simulated venues.\n\n"
    "Keys come from the environment (EXCHANGEKIT_VENUE_API_KEY, _API_SECRET, _PASSPHRASE), a .env"
    " file or the keyring, never from the command line.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        from exchangekit import __version__

        show_line(f"exchangekit {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """The options that stand before a command."""


app.command("venues")(venues.venues)
app.command("markets")(markets.markets)
app.command("ticker")(market_data.ticker)
app.command("book")(market_data.book)
app.command("candles")(candles.candles)
app.command("trades")(market_data.trades)
app.command("balance")(account.balance)
app.add_typer(orders.app, name="order")
app.add_typer(journal.app, name="journal")
app.command("reconcile")(reconcile.reconcile)
app.command("halt")(halting.halt)
app.command("lift")(halting.lift)
app.command("fees")(account.fees)
app.command("monitor")(monitor.monitor)
app.command("doctor")(doctor.doctor)
app.command("sim")(simulate.sim)
app.command("new-venue")(new_venue.new_venue)
app.command("demo")(demo.demo)
