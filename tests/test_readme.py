"""The README and the pages it leads to: their code trades, their commands run, their table is true.

``python tests/test_readme.py`` (``make readme``) writes the table anew.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from support.commands import key_variables
from support.pages import ROOT, blocks, commands
from support.patience import PATIENCE
from support.ports import free_ports
from support.quick_demo import quick
from support.traders import KEYS, VENUES

from exchangekit.cli import main
from exchangekit.cli.support import markdown
from exchangekit.plugins import installed
from exchangekit.sim import SimulatedVenue

README = ROOT / "README.md"
PAGES = [README, ROOT / "docs" / "command-line.md", ROOT / "examples" / "README.md"]
PAGES += [ROOT / "docs" / "getting-started.md"]
BEGIN, END = "<!-- what works where: begin -->\n", "\n<!-- what works where: end -->"


@pytest.fixture(scope="module")
def venues() -> Iterator[dict[str, SimulatedVenue]]:
    running = {
        name: SimulatedVenue(
            installed().simulated()[name],
            key=KEYS[name]["api_key"],
            secret=KEYS[name]["secret"],
            passphrase=KEYS[name].get("passphrase", ""),
        ).start()
        for name in VENUES
    }
    yield running
    for venue in running.values():
        venue.stop()


def test_the_table_of_what_works_where_is_what_the_adapters_declare() -> None:
    written = README.read_text(encoding="utf-8").split(BEGIN)[1].split(END)[0]
    assert written == markdown(installed()), "run: make readme"


def test_the_table_has_a_column_for_each_venue_and_says_more_than_yes() -> None:
    head, *rows = markdown(installed()).splitlines()
    assert [cell.strip() for cell in head.split("|")[2:-1]] == [
        "Binance",
        "Bitget",
        "Bitget Unified",
        "Bybit",
        "MEXC",
        "OKX",
    ]
    assert len(rows) > 30
    cells = {cell.strip() for row in rows[1:] for cell in row.split("|")[2:-1]}
    assert {"yes", "–"} < cells


def test_the_code_in_the_readme_is_thirty_lines_at_most() -> None:
    [code] = blocks(README, "python")
    assert len([line for line in code.splitlines() if line.strip()]) <= 30


@pytest.mark.parametrize("name", VENUES)
def test_the_code_in_the_readme_trades(
    name: str, venues: dict[str, SimulatedVenue], tmp_path: Path
) -> None:
    venue = venues[name]
    venue.control.reset()
    [code] = blocks(README, "python")
    script = tmp_path / "trade.py"
    script.write_text(code, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-W", "error", script, name, venue.url],
        env={**os.environ, **key_variables(name)},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    [order] = venue.control.orders()
    assert (order["status"], order["side"], order["kind"]) == ("canceled", "buy", "limit")
    status, balance = done.stdout.splitlines()
    assert status.split()[0] == "canceled"
    assert Decimal(status.split()[-1]) == Decimal(order["amount"])
    held = venue.control.balances()["main"]["USDT"]["free"]
    assert Decimal(balance.split()[0]) == Decimal(held)


def test_pasted_as_it_stands_into_fresh_shells_the_first_program_trades(tmp_path: Path) -> None:
    """Two shells that know nothing but where programs are: no keys, no settings, no files, and a
    home of their own, for the journal."""
    port = str(free_ports())
    [code] = blocks(README, "python")
    (tmp_path / "trade.py").write_text(code, encoding="utf-8")
    pasted = [text.replace("8801", port) for text in blocks(README, "sh")]
    [start] = [text for text in pasted if text.startswith("exchangekit sim ")]
    [trade] = [text for text in pasted if "python trade.py" in text]
    bare = {"PATH": os.pathsep.join([str(Path(sys.executable).parent), os.defpath])}
    bare["HOME"] = str(tmp_path)
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    first = subprocess.Popen(
        ["sh", "-c", start], env=bare, cwd=tmp_path, start_new_session=True, **pipes
    )
    try:
        assert first.stdout is not None
        assert first.stderr is not None
        venue = json.loads(first.stdout.readline())
        assert trade.strip().endswith(venue["url"])
        printed = [first.stderr.readline() for _ in range(1 + len(venue["keys"]))]
        assert trade.startswith("".join(printed[1:])), "the README shows other export lines"
        done = subprocess.run(
            ["sh", "-e", "-c", trade],
            env=bare,
            cwd=tmp_path,
            check=False,
            timeout=PATIENCE,
            **pipes,
        )
    finally:
        os.killpg(first.pid, signal.SIGKILL)
        first.communicate()
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("canceled 0 of ")


@pytest.mark.parametrize(
    "line", sorted({line for page in PAGES for line in commands(page) if "--live" not in line})
)
def test_the_commands_on_the_pages_work(
    line: str,
    venues: dict[str, SimulatedVenue],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    quick(monkeypatch)
    words = shlex.split(line)[1:]
    for name, venue in venues.items():
        venue.control.reset()
        for variable, value in key_variables(name).items():
            monkeypatch.setenv(variable, value)
        if name in words and words[0] != "demo":
            words += ["--base-url", venue.url]
    assert main(words) == 0, capsys.readouterr().err
    assert capsys.readouterr().out


def test_both_commands_of_the_readme_are_targets_of_the_makefile() -> None:
    targets = re.findall(
        r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE
    )
    named = re.findall(r"^make (\w+)", "\n".join(blocks(README, "sh")), re.MULTILINE)
    assert named == ["demo", "test"]
    assert set(named) < set(targets)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text(encoding="utf-8"))
    local = [link for link in links if "://" not in link]
    assert [link for link in local if not (page.parent / link).exists()] == []


if __name__ == "__main__":
    before, rest = README.read_text(encoding="utf-8").split(BEGIN)
    after = rest.split(END)[1] if END in rest else rest.split(END.strip())[1]
    README.write_text(before + BEGIN + markdown(installed()) + END + after, encoding="utf-8")
