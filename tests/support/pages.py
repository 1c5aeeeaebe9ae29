"""Pages of the documentation as tests see them: their code blocks, and a stage to run them on.

The blocks of a page are one story. A block without a title runs where the one before it stopped;
one that is titled with the name of a file becomes that file; one that is titled "Output" is what
the block before it prints. ``<!-- the clock runs -->`` on a page says that the simulated venues of
its examples keep time; on other pages it stands still, so that they print the same every time.
"""

from __future__ import annotations

import ast
import contextlib
import importlib
import io
import re
import socket
import sys
import textwrap
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from exchangekit import SyncExchange
from exchangekit.plugins import installed
from exchangekit.runtime.limits import forget_shared_limits
from exchangekit.sim import SimulatedVenue, VenueClock
from exchangekit.sim import run as sim_run

ROOT = Path(__file__).parents[2]
EXECUTED = [
    "docs/cassettes.md",
    "docs/coming-from-ccxt.md",
    "docs/conformance.md",
    "docs/credentials.md",
    "docs/errors.md",
    "docs/failover.md",
    "docs/getting-started.md",
    "docs/hooks.md",
    "docs/journal.md",
    "docs/orders.md",
    "docs/signing.md",
    "docs/sim-control.md",
    "docs/testing-your-strategy.md",
    "docs/transports.md",
    "docs/unified-model.md",
    "docs/venues/index.md",
    "exchangekit/sim/README.md",
]
"""Pages whose examples run by `play`."""
NOON = 1_790_000_000_000
"""2026-09-21 14:13:20 UTC, when all examples happen."""
CLOCK_RUNS = "<!-- the clock runs -->"
_FENCE = re.compile(r"^( *)```(\w*)([^\n]*)\n(.*?)^\1```", re.DOTALL | re.MULTILINE)


class Block(NamedTuple):
    language: str
    title: str
    text: str
    line: int
    """Where the text starts in its page, from 1."""


def examples(page: Path) -> list[Block]:
    """Every code block of a page, in order."""
    text = page.read_text(encoding="utf-8")
    found = []
    for match in _FENCE.finditer(text):
        title = re.search(r'title="([^"]*)"', match[3])
        line = text.count("\n", 0, match.start(4)) + 1
        body = textwrap.dedent(match[4])
        found.append(Block(match[2], title[1] if title else "", body, line))
    return found


def blocks(page: Path, language: str) -> list[str]:
    return [block.text for block in examples(page) if block.language == language]


def commands(page: Path) -> list[str]:
    """The lines of the page's shell examples that call exchangekit and come to an end."""
    lines = [
        line.split("  #")[0].strip() for text in blocks(page, "sh") for line in text.split("\n")
    ]
    return [line for line in lines if line.startswith("exchangekit ") and line.split()[1] != "sim"]


class Told(NamedTuple):
    """What an example printed, and what the page says that it prints (None: it does not say)."""

    line: int
    printed: str
    written: str | None


def play(page: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Told]:
    """Run the examples of a page in `folder`, one after another."""
    monkeypatch.chdir(folder)
    monkeypatch.syspath_prepend(folder)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    text = page.read_text(encoding="utf-8")
    opened: list[SimulatedVenue | SyncExchange] = []
    _stage(monkeypatch, opened, frozen=CLOCK_RUNS not in text)
    scope: dict[str, Any] = {"__name__": page.stem}
    told: Told | None = None
    try:
        for block in examples(page):
            if block.title == "Output":
                assert told is not None, f"{page.name}:{block.line}: nothing ran before this"
                told = told._replace(written=block.text)
                continue
            if told is not None:
                yield told
                told = None
            if block.title:
                _write(folder / block.title, block)
                _forget(folder)
                _test(folder / block.title)
            elif block.language == "python":
                told = Told(block.line, _run(block, page, scope), None)
        if told is not None:
            yield told
    finally:
        for one in reversed(opened):
            one.close() if isinstance(one, SyncExchange) else one.stop()
        _forget(folder)


def _stage(
    monkeypatch: pytest.MonkeyPatch, opened: list[SimulatedVenue | SyncExchange], *, frozen: bool
) -> None:
    """Everything that is opened is remembered, venues have a time of their own, and no way leads
    out of here."""
    start, made, connect = SimulatedVenue.start, SyncExchange.__init__, socket.socket.connect

    def started(venue: SimulatedVenue) -> SimulatedVenue:
        opened.append(venue)
        return start(venue)

    def connected(exchange: SyncExchange, *args: Any) -> None:
        opened.append(exchange)
        made(exchange, *args)

    def loopback(one: socket.socket, address: Any) -> None:
        assert address[0] == "127.0.0.1", f"an example wants to reach {address}"
        connect(one, address)

    monkeypatch.setattr(SimulatedVenue, "start", started)
    monkeypatch.setattr(SyncExchange, "__init__", connected)
    monkeypatch.setattr(socket.socket, "connect", loopback)
    forget_shared_limits()
    if frozen:
        monkeypatch.setattr(sim_run, "VenueClock", partial(VenueClock, fixed_at=NOON))


def _forget(folder: Path) -> None:
    """What was imported from `folder` and the plugins that were found: they may be others now."""
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if file and Path(file).is_relative_to(folder):
            del sys.modules[name]
    importlib.invalidate_caches()
    installed.cache_clear()


def _test(path: Path) -> None:
    """Run the tests of a page's test file: functions without arguments."""
    if path.name.startswith("test_"):
        module = importlib.import_module(path.stem)
        tests = [value for name, value in vars(module).items() if name.startswith("test_")]
        assert tests, f"{path.name} holds no test"
        for test in tests:
            test()


def _write(path: Path, block: Block) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(block.text, encoding="utf-8")
    if path.name == "pyproject.toml":
        _install(path.parent, block.text)


def _install(folder: Path, text: str) -> None:
    """What ``pip install`` would leave of a project: its metadata, where Python looks for it."""
    import tomllib

    project = tomllib.loads(text)["project"]
    info = folder / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    info.mkdir(exist_ok=True)
    needs = "".join(f"Requires-Dist: {one}\n" for one in project.get("dependencies", ()))
    head = f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
    (info / "METADATA").write_text(head + needs, encoding="utf-8")
    lines = []
    for group, entries in project.get("entry-points", {}).items():
        lines += [f"[{group}]", *(f"{name} = {value}" for name, value in entries.items())]
    (info / "entry_points.txt").write_text("\n".join(lines), encoding="utf-8")


def _run(block: Block, page: Path, scope: dict[str, Any]) -> str:
    # As many empty lines as there are above it, so that a failure shows the line of the page.
    source = "\n" * (block.line - 1) + block.text
    code = compile(ast.parse(source, page.name), page.name, "exec")
    with contextlib.redirect_stdout(io.StringIO()) as out:
        exec(code, scope)
    return out.getvalue()
