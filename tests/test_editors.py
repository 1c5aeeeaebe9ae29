"""What an editor shows of an exchange: jedi, which many of them ask, sees the true operations."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

import jedi
import pytest

from exchangekit.adapter.operations import EXCHANGE_OPERATIONS
from exchangekit.operations import Operations

ROOT = Path(__file__).parents[1]
KINDS = {"Exchange": "asynchronous", "SyncExchange": "synchronous"}
_PYTHON = jedi.create_environment(sys.prefix, safe=False)
NOT_INFERRED = {("Exchange", "iter_ohlcv")}
"""What jedi cannot follow: it does not know what an async iterator gives."""

every = pytest.mark.parametrize("name", EXCHANGE_OPERATIONS)
kinds = pytest.mark.parametrize("kind", KINDS)


@pytest.fixture(autouse=True, scope="module")
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Several processes of the tests must not write into one cache."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jedi.settings, "cache_directory", str(tmp_path_factory.mktemp("jedi")))
        yield


def script(*lines: str) -> jedi.Script:
    """A program that somebody writes; the cursor is at its end."""
    return jedi.Script("\n".join(lines), project=jedi.Project(ROOT), environment=_PYTHON)


def strategy(kind: str, *lines: str) -> jedi.Script:
    start = (f"from exchangekit import {kind}", f"async def strategy(exchange: {kind}) -> None:")
    return script(*start, *(f"    {line}" for line in lines))


def inferred(program: jedi.Script) -> list[str]:
    """The types of the word at the cursor."""
    return [one.name for one in program.infer()]


def result(name: str) -> list[str]:
    """The type of what an operation gives (each), by the interface; none for Any."""
    given = get_args(get_type_hints(getattr(Operations, name))["return"])
    kind = get_args(get_args(given[0])[2])[0] if name == "iter_ohlcv" else given[2]
    return [] if kind is Any else [(get_origin(kind) or kind).__name__]


def flat(text: str) -> str:
    """Without spaces and quotes, in which jedi and Python differ."""
    return re.sub(r"[ '\"]", "", text)


@every
@kinds
def test_the_signature_and_the_words_of_an_operation_are_shown(kind: str, name: str) -> None:
    (shown,) = strategy(kind, f"exchange.{name}(").get_signatures()
    signature = inspect.signature(getattr(Operations, name))
    expected = signature.replace(
        parameters=list(signature.parameters.values())[1:],
        return_annotation=inspect.Signature.empty,
    )
    arguments, _, gives = shown.to_string().rpartition(" -> ")
    assert flat(arguments) == flat(f"{name}{expected}")
    given = str(signature.return_annotation).removeprefix("Flow[").removesuffix("]")
    iterator = {"Exchange": "AsyncIterator[Candle]", "SyncExchange": "Iterator[Candle]"}[kind]
    assert gives == (iterator if name == "iter_ohlcv" else given)
    assert shown.docstring(raw=True) == inspect.getdoc(getattr(Operations, name))


@every
@kinds
def test_the_result_of_an_operation_is_known(kind: str, name: str) -> None:
    if name == "iter_ohlcv":
        wait = "async " if kind == "Exchange" else ""
        program = strategy(kind, f"{wait}for got in exchange.{name}():", "    got")
    else:
        wait = "await " if kind == "Exchange" else ""
        program = strategy(kind, f"got = {wait}exchange.{name}()", "got")
    assert inferred(program) == ([] if (kind, name) in NOT_INFERRED else result(name))


@every
@kinds
def test_the_way_to_the_definition_leads_to_the_method(kind: str, name: str) -> None:
    (found,) = strategy(kind, f"exchange.{name}").goto(follow_imports=True)
    assert found.type == "function"
    assert found.full_name == f"exchangekit.exchange.{KINDS[kind]}.{kind}.{name}"


@pytest.mark.parametrize(
    "lines",
    [
        ("exchange = connect_sync('mexc')", "exchange.fetch_ticker('A/B')"),
        ("with connect_sync('mexc') as exchange:", "    exchange.fetch_ticker('A/B')"),
    ],
)
def test_a_sync_exchange_that_was_just_opened_is_known(lines: tuple[str, ...]) -> None:
    *opening, call = lines
    indent = call[: len(call) - len(call.lstrip())]
    program = script(
        "from exchangekit import connect_sync", *opening, f"{indent}got = {call}", f"{indent}got"
    )
    assert inferred(program) == ["Ticker"]


def test_an_async_exchange_that_was_just_opened_is_known() -> None:
    program = script(
        "from exchangekit import connect",
        "async def main() -> None:",
        "    async with connect('mexc') as exchange:",
        "        got = await exchange.fetch_ticker('A/B')",
        "        got",
    )
    assert inferred(program) == ["Ticker"]


@pytest.mark.parametrize("function", ["connect", "connect_sync"])
def test_the_options_of_connect_are_offered(function: str) -> None:
    program = script(f"from exchangekit import {function}", f"{function}('mexc', ")
    offered = {one.name for one in program.complete()}
    from exchangekit.options import Options

    assert {f"{name}=" for name in get_type_hints(Options)} <= offered
    (shown,) = program.get_signatures()
    assert 'environment: str="live"' in shown.to_string()
