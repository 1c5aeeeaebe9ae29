"""What the kit shows to the world: its names, its weight, its words."""

from __future__ import annotations

import ast
import inspect
import io
import re
import subprocess
import sys
import tokenize
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from support.patience import PATIENCE

import exchangekit
from exchangekit import Exchange, SyncExchange, errors, models
from exchangekit.adapter import Adapter, Capabilities
from exchangekit.adapter.operations import BY_NAME, EVERY, EXCHANGE_OPERATIONS, OPERATIONS
from exchangekit.hookspecs import ExchangeKitHooks

KIT = Path(exchangekit.__file__).parent
VENUES = ("mexc", "binance", "okx", "bybit", "kucoin", "kraken", "bitget", "gateio")


# Names


def test_everything_public_is_there_once() -> None:
    names = exchangekit.__all__
    assert len(set(names)) == len(names)
    for name in names:
        assert hasattr(exchangekit, name)
        assert not name.startswith("_")


def test_nothing_public_is_missing_from_the_list() -> None:
    classes = {
        name
        for name, value in vars(exchangekit).items()
        if not name.startswith("_") and not inspect.ismodule(value)
    }
    assert classes - set(exchangekit.__all__) <= {"connect"}


def test_every_error_and_every_model_is_public() -> None:
    for module, root in ((errors, errors.ExchangeKitError), (models, models.Model)):
        found = {
            name
            for name, value in vars(module).items()
            if isinstance(value, type) and issubclass(value, root)
        }
        assert found <= set(module.__all__)
        assert set(module.__all__) <= set(exchangekit.__all__)


def test_lists_of_names_are_sorted() -> None:
    for module in (errors, models, exchangekit.adapter):
        assert list(module.__all__) == sorted(module.__all__, key=_isort)


def _isort(name: str) -> tuple[int, str]:
    constant = name.isupper()
    return (0 if constant else 1 if name[0].isupper() else 2, name)


def test_the_drawing_of_the_error_tree_is_the_tree() -> None:
    tree = [line for line in (errors.__doc__ or "").splitlines() if "──" in line or "Kit" in line]
    parents: dict[str, str] = {}
    stack: list[tuple[int, str]] = []
    for line in tree:
        match = re.search(r"[A-Z]\w+", line)
        assert match is not None
        depth, name = match.start(), match.group()
        while stack and stack[-1][0] >= depth:
            stack.pop()
        parents[name] = stack[-1][1] if stack else "Exception"
        stack.append((depth, name))
    real = {
        name: value.__bases__[0].__name__
        for name, value in vars(errors).items()
        if isinstance(value, type) and issubclass(value, errors.ExchangeKitError)
    }
    assert parents == real


def test_the_version_is_the_installed_one() -> None:
    assert exchangekit.__version__ == metadata.version("exchangekit")


def test_types_are_published() -> None:
    assert (KIT / "py.typed").exists()


# Operations


@pytest.mark.parametrize("kind", [Exchange, SyncExchange])
def test_an_exchange_has_the_operations_of_the_list_and_no_others(kind: type) -> None:
    own = {
        name
        for name in dir(kind)
        if not name.startswith("_") and inspect.isfunction(getattr(kind, name))
    }
    beside = {"close", "aclose", "requires", "reconcile", "halt", "lift", "halted"}
    assert own - beside == set(EXCHANGE_OPERATIONS)


def test_an_adapter_has_the_operations_of_the_list_and_no_others() -> None:
    own = {
        name
        for name, value in vars(Adapter).items()
        if inspect.isfunction(value)
        and str(inspect.signature(value).return_annotation).startswith("Call[")
    }
    assert own == set(OPERATIONS)


def test_whatever_an_operation_rests_on_is_something_an_adapter_has() -> None:
    assert len(BY_NAME) == len(EVERY)
    for operation in EVERY:
        for name in (operation.rests_on, *operation.instead):
            assert callable(getattr(Adapter, name))
        for flag in operation.declared:
            assert isinstance(getattr(Capabilities(), flag), bool)


@pytest.mark.usefixtures("toy_venue")
def test_an_exchange_in_hand_is_documented_too() -> None:
    from support.helpers import sync_toy

    with sync_toy() as exchange:
        assert exchange.fetch_ticker.__doc__ == Exchange.fetch_ticker.__doc__
        assert list(inspect.signature(exchange.fetch_ticker).parameters) == ["symbol"]


