"""`exchangekit venues`: what is installed, what it can do, and what is wrong with it."""

from __future__ import annotations

from typing import Annotated

import typer

from exchangekit.adapter.base import Adapter
from exchangekit.adapter.operations import EXCHANGE_OPERATIONS
from exchangekit.cli.options import AsJson
from exchangekit.cli.output import console, show_json, show_line, show_table, table
from exchangekit.cli.support import (
    markdown,
    simulated_names,
    support_rows,
    supported,
)
from exchangekit.credentials import load_credentials
from exchangekit.errors import ConfigurationError
from exchangekit.plugins import Plugins, installed


def venues(
    operations: Annotated[
        bool, typer.Option("--operations", help="What works on which venue, line by line.")
    ] = False,
    as_markdown: Annotated[
        bool, typer.Option("--markdown", help="The same as a Markdown table.")
    ] = False,
    json: AsJson = False,
) -> None:
    """Installed venues: environments, simulation, operations, and every plugin problem."""
    plugins = installed()
    simulated = simulated_names(plugins)
    if json:
        show_json(_facts(plugins, simulated))
    elif as_markdown:
        console().out(markdown(plugins), highlight=False)
    elif operations:
        adapters = [plugins.adapter(venue) for venue in sorted(plugins.venues)]
        made = table(["", *(adapter.title for adapter in adapters)])
        show_table(made, support_rows(adapters, simulated))
    else:
        _overview(plugins, simulated)
    if not json:
        for problem in plugins.problems:
            show_line(f"plugin {problem.plugin}: {problem.reason}", "red")


def _overview(plugins: Plugins, simulated: frozenset[str] | None) -> None:
    made = table(["venue", "name", "environments", "simulation", "operations", "key", "plugin"])
    rows = []
    for venue in _names(plugins):
        adapter = plugins.adapter(venue)
        rows.append(
            (
                venue,
                adapter.title,
                ", ".join(adapter.environments),
                _simulation(adapter.venue, simulated),
                f"{len(supported(adapter))} of {len(EXCHANGE_OPERATIONS)}",
                _key(adapter) or "none",
                plugins.origin(venue),
            )
        )
    show_table(made, rows, empty="No venue is installed. Venues are packages of their own.")


def _names(plugins: Plugins) -> list[str]:
    """What `connect` takes: venues, and whose where several plugins offer one."""
    return sorted([*plugins.venues, *plugins.disputed()])


def _key(adapter: Adapter) -> str | None:
    """Where the venue's key comes from; what is wrong with it; None without one."""
    try:
        found = load_credentials(adapter)
    except ConfigurationError as problem:
        return f"not used: {problem}"
    return None if found is None else f"from {found.source}"


def _simulation(venue: str, simulated: frozenset[str] | None) -> str:
    if simulated is None:
        return "needs exchangekit[sim]"
    return "yes" if venue in simulated else "no"


def _facts(plugins: Plugins, simulated: frozenset[str] | None) -> dict[str, object]:
    shown = []
    for venue in _names(plugins):
        adapter = plugins.adapter(venue)
        places = adapter.environments
        shown.append(
            {
                "venue": venue,
                "title": adapter.title,
                "documentation": adapter.docs,
                "plugin": plugins.origin(venue),
                "environments": {name: place.base_url for name, place in places.items()},
                "simulation": None if simulated is None else adapter.venue in simulated,
                "operations": supported(adapter),
                "key": _key(adapter),
            }
        )
    problems = [{"plugin": one.plugin, "reason": one.reason} for one in plugins.problems]
    return {"venues": shown, "problems": problems}
