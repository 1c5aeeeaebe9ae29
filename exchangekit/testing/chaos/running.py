"""A whole run: venues up, workers at work, kills, the end of all trouble, and what is left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from queue import Empty

from exchangekit.journal import Journal
from exchangekit.journal.places import FOLDER, journal_files
from exchangekit.testing.chaos.aftermath import Aftermath
from exchangekit.testing.chaos.brief import Brief
from exchangekit.testing.chaos.notes import read_all
from exchangekit.testing.chaos.plan import Size, plan
from exchangekit.testing.chaos.venues import KEYS, Site, running
from exchangekit.testing.chaos.weather import Weather

_LOOK = 0.05
_MOST_CRASHES = 10
_SHOWN = 40
"""Of how much a worker said at its end, in lines."""


class WorkerFailed(Exception):
    """A worker ended by itself with an error: a defect of the kit or of the run."""


def run(size: Size, folder: Path) -> Aftermath:
    """Everything, in `folder`. Raises WorkerFailed."""
    began = time.monotonic()
    orders = plan(size)
    state = folder / "state"
    with running(orders, Weather(size), size.seed) as site:
        Brief(size, site.addresses(), KEYS).save(folder)
        crew = _Crew(folder, state)
        try:
            kills = _at_work(crew, size, site)
            site.heal()
            crew.start(size.workers)  # none of the plan is its: it reconciles what is left
            crew.wait()
        finally:
            crew.end()
        return Aftermath(
            size,
            orders,
            site.ledgers(),
            read_all(folder),
            {path: Journal(path).all() for path in journal_files(state)},
            site.faults(),
            kills,
            time.monotonic() - began,
            tuple(crew.crashes),
        )


def _at_work(crew: _Crew, size: Size, site: Site) -> int:
    """Until all workers are done; how many were killed."""
    for number in range(size.workers):
        crew.start(number)
    kills = 0
    while crew.look():
        try:
            order = site.first_seen.get(timeout=_LOOK)
        except Empty:
            continue
        if order.kill is not None:
            time.sleep(order.kill)
            kills += crew.kill(order.owners[0])
    return kills


class _Crew:
    """The workers' processes."""

    def __init__(self, folder: Path, state: Path) -> None:
        self._folder = folder
        self._environment = {**os.environ, FOLDER: str(state)}
        self._running: dict[int, subprocess.Popen[bytes]] = {}
        self.crashes: list[str] = []

    def start(self, number: int) -> None:
        with (self._folder / f"worker-{number}.err").open("ab") as errors:
            self._running[number] = subprocess.Popen(  # noqa: S603 - ourselves
                [
                    sys.executable,
                    *("-X", "faulthandler", "-m", "exchangekit.testing.chaos.worker"),
                    self._folder,
                    str(number),
                ],
                env=self._environment,
                stdin=subprocess.PIPE,
                stderr=errors,
            )

    def kill(self, number: int) -> int:
        """Kill a worker and start it anew; 1, or 0 where it is done already."""
        process = self._running.get(number)
        if process is None or process.poll() is not None:
            return 0
        process.send_signal(signal.SIGKILL)
        if process.wait() != -signal.SIGKILL:
            return 0  # it was done in this very moment
        self.start(number)
        return 1

    def look(self) -> bool:
        """Whether anybody is still at work."""
        for number, process in tuple(self._running.items()):
            if process.poll() is not None:
                del self._running[number]
                self._check(number, process)
        return bool(self._running)

    def wait(self) -> None:
        """Until all are done."""
        while self.look():
            time.sleep(_LOOK)

    def end(self) -> None:
        """Nobody works any more."""
        for process in self._running.values():
            process.kill()
        for process in self._running.values():
            process.wait()

    def _check(self, number: int, process: subprocess.Popen[bytes]) -> None:
        if process.returncode < 0 and len(self.crashes) < _MOST_CRASHES:
            # The interpreter's own defect: as good as a kill, and told apart from them.
            self.crashes.append(signal.Signals(-process.returncode).name)
            self.start(number)
        elif process.returncode:
            said = (self._folder / f"worker-{number}.err").read_text().splitlines()
            last = "\n".join(said[-_SHOWN:])
            raise WorkerFailed(f"worker {number} ended with {process.returncode}:\n{last}")
