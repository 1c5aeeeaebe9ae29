"""``python -m exchangekit.testing.chaos``: exit status 1 on any disagreement, and where a
worker crashed."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from pathlib import Path

from exchangekit.testing.chaos.plan import Size
from exchangekit.testing.chaos.referee import judge
from exchangekit.testing.chaos.report import report
from exchangekit.testing.chaos.running import WorkerFailed, run
from exchangekit.testing.tested import VARIABLE

_A_KILL_IN = 100


def main(arguments: list[str] | None = None) -> int:
    """Run it, print what came of it, and say whether all agrees."""
    given = _wanted(arguments)
    keep = given.keep
    kills = given.orders // _A_KILL_IN if given.kills is None else given.kills
    size = Size(given.orders, given.workers, kills, given.seed, not given.single)
    if given.transport:
        # The workers are processes of their own.
        os.environ[VARIABLE] = given.transport
    folder = Path(tempfile.mkdtemp(prefix="chaos-"))
    try:
        left = run(size, folder)
        found = judge(left)
        for line in report(left, found):
            sys.stdout.write(line + "\n")
    except WorkerFailed as problem:
        sys.stdout.write(f"{problem}\n")
        return 1
    finally:
        if keep:
            sys.stdout.write(f"notes and journals: {folder}\n")
        else:
            shutil.rmtree(folder)
    return 1 if found or left.crashes else 0


def _wanted(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="chaos", description=__doc__)
    parser.add_argument("--orders", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--kills", type=int, help=f"one in {_A_KILL_IN} orders, if not given")
    parser.add_argument("--single", action="store_true", help="no failover: a venue an order")
    parser.add_argument("--keep", action="store_true", help="leave notes and journals behind")
    parser.add_argument("--transport", help="fast or httpx; by default what connect takes")
    given = parser.parse_args(arguments)
    if min(given.orders, given.workers) < 1:
        parser.error("orders and workers are 1 or more")
    return given


if __name__ == "__main__":
    raise SystemExit(main())
