"""`exchangekit journal`: what was intended, how it ended and when; export and pruning.

Reads the journals of all accounts in the user's state folder, or the one that ``--file`` names. A
journal that cannot be read is a failure: an audit that leaves one out in silence is none.
"""

from __future__ import annotations

import json as as_lines
import os
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, timedelta
from pathlib import Path
from typing import Annotated

import typer

from exchangekit.cli import halting
from exchangekit.cli.candles import moment
from exchangekit.cli.failures import Failure
from exchangekit.cli.options import AsJson
from exchangekit.cli.output import as_json, show_json, show_line, show_table, table
from exchangekit.journal import Journal, journal_files, state_folder
from exchangekit.models.orders import CancelAllRequest, CancelRequest
from exchangekit.runtime.journal import Recorded

app = typer.Typer(
    help="What was ordered, how it ended and when: list, export, prune.",
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)

_AGE = re.compile(r"(\d{1,6})(d|h)", re.ASCII)
_HEADINGS = [
    "time",
    "venue",
    "account",
    "operation",
    "symbol",
    "side",
    "amount",
    "price",
    "client order id",
    "outcome",
    "order id",
]


@dataclass(frozen=True, slots=True)
class Which:
    """Which journals a command is about."""

    file: Path | None

    def journals(self) -> list[Journal]:
        """Raises Failure for a file that is named and not there."""
        if self.file is None:
            return [Journal(path) for path in journal_files(state_folder())]
        if not self.file.exists():
            raise Failure(f"There is no journal {self.file}.")
        return [Journal(self.file)]


@app.callback()
def journal(
    ctx: typer.Context,
    unresolved: Annotated[
        bool, typer.Option("--open", help="Only what has no end, or an unknown one.")
    ] = False,
    since: Annotated[
        str | None,
        typer.Option("--since", help="From here on (UTC): 2026-01-31 or 2026-01-31T12:00:00Z."),
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option("--file", help="This journal, instead of all in the state folder."),
    ] = None,
    json: AsJson = False,
) -> None:
    """List what was intended and how it ended, the oldest first. A halt in force stands on top."""
    ctx.obj = Which(file)
    if ctx.invoked_subcommand is not None:
        if unresolved or since is not None or json:
            raise Failure(f"--open, --since and --json do not go with {ctx.invoked_subcommand}.")
        return
    start = None if since is None else moment(since, "nothing is written yet")
    found = [one for one in _all(ctx.obj) if not unresolved or one.is_open]
    found = [one for one in found if start is None or one.written >= start]
    halts = [(one.path, halt) for one in ctx.obj.journals() if (halt := one.halted()) is not None]
    if json:
        stopped = [
            {"kind": "Halt", "journal": str(path), **halting.facts(one)} for path, one in halts
        ]
        show_json([*stopped, *(facts(one) for one in found)])
        return
    for path, one in halts:
        show_line(f"Trading is {one} ({path})")
    empty = "Nothing is open." if unresolved else "Nothing was ordered or canceled."
    show_table(table(_HEADINGS, right=_HEADINGS[6:8]), map(_cells, found), empty=empty)


@app.command()
def export(
    ctx: typer.Context,
    target: Annotated[
        str, typer.Argument(help="The file to make, or - for the output.", show_default=False)
    ],
    json: AsJson = False,
) -> None:
    """Write everything, every entry with its time, as a JSON object a line."""
    lines = _exported(ctx.obj.journals())
    if target == "-":
        for line in lines:
            sys.stdout.write(line + "\n")
        return
    try:
        # For its user alone, as the journal is; never over what is there.
        descriptor = os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        raise Failure(f"{target} exists: name another file.") from None
    except OSError as problem:
        raise Failure(f"{target} cannot be written: {problem.strerror}.") from None
    count = 0
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        for line in lines:
            out.write(line + "\n")
            count += 1
    if json:
        show_json({"written": count, "file": target})
    else:
        show_line(f"{count} written to {target}")


@app.command()
def prune(
    ctx: typer.Context,
    older_than: Annotated[
        str | None,
        typer.Option("--older-than", help="Such as 90d or 36h, since it ended."),
    ] = None,
    json: AsJson = False,
) -> None:
    """Remove what ended long ago. What is open or unknown stays, however old."""
    if older_than is None:
        raise Failure("Say what is old, such as --older-than 90d.")
    found = _AGE.fullmatch(older_than)
    if found is None:
        raise Failure(f"--older-than is {older_than!r}, expected days or hours such as 90d or 36h.")
    hours = int(found[1]) * (24 if found[2] == "d" else 1)
    removed = kept = 0
    for one in ctx.obj.journals():
        removed += one.prune(timedelta(hours=hours))
        kept += len(one.all())
    if json:
        show_json({"removed": removed, "kept": kept})
    else:
        show_line(f"{removed} removed, {kept} kept")


def facts(one: Recorded) -> dict[str, object]:
    """What is recorded, for programs."""
    intent = one.intent
    return {
        "uid": intent.uid,
        "written": one.written,
        "updated": one.updated,
        **asdict(intent.account),
        "operation": intent.operation,
        "kind": type(intent.change).__name__,
        "request": intent.change,
        "attempts": one.attempts,
        "tried": [asdict(account) for account in one.tried],
        "began": one.began,
        "fence": one.fence,
        "margin_seconds": None if one.margin is None else str(one.margin.total_seconds()),
        "state": one.state,
        "order_id": one.order_id,
        "result": one.result,
        "error": one.error,
    }


def _all(which: Which) -> list[Recorded]:
    every = [one for journal in which.journals() for one in journal.all()]
    return sorted(every, key=lambda one: one.written)


def _exported(journals: Iterable[Journal]) -> Iterator[str]:
    for journal in journals:
        for one in journal.all():
            events = [dict(event) for event in journal.history(one.intent.uid)]
            whole = {"journal": str(journal.path), **facts(one), "events": events}
            yield as_lines.dumps(as_json(whole))


def _cells(one: Recorded) -> list[object]:
    intent, change = one.intent, one.intent.change
    cancels = isinstance(change, (CancelRequest, CancelAllRequest))
    name = None if isinstance(change, CancelAllRequest) else change.client_order_id
    amount = getattr(change, "amount", None)
    if not cancels and amount is None:
        quote = change.symbol.partition("/")[2]
        amount = f"for {getattr(change, 'cost', '')} {quote}".rstrip()
    return [
        one.written.astimezone(UTC),
        intent.account.venue,
        intent.account.account or "default",
        intent.operation,
        change.symbol,
        None if cancels else getattr(change, "side", None),
        amount,
        getattr(change, "price", None),
        name,
        one.state,
        one.order_id or (change.id if isinstance(change, CancelRequest) else None),
    ]
