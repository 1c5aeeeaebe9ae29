"""mypy and pyright see every operation as it is, and refuse what is wrong.

One run of each tool for all tests, run by ``make types`` and not by ``make test``.
(pyright as basedpyright, which brings its own node and downloads nothing; in basic mode it says
what pyright says.)
"""

from __future__ import annotations

import inspect
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from exchangekit.adapter.operations import EXCHANGE_OPERATIONS
from exchangekit.operations import Operations

pytestmark = [
    pytest.mark.types,
    pytest.mark.skipif("config.option.markexpr != 'types'", reason="run by `make types`"),
]
ROOT = Path(__file__).parents[2]
WRONG = Path(__file__).with_name("wrong.py")
SHOWING = "\n".join(
    [
        "from exchangekit import Exchange, SyncExchange",
        "def shown(a: Exchange, s: SyncExchange) -> None:",
        *[f"    reveal_type(a.{name})" for name in EXCHANGE_OPERATIONS],
        *[f"    reveal_type(s.{name})" for name in EXCHANGE_OPERATIONS],
    ]
)


class Said(NamedTuple):
    """What pyright said: the lines of each file with an error, and the types it was asked for."""

    errors: dict[str, set[int]]
    types: dict[str, str]


@pytest.fixture(scope="session")
def pyright(tmp_path_factory: pytest.TempPathFactory) -> Said:
    folder = tmp_path_factory.mktemp("pyright")
    (folder / "showing.py").write_text(SHOWING, encoding="utf-8")
    (folder / "wrong.py").write_text(WRONG.read_text(encoding="utf-8"), encoding="utf-8")
    settings = {"typeCheckingMode": "basic", "include": ["."], "extraPaths": [str(ROOT)]}
    (folder / "pyrightconfig.json").write_text(json.dumps(settings), encoding="utf-8")
    command = [sys.executable, "-m", "basedpyright", "--outputjson", "-p", str(folder)]
    command += ["--pythonpath", sys.executable]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    told: list[dict[str, Any]] = json.loads(done.stdout)["generalDiagnostics"]
    errors: dict[str, set[int]] = {"showing.py": set(), "wrong.py": set()}
    types = {}
    for one in told:
        name, line = Path(one["file"]).name, one["range"]["start"]["line"] + 1
        if one["severity"] == "error":
            errors[name].add(line)
        found = re.fullmatch(r'Type of "(\S+)" is "(.*)"', one["message"], re.DOTALL)
        if found:
            types[found[1]] = found[2]
    return Said(errors, types)


def wrong() -> set[int]:
    """The marked lines."""
    lines = WRONG.read_text(encoding="utf-8").splitlines()
    return {number for number, line in enumerate(lines, start=1) if line.endswith("# wrong")}


def test_pyright_refuses_every_wrong_line_and_no_other(pyright: Said) -> None:
    assert len(wrong()) > 30
    assert pyright.errors["wrong.py"] == wrong()


def test_mypy_refuses_every_wrong_line_and_no_other(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path), str(WRONG)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    found = re.findall(r"^tests/checkers/wrong\.py:(\d+): error", done.stdout, re.MULTILINE)
    assert {int(line) for line in found} == wrong(), done.stdout


@pytest.mark.parametrize("name", EXCHANGE_OPERATIONS)
@pytest.mark.parametrize("kind", ["a", "s"])
def test_pyright_shows_the_arguments_and_the_result_of_an_operation(
    pyright: Said, kind: str, name: str
) -> None:
    assert pyright.errors["showing.py"] == set()
    arguments, _, result = pyright.types[f"{kind}.{name}"].rpartition(") -> ")
    signature = inspect.signature(getattr(Operations, name))
    assert re.findall(r"(?<![\w*])(\w+): ", arguments) == list(signature.parameters)[1:]
    given = str(signature.return_annotation)
    if name == "iter_ohlcv":
        assert result == f"{'Async' if kind == 'a' else ''}Iterator[Candle]"
        return
    given = given.removeprefix("Flow[").removesuffix("]")
    assert result == (f"CoroutineType[Any, Any, {given}]" if kind == "a" else given)