def test_every_public_class_is_documented() -> None:
    for name in exchangekit.__all__:
        value: Any = getattr(exchangekit, name)
        if isinstance(value, type):
            assert value.__doc__, name


def test_every_hook_is_documented() -> None:
    for name, hook in vars(ExchangeKitHooks).items():
        if name.startswith("exchangekit_"):
            assert hook.__doc__, name


def test_an_adapter_has_no_operation_by_itself() -> None:
    assert Adapter.operations() == frozenset()


def test_nobody_can_withdraw() -> None:
    assert not [name for name in dir(Exchange) if "withdraw" in name or "transfer" in name]


# Weight

EXTRAS = """
    typer rich click uvicorn starlette vcr pytest hypothesis keyring ccxt aiohttp httpx h11
    difflib pydantic_settings packaging.requirements concurrent.futures.thread
"""


def imported(code: str) -> set[str]:
    """The modules a fresh Python has after `code`."""
    script = f"{code}\nimport sys\nprint('\\n'.join(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=PATIENCE, check=True
    )
    return set(done.stdout.split())


def test_what_only_authors_need_is_loaded_when_it_is_asked_for() -> None:
    asked = ("parse", "rows", "paging", "markets", "replies", "declarations")
    loaded = imported("import exchangekit.adapter")
    assert not {f"exchangekit.adapter.{name}" for name in asked} & loaded
    whole = imported(
        "from exchangekit import adapter as k\nfor name in k.__all__: getattr(k, name)"
    )
    assert "exchangekit.adapter.paging" in whole
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        _ = exchangekit.adapter.nothing
    assert set(exchangekit.adapter.__all__) <= set(dir(exchangekit.adapter))


def test_importing_the_kit_loads_no_extra_and_nothing_it_may_not_need() -> None:
    loaded = imported("import exchangekit")
    without = imported("import pydantic, pluggy, msgspec, asyncio, importlib.metadata")
    unwanted = [name for name in EXTRAS.split() if name in loaded and name not in without]
    assert unwanted == []
    assert "exchangekit.cli" not in loaded
    assert "exchangekit.sim" not in loaded
    assert not [name for name in loaded if name.startswith("exchangekit_")]


def test_the_kit_adds_little_to_what_its_dependencies_weigh() -> None:
    own = [name for name in imported("import exchangekit") if name.startswith("exchangekit")]
    # Many small modules: what counts is that none of the tools is loaded.
    assert not {name.split(".")[1] for name in own if "." in name} & {
        "cli",
        "doctor",
        "sim",
        "testing",
    }
    assert len(own) < 110


# Words


def modules() -> list[Path]:
    found = sorted(path for path in KIT.rglob("*.py"))
    assert len(found) > 30
    return found


def code_words(path: Path) -> list[tuple[int, str]]:
    """Names and strings of a module, without comments and docstrings."""
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    quiet: set[int] = set()
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if not isinstance(body, list):
            continue
        for item in body:
            if isinstance(item, ast.Expr) and isinstance(item.value, ast.Constant):
                quiet.update(range(item.lineno, (item.end_lineno or item.lineno) + 1))
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    return [
        (token.start[0], token.string)
        for token in tokens
        if token.type in (tokenize.NAME, tokenize.STRING) and token.start[0] not in quiet
    ]


# All but the demo's strategy: a program as a user writes it, which says where it trades.
THE_KIT = [path for path in modules() if path.name != "signal_strategy.py"]


@pytest.mark.parametrize("path", THE_KIT, ids=lambda path: str(path.relative_to(KIT)))
def test_the_kit_names_no_venue_in_its_code(path: Path) -> None:
    pattern = re.compile("|".join(VENUES), re.IGNORECASE)
    assert [(line, word) for line, word in code_words(path) if pattern.search(word)] == []


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(KIT)))
def test_a_module_begins_by_saying_what_it_is_for(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


def test_no_module_of_the_core_has_outgrown_a_page_or_two() -> None:
    long = {
        str(path.relative_to(KIT)): count
        for path in modules()
        if (count := len((text := path.read_text(encoding="utf-8")).splitlines())) > 420
        and "by ``make facade``" not in text
    }
    assert long == {}
