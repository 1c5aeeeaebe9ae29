"""The pages "Add a venue": a reader who does what they say has a venue, and the kit is not edited.

``make tutorial`` writes anew what is made from the pages (the finished package)
and into them (what pytest says, and how many lines the venues took); ``make readme`` only the last.
"""

from __future__ import annotations

import ast
import re
import sys
import tempfile
from pathlib import Path

import pytest
from support.acme import DOCS, FINISHED, ROOT, Reader, Run, blocks, finished, pages
from support.code_lines import code_lines

from exchangekit.testing.check import GROUPS

ANEW = "run: make tutorial"
BEGIN, END = "<!-- lines: begin -->\n", "<!-- lines: end -->"
LONGEST = 250
OTHERS = ("__init__.py", "errors.py")
UNWRITTEN = "test_00_everything_that_strategies_rely_on_is_written"
PLUGINS = ROOT / "plugins"
VENUES = {
    "Acme": FINISHED / "exchangekit_acme",
    "Binance": PLUGINS / "exchangekit-binance/exchangekit_binance",
    "Bitget": PLUGINS / "exchangekit-bitget/exchangekit_bitget",
    "Bitget Unified": PLUGINS / "exchangekit-bitget/exchangekit_bitget/unified",
    "Bybit": PLUGINS / "exchangekit-bybit/exchangekit_bybit",
    "MEXC": PLUGINS / "exchangekit-mexc/exchangekit_mexc",
    "OKX": PLUGINS / "exchangekit-okx/exchangekit_okx",
}


def test_a_reader_gets_from_a_list_of_what_is_missing_to_green(tmp_path: Path) -> None:
    made, listed, *tested = Reader(tmp_path).read()
    assert (made.command, made.code) == ("exchangekit new-venue acme", 0)
    assert (listed.command, listed.code) == ("exchangekit venues", 0)
    [row] = [line for line in listed.out.splitlines() if line.startswith("acme")]
    assert "exchangekit-acme 0.1.0" in row
    assert "plugin acme" not in listed.out, "a problem is reported"

    *red, green = tested
    assert len(red) >= 5
    passed, left = [0], items(red[0])
    assert len(left) > 20
    for run in red:
        assert run.code == 1, run.out
        assert [name for name, end in run.tests.items() if end == "failed"] == [UNWRITTEN], run.out
        ends = {end for end in run.tests.values() if end not in ("passed", "failed")}
        assert all(end.startswith(("declared: ", "waits for Acme")) for end in ends), ends
        assert run.says is not None
        assert run.says in run.out, ANEW
        assert [name for name in run.tests if "written" in name] == [UNWRITTEN], "pytest -k written"
        if run.command == "pytest":
            passed.append(sum(end == "passed" for end in run.tests.values()))
        still = items(run)
        assert still == left[len(left) - len(still) :], f"the pages have another order: {run.out}"
    assert passed == sorted(set(passed)), "every chapter makes more of them pass"
    assert [len(items(run)) for run in red] == sorted({len(items(run)) for run in red})[::-1]

    assert green.code == 0, green.out
    ends = {end for end in green.tests.values() if end != "passed"}
    assert all(end.startswith("declared: ") for end in ends), ends
    ran = {name for name, end in green.tests.items() if end == "passed"}
    assert {int(name.split("_")[1]) for name in ran} == set(GROUPS)
    assert {name for name in ran if "sim-sync" in name} == {
        name.replace("-async]", "-sync]") for name in ran if "sim-async" in name
    }
    assert len(ran) > 200


def items(run: Run) -> list[str]:
    """What is left to write, as pytest tells it."""
    return re.findall(r"^ {1,2}\d+\. ([\w.]+) ", run.out, re.MULTILINE)


def test_a_person_can_read_each_page_and_goes_on_to_the_next_one() -> None:
    there = pages()
    assert set((DOCS / "add-a-venue").glob("*.md")) == set(there[1:])
    nav = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    listed = re.findall(r": (add-a-venue(?:/[\w-]+)?\.md)$", nav, re.MULTILINE)
    assert [DOCS / page for page in listed] == there
    for before, page in zip([None, *there], there, strict=False):
        text = page.read_text(encoding="utf-8")
        assert len(text.splitlines()) <= LONGEST, page.name
        title = None if before is None else before.read_text(encoding="utf-8").splitlines()[0][2:]
        assert (f"\nBefore: [{title}](" in text) is (before is not None), page.name
    first = there[0].read_text(encoding="utf-8")
    assert all(f"({page.relative_to(DOCS).as_posix()})" in first for page in there[1:])


def test_the_finished_package_is_what_the_page_builds() -> None:
    there = {
        path.relative_to(FINISHED).as_posix(): path.read_text(encoding="utf-8")
        for path in FINISHED.rglob("*")
        if path.is_file() and path.suffix in ("", ".md", ".py", ".toml", ".typed")
        if "egg-info" not in str(path)
    }
    assert there.keys() == finished().keys(), ANEW
    for path, text in finished().items():
        assert there[path] == text, f"{path}: {ANEW}"


