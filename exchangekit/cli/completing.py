"""What the Tab key offers: venues, and what their adapters declare. Asks no venue anything."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from importlib import import_module

import typer

from exchangekit.adapter.base import Adapter
from exchangekit.cli.failures import Failure
from exchangekit.models.enums import Side, TimeInForce, choices
from exchangekit.plugins import installed

OPTIONS = ("--install-completion", "--show-completion")
SHELLS = ("bash", "zsh", "fish", "powershell", "pwsh")


def venues(incomplete: str) -> list[str]:
    return _beginning(sorted(installed().venues), incomplete)


def simulated_venues(incomplete: str) -> list[str]:
    return _beginning(sorted(installed().simulated()), incomplete)


def environments(ctx: typer.Context, incomplete: str) -> list[str]:
    return _beginning(_of(ctx, lambda adapter: adapter.environments), incomplete)


def timeframes(ctx: typer.Context, incomplete: str) -> list[str]:
    return _beginning(_of(ctx, lambda adapter: adapter.capabilities.timeframes), incomplete)


def sides(incomplete: str) -> list[str]:
    return _beginning(Side, incomplete)


def times_in_force(incomplete: str) -> list[str]:
    return _beginning(choices(TimeInForce), incomplete)


def check_shell(arguments: Sequence[str]) -> bool:
    """Whether completion is asked for. Raises Failure where it cannot be given."""
    if not arguments or arguments[0] not in OPTIONS:
        return False
    # typer's own way to tell the shell; it has no types.
    shellingham = import_module("shellingham")
    try:
        shell = shellingham.detect_shell()[0]
    except shellingham.ShellDetectionFailure:
        shell = None
    if shell not in SHELLS:
        here = "this is none of them" if shell is None else f"this is {shell}"
        raise Failure(
            f"Completion is for bash, zsh, fish and PowerShell, and {here}: run"
            f" exchangekit {arguments[0]} from one of them."
        )
    return True


def _of(ctx: typer.Context, offers: Callable[[Adapter], Iterable[str]]) -> Iterable[str]:
    """What the venue offers; what any does while it cannot be told which is meant."""
    plugins = installed()
    named = ctx.params.get("venue")
    meant = [named] if named in plugins.venues else sorted(plugins.venues)
    return dict.fromkeys(one for venue in meant for one in offers(plugins.adapter(venue)))


def _beginning(offered: Iterable[str], incomplete: str) -> list[str]:
    return [str(one) for one in offered if str(one).startswith(incomplete)]
