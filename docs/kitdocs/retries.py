"""The table of what follows a failure, from the rules that the kit goes by."""

from __future__ import annotations

from exchangekit.runtime.retry import RULES


def table() -> str:
    """Rules in their order: the error, its outcome, which attempt, and what is done."""
    rows = ["| Error | Outcome | Attempt | Then |", "| --- | --- | --- | --- |"]
    for rule in RULES:
        name = rule.error.__name__
        shown = f"[`{name}`](reference/errors.md#exchangekit.errors.{name})"
        outcome = f"`{rule.outcome.name}`" if rule.outcome is not None else "any"
        rows.append(f"| {shown} | {outcome} | {rule.attempt} | {rule.action} |")
    return "\n".join(rows)