def test_a_plugin_gets_all_checks_in_five_lines() -> None:
    [test] = [block.text for block in blocks() if block.title == "tests/test_conformance.py"]
    assert len([line for line in test.splitlines() if line.strip()]) <= 5


def test_nothing_in_the_kit_knows_the_venue() -> None:
    """Names in examples of docstrings aside: they are what a reader of these pages types."""
    for path in (ROOT / "exchangekit").rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        documentation = {
            id(node.value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        }
        for node in ast.walk(tree):
            if id(node) not in documentation:
                words = [value for value in vars(node).values() if isinstance(value, str)]
                assert "acme" not in " ".join(words).lower(), f"{path}:{getattr(node, 'lineno', 0)}"


def test_the_last_page_says_how_many_lines_the_venues_took() -> None:
    last = pages()[-1].read_text(encoding="utf-8")
    assert last.split(BEGIN)[1].split(END)[0] == lines(), "run: make readme"


def test_the_toy_takes_fewer_lines_than_any_real_venue_and_an_adapter_under_three_hundred() -> None:
    took = {title: counts(folder) for title, folder in VENUES.items()}
    toy = took.pop("Acme")
    assert all(sum(toy.values()) < sum(real.values()) for real in took.values())
    assert toy["adapter"] < 250
    assert all(real["adapter"] < 300 for real in took.values())


@pytest.mark.parametrize("title", VENUES)
def test_a_venue_is_a_table_an_adapter_with_its_rows_has_at_most_250_lines_of_code(
    title: str,
) -> None:
    own = [path for path in VENUES[title].glob("*.py") if path.name not in OTHERS]
    assert {"adapter.py", "rows.py"} <= {path.name for path in own}
    took = {path.name: code_lines(path) for path in own}
    assert sum(took.values()) <= 250, took


def test_only_code_counts(tmp_path: Path) -> None:
    file = tmp_path / "one.py"
    file.write_text('"""What it is\nfor."""\n\n# why\nA = """a\nb"""\n\n\ndef f():\n    """x"""\n')
    assert code_lines(file) == 3


def counts(package: Path) -> dict[str, int]:
    """Lines of a venue's package by what they are for; its ``__init__`` is the same everywhere. A
    venue that has a folder in another's package is counted for itself."""
    found = dict.fromkeys(("adapter", "rows", "errors", "simulation"), 0)
    for path in package.rglob("*.py"):
        name = path.relative_to(package).as_posix()
        inside = next((other for other in VENUES.values() if package in other.parents), None)
        if name == "__init__.py" or (inside is not None and inside in path.parents):
            continue
        if name.startswith("sim/"):
            kind = "simulation"
        else:
            kind = name[:-3] if name in ("adapter.py", "errors.py") else "rows"
        found[kind] += len(path.read_text(encoding="utf-8").splitlines())
    return found


def lines() -> str:
    """The sentence and the table of the page."""
    took = {title: counts(folder) for title, folder in VENUES.items()}
    toy = took["Acme"]
    mine = toy["adapter"] + toy["rows"] + toy["errors"]
    rows = [
        f"Acme took **{mine} lines** (adapter {toy['adapter']}, rows {toy['rows']},"
        f" errors {toy['errors']}) and {toy['simulation']} more for its simulation.",
        "",
        "| | adapter | rows | errors | together | simulation |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    for title, count in took.items():
        together = count["adapter"] + count["rows"] + count["errors"]
        rows.append(
            f"| {title} | {count['adapter']} | {count['rows']} | {count['errors']} |"
            f" {together} | {count['simulation']:,} |"
        )
    return "\n".join(rows) + "\n"


OUTPUT = re.compile(r'(^```text title="Output"\n)(.*?)(^```$)', re.DOTALL | re.MULTILINE)


def rewrite() -> None:
    """The finished package from the pages, then what they say of it."""
    for path, text in finished().items():
        file = FINISHED / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        runs = iter([run for run in Reader(Path(folder)).read() if run.says is not None])

    def told(found: re.Match[str]) -> str:
        run = next(runs)
        said = re.search(r"^Acme: .*?^Next: .*?(?=^[_=-]{3})", run.out, re.DOTALL | re.MULTILINE)
        assert said is not None, run.out
        return found[1] + said[0] + found[3]

    for page in pages():
        text = page.read_text(encoding="utf-8")
        page.write_text(OUTPUT.sub(told, text), encoding="utf-8")


def recount() -> None:
    """How many lines the venues take now, into the last page."""
    last = pages()[-1]
    before, rest = last.read_text(encoding="utf-8").split(BEGIN)
    last.write_text(before + BEGIN + lines() + END + rest.split(END)[1], encoding="utf-8")


if __name__ == "__main__":
    if "lines" not in sys.argv:
        rewrite()
    recount()
