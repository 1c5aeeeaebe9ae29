"""The command `exchangekit`: reads a venue, places orders by hand, runs simulated venues.

Importing this package loads neither typer nor rich (the extra ``cli``), so that a missing extra
can be told in one sentence. Keys are never taken from the command line: it ends up in the shell's
history and in the list of processes.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.util import find_spec

_NEEDED = ("typer", "rich")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code (see `exchangekit.cli.failures`)."""
    missing = [name for name in _NEEDED if find_spec(name) is None]
    if missing:
        sys.stderr.write(
            f"The command exchangekit needs {' and '.join(missing)}:"
            " pip install 'exchangekit[cli]'\n"
        )
        return 2
    from exchangekit.cli.running import run

    return run(arguments)
