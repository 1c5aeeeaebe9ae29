"""The table of hooks, from their specifications."""

from __future__ import annotations

import inspect
from typing import Any

from exchangekit.hookspecs import ExchangeKitHooks


def specifications() -> dict[str, Any]:
    """Every hook by name, in the order of the source."""
    return {
        name: function
        for name, function in vars(ExchangeKitHooks).items()
        if name.startswith("exchangekit_")
    }


def table() -> str:
    """Hooks, what they are given, and what their documentation says of them."""
    rows = ["| Hook | Is given | What for |", "| --- | --- | --- |"]
    for name, function in specifications().items():
        given = [one for one in inspect.signature(function).parameters if one != "self"]
        said = " ".join((inspect.getdoc(function) or "").split())
        shown = f"[`{name}`](reference/hooks.md#exchangekit.hookspecs.ExchangeKitHooks.{name})"
        rows.append(f"| {shown} | {', '.join(f'`{one}`' for one in given) or '–'} | {said} |")
    return "\n".join(rows)
