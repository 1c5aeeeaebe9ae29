"""The command that records cassettes: ``python -m exchangekit.testing.record [VENUE ...]``.

Without more it records every check of every venue from the simulated venues, with a fixed clock and
dummy keys: the same command makes the same files. ``--target testnet`` (``demo``, ``live``) records
from there with your own keys, from where `connect` takes them: what only reads, and with
``--trade`` orders, too (they are placed away from the market and canceled). What is recorded there
is sanitised before it is written.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from exchangekit.credentials import load_credentials
from exchangekit.errors import ConfigurationError, ExchangeKitError
from exchangekit.plugins import installed
from exchangekit.testing.cassette import Cassette
from exchangekit.testing.check import Check
from exchangekit.testing.recording import record_real, record_simulated
from exchangekit.testing.registry import checks
from exchangekit.testing.rig import NotApplicable
from exchangekit.testing.subject import Subject, subject_of

SIMULATED = "simulated"


def main(arguments: Sequence[str] | None = None) -> int:
    """Record, say what was written, and return 0; 1 if a check failed, 2 for a wrong argument."""
    parser = argparse.ArgumentParser(
        prog="python -m exchangekit.testing.record", description=(__doc__ or "").split("\n\n")[1]
    )
    parser.add_argument("venues", nargs="*", metavar="VENUE", help="default: all installed")
    parser.add_argument("--target", default=SIMULATED, help="simulated, testnet, demo or live")
    parser.add_argument("--into", default="cassettes", type=Path, metavar="FOLDER")
    parser.add_argument("--trade", action="store_true", help="record orders on a real venue, too")
    parser.add_argument("--only", default="", metavar="TEXT", help="checks whose name holds it")
    told = parser.parse_args(arguments)
    failed = 0
    try:
        for venue in told.venues or sorted(installed().venues):
            failed += _record(subject_of(venue), told)
    except ExchangeKitError as problem:
        sys.stderr.write(f"{problem}\n")
        return 2
    return 1 if failed else 0


def _record(subject: Subject, told: argparse.Namespace) -> int:
    """Record one venue; how many checks failed. Raises ConfigurationError."""
    real = told.target != SIMULATED
    one = _really(subject, told.target) if real else _simulated(subject)
    folder = told.into / subject.venue / (told.target if real else "")
    written = kept = failed = 0
    wanted = set()
    for check in checks():
        if told.only not in check.id or not _possible(check, real=real, trade=told.trade):
            continue
        try:
            cassette = one(check)
        except NotApplicable:
            continue
        except Exception as problem:
            failed += 1
            sys.stderr.write(f"{subject.venue} {check.id}: {type(problem).__name__}: {problem}\n")
            continue
        if cassette.interactions or cassette.notes:
            path = folder / f"{check.id}.yaml"
            wanted.add(path)
            if cassette.save(path):
                written += 1
            else:
                kept += 1
    subject.stop()
    stale = [] if told.only or real or failed else sorted(set(folder.glob("*.yaml")) - wanted)
    for path in stale:
        path.unlink()
    sys.stdout.write(
        f"{subject.venue}: {written} cassettes written, {kept} unchanged, {len(stale)} removed,"
        f" {failed} failed, in {folder}\n"
    )
    return failed


def _possible(check: Check, *, real: bool, trade: bool) -> bool:
    if not real:
        return check.where == "both"
    return check.live == "reads" or (check.live == "trades" and trade)


def _simulated(subject: Subject) -> Callable[[Check], Cassette]:
    if subject.sim is None:
        raise ConfigurationError(f"{subject.venue} has no simulated venue: name a --target")
    return partial(record_simulated, subject)


def _really(subject: Subject, target: str) -> Callable[[Check], Cassette]:
    place = subject.adapter.environments.get(target)
    if place is None:
        known = ", ".join((SIMULATED, *subject.adapter.environments))
        raise ConfigurationError(
            f"{subject.adapter.title} has no {target!r} to record from (it has: {known})"
        )
    credentials = load_credentials(subject.adapter)
    return partial(record_real, subject, origin=target, environment=place, credentials=credentials)


if __name__ == "__main__":
    sys.exit(main())
