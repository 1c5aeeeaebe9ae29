"""Nothing public is undocumented: operations, hooks, errors, models, and the pages themselves."""

from __future__ import annotations

import inspect
import re
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import pytest
from kitdocs import checking, drawings, errors, failover, hooks, phones, public, venues
from support.acme import pages as tutorial
from support.pages import EXECUTED, ROOT, blocks, examples

import exchangekit
from exchangekit import Exchange, ExchangeKitError, SyncExchange
from exchangekit import adapter as kit
from exchangekit.adapter.operations import EXCHANGE_OPERATIONS
from exchangekit.failover import moving, signs
from exchangekit.plugins import installed

DOCS = ROOT / "docs"


def read(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", EXCHANGE_OPERATIONS)
def test_an_operation_has_documentation_and_stands_beside_its_name_in_ccxt(name: str) -> None:
    for kind in (Exchange, SyncExchange):
        said = inspect.getdoc(getattr(kind, name))
        assert said, f"{kind.__name__}.{name} has no docstring"
        assert len(said.split()) >= 3, f"the docstring of {kind.__name__}.{name} says too little"
    written = "iter_ohlcv" if name == "iter_ohlcv" else f"`{name}("
    assert written in read("coming-from-ccxt.md"), f"{name} is not on the page for ccxt's users"


@pytest.mark.parametrize("name", hooks.specifications())
def test_a_hook_has_documentation_and_an_example_on_its_page(name: str) -> None:
    assert inspect.getdoc(hooks.specifications()[name])
    assert f"[`{name}`]" in hooks.table()
    assert "<!-- made: hooks -->" in read("hooks.md")
    pages = "".join(path.read_text(encoding="utf-8") for path in DOCS.glob("*.md"))
    code = "".join(path.read_text(encoding="utf-8") for path in ROOT.glob("plugins/*/*/*.py"))
    assert name in pages + code, f"nobody shows how to write {name}"


def test_every_class_of_the_error_tree_is_in_the_table_with_what_to_do() -> None:
    every = {ExchangeKitError} | {
        value
        for value in vars(exchangekit.errors).values()
        if isinstance(value, type) and issubclass(value, ExchangeKitError)
    }
    assert {kind for _, kind in errors.tree()} == every
    assert set(errors.WHAT_TO_DO) == {kind.__name__ for kind in every}
    rows = errors.table().splitlines()[2:]
    assert len(rows) == len(every)
    for (_, kind), row in zip(errors.tree(), rows, strict=True):
        name, said, advice = row.strip("| ").split(" | ")
        assert f"`{kind.__name__}`" in name
        assert len(said.split()) >= 4, f"{kind.__name__} does not say what happened"
        assert advice.endswith((".", ")."))


def test_the_tree_in_the_docstring_of_errors_is_the_tree() -> None:
    drawn = re.findall(r"[├└]── (\w+)", exchangekit.errors.__doc__ or "")
    assert drawn == [kind.__name__ for _, kind in errors.tree()][1:]


def own_words(name: str, value: object) -> str:
    """The documentation of something, not counting what is inherited or made by Python."""
    said = getattr(value, "__doc__", None) or ""
    inherited = isinstance(value, type) and said in {base.__doc__ for base in value.__mro__[1:]}
    return "" if inherited or said.startswith(f"{name}(") else said


@pytest.mark.parametrize("name", sorted(set(exchangekit.__all__) - public.UNTOLD))
def test_a_public_name_and_its_methods_have_documentation(name: str) -> None:
    value = getattr(exchangekit, name)
    assert own_words(name, value), f"{name} has no docstring"
    for member, found in vars(value).items() if isinstance(value, type) else ():
        if member[0] != "_" and (inspect.isfunction(found) or isinstance(found, property)):
            assert own_words(member, found), f"{name}.{member} has no docstring"


def shown_on(page: str) -> set[str]:
    """The addresses that a page of the reference shows."""
    found = set()
    for block in re.findall(r"^::: (.+(?:\n(?:    .+|$))*)", read(page), re.MULTILINE):
        head, _, options = block.partition("\n")
        members = re.search(r"members: \[(.+)\]", options)
        found |= {f"{head}.{name}" for name in members[1].split(", ")} if members else {head}
    return found


def test_everything_that_authors_import_is_in_the_reference() -> None:
    shown = shown_on("reference/adapter.md")
    assert set(public.authors()) <= shown
    told = {address.rpartition(".")[2] for address in shown}
    named = set(re.findall(r"`(?:kit\.)?(\w+)", read("reference/adapter.md")))
    assert set(exchangekit.adapter.__all__) - told <= named | {"rows"}
    for address in shown:
        module, _, name = address.rpartition(".")
        value = getattr(import_module(module), name)
        assert own_words(name, value), f"{address} has no docstring"


def test_venues_and_the_tutorial_find_all_of_the_kit_in_one_import() -> None:
    pages = list(ROOT.glob("plugins/*/exchangekit_*/*.py"))
    pages += [*ROOT.glob("examples/*/exchangekit_*/*.py"), *DOCS.glob("add-a-venue*/*.md")]
    inner = re.compile(
        r"^from exchangekit\.(?:adapter|models)(?:\.\w+)+ import (?:\((.*?)\)|(.*?)$)", re.M | re.S
    )
    lists = [one for path in pages for one in inner.findall(path.read_text(encoding="utf-8"))]
    names = {name for one in lists for name in re.findall(r"\w+", "".join(one))}
    assert len(pages) > 12
    assert names <= set(exchangekit.adapter.__all__)


def test_every_installed_venue_has_a_page_with_all_its_codes() -> None:
    pages = venues.pages(installed())
    assert {"binance", "bitget", "bitgetuta", "bybit", "mexc", "okx"} <= pages.keys()
    for name, text in pages.items():
        adapter = installed().adapter(name)
        assert text.startswith(f"# {adapter.title}\n")
        assert adapter.docs in text
        for code in adapter.errors.codes:
            assert f"`{code}`" in text
        for place in adapter.environments.values():
            assert place.base_url in text


def test_the_tables_of_the_failover_have_every_rule() -> None:
    rows = failover.moves().splitlines()[2:]
    assert [row.split("`")[1] for row in rows] == [rule.error.__name__ for rule in moving.RULES]
    assert [("next venue" in row) for row in rows] == [rule.moves for rule in moving.RULES]
    assert len(failover.signs().splitlines()) == 2 + len(signs.MEANINGS)
    for sign in signs.Sign:
        assert f"| {sign} |" in failover.circuits()


def test_how_long_an_order_waits_follows_from_the_fence_of_the_venue() -> None:
    table = failover.waits(installed())
    assert "| Binance | `rechecked` | 2 s | 1 s | 3 s |" in table
    assert "| MEXC | `gateway` | 2 s | 5 s | 12 s |" in table


def test_what_a_page_has_made_somebody_makes() -> None:
    makers = (DOCS / "site_hooks.py").read_text(encoding="utf-8")
    for page in DOCS.rglob("*.md"):
        for name in re.findall(r"<!-- made: ([a-z ]+) -->", page.read_text(encoding="utf-8")):
            assert f'"{name}":' in makers, f"{page.name} wants {name}"


def test_no_cell_of_a_venues_table_is_cut_by_a_bar() -> None:
    for text in venues.pages(installed()).values():
        for table in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
            counts = {len(re.split(r"(?<!\\)\|", line)) for line in table.splitlines()}
            assert len(counts) == 1, table


def test_the_drawing_has_every_floor_of_the_import_contract() -> None:
    drawn = drawings.floors(ROOT)
    assert drawn.count("<rect") >= 12
    assert drawn.index(">cli<") < drawn.index(">runtime<") < drawn.index(">errors<")


def test_a_floor_that_nobody_explains_stops_the_drawing(tmp_path: Path) -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    more = text.replace('"connect",', '"connect",\n  "cellar",', 1)
    (tmp_path / "pyproject.toml").write_text(more, encoding="utf-8")
    with pytest.raises(ValueError, match=r"drawings\.py what cellar is for"):
        drawings.floors(tmp_path)


@pytest.mark.parametrize("page", sorted(DOCS.rglob("*.md")), ids=lambda page: page.name)
def test_a_page_that_has_examples_is_named_in_a_test(page: Path) -> None:
    shown = {block.language for block in examples(page)} & {"python", "sh", "console"}
    if shown:
        name = page.relative_to(DOCS).as_posix()
        if f"docs/{name}" in EXECUTED or page in tutorial():
            return
        tests = [path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("*.py")]
        assert any(f'"{name}"' in text for text in tests), f"no test runs the examples of {name}"


def test_every_command_for_contributors_is_there() -> None:
    said = "\n".join(blocks(ROOT / "CONTRIBUTING.md", "sh"))
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = re.findall(r"^make (\w+)", said, re.MULTILINE)
    assert len(targets) >= 5
    assert [name for name in targets if f"\n{name}:" not in makefile] == []
    files = re.findall(r"(?:python |^)((?:tests|\.ci)/\S+)", said, re.MULTILINE)
    assert len(files) == 2
    assert [name for name in files if not (ROOT / name).exists()] == []


@pytest.mark.parametrize("name", ["CONTRIBUTING.md", "SECURITY.md", *EXECUTED])
def test_every_link_of_a_file_leads_somewhere(name: str) -> None:
    links = re.findall(r"\]\(([^)#\s]+)[^)]*\)", (ROOT / name).read_text(encoding="utf-8"))
    made = {f"{venue}.md" for venue in installed().venues}
    local = [link for link in links if "://" not in link and Path(link).name not in made]
    assert [link for link in local if not ((ROOT / name).parent / link).exists()] == []


TABLE = (
    "<table><thead><tr><th>A</th><th>B &amp; <code>c</code></th></tr></thead>"
    "<tbody><tr><td>1</td><td>{}</td></tr></tbody></table>"
)


def test_a_table_that_is_marked_or_holds_sentences_becomes_cards_and_no_other_does() -> None:
    short, long = TABLE.format("2"), TABLE.format("a sentence that does not fit beside another one")
    assert phones.readable(short) == short
    assert phones.readable(f'<div class="compact">{long}') == f'<div class="compact">{long}'
    marked = phones.readable(f'<div class="cards">{short}</div>{short}')
    assert marked.count("<td data-label") == 2
    assert '<td data-label="A">1</td><td data-label="B &amp; c">2</td>' in marked
    assert phones.readable(long).startswith('<div class="cards"><table>')


@pytest.mark.parametrize(
    ("said", "broken"), [("one long line", True), ("name   value", False), ("  deeper", False)]
)
def test_output_is_broken_unless_it_stands_in_columns(said: str, broken: bool) -> None:
    block = '<div class="language-text highlight"><span class="filename">{}</span><pre>{}</pre>'
    assert ("wrapped" in phones.readable(block.format("Output", said))) is broken
    assert "wrapped" not in phones.readable(block.format("notes.txt", said))


SITE = {
    "index.html": '<h1 id="top">A</h1><a href="b/">b</a><a href="b/#part">p</a><a href="#top">t</a>'
    '<a href="https://example.org/">out</a>',
    "b/index.html": '<h2 id="part">B</h2><a href="../">a</a><img src="../a.png">',
    "a.png": "",
}


def problems(tmp_path: Path, changes: dict[str, str], *names: str) -> list[str]:
    for name, text in (SITE | changes).items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return list(checking.problems(tmp_path, names))


def test_a_site_whose_links_lead_somewhere_is_fine(tmp_path: Path) -> None:
    assert problems(tmp_path, {}, "top", "part") == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('<a href="../c/">c</a>', "links to ../c/: there is no such page"),
        ('<a href="../#nowhere">c</a>', "links to ../#nowhere: there is no such place on that"),
        ('<script src="https://cdn.example/x.js"></script>', "loads https://cdn.example/x.js"),
        ('<link rel="stylesheet" href="//cdn.example/x.css">', "loads //cdn.example/x.css"),
    ],
)
def test_what_is_wrong_with_the_built_site_is_found(tmp_path: Path, text: str, said: str) -> None:
    (found,) = problems(tmp_path, {"d/index.html": text})
    assert said in found


def test_a_style_that_loads_a_font_and_a_missing_name_are_found(tmp_path: Path) -> None:
    style = {"x.css": "@font-face{src:url(https://fonts.example/a.woff)}"}
    assert problems(tmp_path, style, "exchangekit.Missing") == [
        "the reference has no exchangekit.Missing",
        "x.css loads something from elsewhere",
    ]


def test_no_module_of_the_kit_hides_a_name_that_authors_import() -> None:
    """A module that is imported late becomes an attribute of its package, in place of the name."""
    modules = {module.name for module in iter_modules(kit.__path__)}
    assert not modules & kit._PLACES.keys()
