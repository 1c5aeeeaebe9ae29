"""Small deliberate changes (mutants) of modules, and which of them no test notices: `make mutants`.

Works in copies of the tree; the tree itself is never touched. First the tests that speak most of
the modules run once, to see which lines each of them runs; then each mutant meets the tests that
run its line. It ends within MINUTES. Some survivors change nothing that matters; each of the others
is a line that no test holds.

No part of CI: what survives is for a person to judge.
"""

from __future__ import annotations

import ast
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue

from mutations import Mutant, mutants_of
from running import Seen, look, nothing_left_running, run

MODULE = re.compile(r"(exchangekit|plugins/[^/]+/exchangekit_[^/]+)/.*\.py")
TEST = re.compile(r"(tests|plugins/[^/]+/tests)/(.*/)?test_[^/]*\.py")
NEAR_FILES, NEAR_SECONDS, OTHER_SECONDS = 4, 4.0, 10.0
"""A mutant meets tests of the nearest files for so long, then, if it is still there, others."""


def git(*words: str) -> list[str]:
    said = subprocess.run(["git", *words], check=True, stdout=subprocess.PIPE, text=True).stdout
    return said.split("\0" if "-z" in words else "\n")


def by_likeness(tests: list[str], modules: list[str]) -> list[str]:
    """The files of tests that speak most of the modules first."""
    names, kinds = set[str](), (ast.FunctionDef, ast.ClassDef)
    for module in modules:
        nodes = ast.walk(ast.parse(Path(module).read_bytes()))
        names |= {node.name for node in nodes if isinstance(node, kinds)}
    dotted = [re.sub(r"^plugins/[^/]+/", "", name)[:-3].replace("/", ".") for name in modules]
    imports = re.compile("|".join(rf"from ({name}|{name.rpartition('.')[0]}) " for name in dotted))

    def likeness(test: str) -> tuple[bool, int]:
        text = Path(test).read_text(encoding="utf-8")
        return bool(imports.search(text)), len(names & set(re.findall(r"\w+", text)))

    return sorted(tests, key=likeness, reverse=True)


def tests_for(mutant: Mutant, seen: list[Seen]) -> Iterator[list[Seen]]:
    """Those that run its lines, or else its function, or else (what is done on import) its module:
    first some of the files that speak most of it, then the others, the quickest first."""
    for lines in (mutant.lines, mutant.function or ()):
        near = {(mutant.module, line) for line in lines}
        if found := [one for one in seen if near & one.lines]:
            break
    if not found and mutant.function is None:
        found = [one for one in seen if any(name == mutant.module for name, _ in one.lines)] or seen
    files = [*dict.fromkeys(one.file for one in found)][:NEAR_FILES]
    for left, near_ones in ((NEAR_SECONDS, True), (OTHER_SECONDS, False)):
        kept = list[Seen]()
        for one in sorted(found, key=lambda one: one.seconds):
            if (one.file in files) is near_ones and (one.seconds < left or not kept):
                left -= one.seconds
                kept.append(one)
        yield kept


def meet(mutant: Mutant, copy: Path, seen: list[Seen], deadline: float) -> str:
    """How the mutant ends."""
    end = "met by no test"
    (copy / mutant.module).write_bytes(mutant.source)
    for tests in filter(None, tests_for(mutant, seen)):
        seconds = 10 + 5 * sum(one.seconds for one in tests)
        files, chosen = sorted({one.file for one in tests}), [one.test for one in tests]
        left = min(seconds, deadline - time.time())
        code = run(copy, files, left, "-x", "--tb=no", chosen=chosen)
        if code is None:
            end = "hung" if time.time() < deadline else "untried"
        else:  # 5 is pytest's word for "no test was run"
            end = "survived" if code in (0, 5) else "killed"
        if end != "survived":
            break
    shutil.copy(mutant.module, copy / mutant.module)
    return end


def main() -> None:
    base, most = os.environ.get("BASE") or "main", int(os.environ.get("MOST") or 300)
    started, span = time.time(), 60 * float(os.environ.get("MINUTES") or 5)
    modules = os.environ.get("MODULES", "").split()
    every = git("ls-files", "-z", "--cached", "--others", "--exclude-standard")
    every = sorted({name for name in every if Path(name).is_file()})
    if not modules:
        differ = git("diff", "--name-only", "-z", git("merge-base", "HEAD", base)[0])
        differ += git("ls-files", "-z", "--others", "--exclude-standard")
        modules = [name for name in every if name in differ and MODULE.fullmatch(name)]
    mutants = [mutant for module in modules for mutant in mutants_of(module)]
    if not mutants:
        sys.exit(f"Nothing to change: no module differs from {base}. Name some in MODULES.")
    chosen = random.Random(0).sample(mutants, min(most, len(mutants)))
    tests = by_likeness([name for name in every if TEST.fullmatch(name)], modules)
    print(f"{len(chosen)} of {len(mutants)} mutants of {', '.join(modules)}", flush=True)
    count, deadline = os.cpu_count() or 1, started + span * 0.95
    with (
        tempfile.TemporaryDirectory() as place,
        ThreadPoolExecutor(count) as pool,
        nothing_left_running(),
    ):
        copies = [Path(place).resolve() / str(number) for number in range(count)]
        free, looks = SimpleQueue[Path](), []
        for number, copy in enumerate(copies):
            for name in every:
                (copy / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(name, copy / name)
            free.put(copy)
            files = tests[number::count]
            looks.append(pool.submit(look, copy, files, modules, started + span * 0.35))
        seen = [one for looking in looks for one in looking.result()]
        seen.sort(key=lambda one: tests.index(one.file))
        print(f"{len(seen)} tests looked at in {time.time() - started:.0f} s", flush=True)

        def one(mutant: Mutant) -> str:
            if time.time() > deadline:
                return "untried"
            copy = free.get()
            end = meet(mutant, copy, seen, deadline)
            free.put(copy)
            return end

        ends = Counter[str]()
        for mutant, end in zip(chosen, pool.map(one, chosen), strict=True):
            ends[end] += 1
            if end in ("survived", "met by no test"):
                print(f"{mutant.module}:{mutant.lines[0]}: {mutant.change} ({end})", flush=True)
    told = ", ".join(f"{number} {end}" for end, number in ends.most_common())
    print(f"{told}, in {time.time() - started:.0f} s")


if __name__ == "__main__":
    main()
