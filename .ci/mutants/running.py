"""Running tests in a copy of the tree: within a time, and none goes on when the program ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

HERE = Path(__file__).resolve().parent
RUNNING: set[subprocess.Popen[bytes]] = set()
STOPPED = threading.Event()


class Seen(NamedTuple):
    test: str
    seconds: float
    lines: set[tuple[str, int]]

    @property
    def file(self) -> str:
        return self.test.partition("::")[0]


@contextmanager
def nothing_left_running() -> Iterator[None]:
    """However this program ends, by Ctrl-C too, no test of its goes on."""
    for end in (signal.SIGINT, signal.SIGTERM):
        signal.signal(end, lambda *_: sys.exit("Stopped."))
    try:
        yield
    finally:
        STOPPED.set()
        for process in tuple(RUNNING):
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)


def run(copy: Path, files: list[str], seconds: float, *more: str, **asked: Any) -> int | None:
    """What pytest ends with in a copy of the tree; None when it takes longer than `seconds`."""
    probe = copy / "probe.json"
    probe.write_text(json.dumps({"chosen": None, **asked}))
    homes = os.pathsep.join(map(str, (HERE, copy, *copy.glob("plugins/*"))))
    words = [sys.executable, "-m", "pytest", "-p", "mutants_probe", "-p", "no:cacheprovider"]
    process = subprocess.Popen(
        [*words, "--hypothesis-seed=0", *more, *files],
        cwd=copy,
        env={**os.environ, "MUTANTS_PROBE": str(probe), "PYTHONPATH": homes}
        | {"PYTHONDONTWRITEBYTECODE": "1", "PYTEST_ADDOPTS": ""},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    RUNNING.add(process)
    try:
        return process.wait(0 if STOPPED.is_set() else max(seconds, 0))
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return None
    finally:
        RUNNING.remove(process)


def look(copy: Path, files: list[str], modules: list[str], until: float) -> list[Seen]:
    """Which lines of the modules each test runs, until time is up. Tests that fail are left out."""
    if not files:
        return []
    answer, watched = copy / "answer.jsonl", {str(copy / module): module for module in modules}
    run(copy, files, until + 20 - time.time(), watched=watched, until=until, answer=str(answer))
    rows = map(json.loads, answer.open(encoding="utf-8")) if answer.exists() else ()
    return [Seen(test, seconds, set(map(tuple, lines))) for test, seconds, lines in rows]
