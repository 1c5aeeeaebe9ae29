"""The venue of the pages "Add a venue", for tests: what they say, and the package they make."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree as ET

from exchangekit import __version__
from exchangekit.cli.skeleton import skeleton
from support.patience import PATIENCE

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
FIRST = DOCS / "add-a-venue.md"
FINISHED = ROOT / "examples" / "exchangekit-acme"
CONTINUED = ", continued"
_FENCE = re.compile(r'^```(\w+)(?: title="([^"]*)")?\n(.*?)^```$', re.DOTALL | re.MULTILINE)
_NEXT = re.compile(r"^(?:.* · )?Next: \[[^]]+\]\(([\w./-]+)\)$", re.MULTILINE)
_FILES = ("python", "markdown")


class Block(NamedTuple):
    language: str
    title: str
    text: str


def pages() -> list[Path]:
    """The pages in the order in which each leads to the next."""
    found = [FIRST]
    while leads := _NEXT.search(found[-1].read_text(encoding="utf-8")):
        found.append((found[-1].parent / leads[1]).resolve())
        assert len(found) < 20, "the pages lead round"
    return found


def blocks() -> list[Block]:
    """Every code block of the pages, in order, exactly as it stands there."""
    texts = (page.read_text(encoding="utf-8") for page in pages())
    return [Block(*found) for text in texts for found in _FENCE.findall(text)]


def finished() -> dict[str, str]:
    """The package that the pages lead to: what `new-venue` writes, and what they add."""
    files = skeleton("acme", __version__)
    for block in blocks():
        if block.language in _FILES:
            path = block.title.removesuffix(CONTINUED)
            files[path] = added(block, files.get(path, ""))
    return files


def added(block: Block, before: str) -> str:
    """A file after a page told what goes there: it begins anew, or is continued."""
    if not block.title.endswith(CONTINUED):
        return block.text
    between = "\n" if block.text.startswith(" ") else "\n\n"
    return before + between + block.text


class Run(NamedTuple):
    """A command that a reader gave, and what came of it."""

    command: str
    code: int
    out: str
    says: str | None
    """What its page says of it."""
    tests: dict[str, str]
    """Of pytest, each test and what became of it: passed, failed, or why it was skipped."""


@dataclass
class Reader:
    """Does what the pages say in `place`, one block after another."""

    place: Path
    here: Path = field(init=False)

    def __post_init__(self) -> None:
        self.here = self.place
        self.site = self.place / "site-packages"
        self.report = self.place / "report.xml"

    def read(self) -> Iterator[Run]:
        told: Run | None = None
        for block in blocks():
            if block.title == "Output":
                assert told is not None
                told = told._replace(says=block.text)
                continue
            if told is not None:
                yield told
                told = None
            if block.language in _FILES:
                file = self.here / block.title.removesuffix(CONTINUED)
                before = file.read_text(encoding="utf-8") if file.exists() else ""
                file.write_text(added(block, before), encoding="utf-8")
            elif block.language == "sh":
                *first, last = block.text.splitlines()
                for line in first:
                    if (run := self._do(line)) is not None:
                        yield run
                told = self._do(last)
        if told is not None:
            yield told

    def _do(self, line: str) -> Run | None:
        program, *words = shlex.split(line)
        if program == "cd":
            self.here /= words[0]
            return None
        if program == "pip":
            assert words == ["install", "-e", ".[test]"]
            self._install()
            return None
        module = {"exchangekit": "exchangekit.cli", "pytest": "pytest"}[program]
        done = subprocess.run(
            [sys.executable, "-m", module, *words],
            cwd=self.here,
            env=self._environment(),
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )
        # Apart, so that no line of the one breaks a line of the other.
        said = done.stdout + done.stderr
        return Run(line, done.returncode, said, None, self._tests(program))

    def _install(self) -> None:
        """What pip leaves behind of an editable package, without asking an index for its build
        backend: CI does the same with pip itself."""
        about = self.site / "exchangekit_acme-0.1.0.dist-info"
        about.mkdir(parents=True)
        (about / "METADATA").write_text(
            "Metadata-Version: 2.1\nName: exchangekit-acme\nVersion: 0.1.0\n"
        )
        (about / "entry_points.txt").write_text("[exchangekit]\nacme = exchangekit_acme\n")

    def _environment(self) -> dict[str, str]:
        kept = {
            name: value
            for name, value in os.environ.items()
            # In CI pytest tells a failure once more, whole, in its summary.
            if not name.startswith(("EXCHANGEKIT_", "PYTEST_", "COLUMNS")) and name != "CI"
        }
        return kept | {
            "PYTHONPATH": os.pathsep.join(map(str, (self.site, self.here, ROOT))),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTEST_ADDOPTS": f"-p no:cacheprovider -p no:xdist --junitxml={self.report}",
        }

    def _tests(self, program: str) -> dict[str, str]:
        if program != "pytest":
            return {}
        found = {}
        for case in ET.parse(self.report).iter("testcase"):
            [result] = [one for one in case if one.tag in ("failure", "error", "skipped")] or [None]
            name = case.attrib["name"]
            if result is None:
                found[name] = "passed"
            elif result.tag == "skipped":
                found[name] = result.attrib["message"]
            else:
                found[name] = "failed"
        return found
