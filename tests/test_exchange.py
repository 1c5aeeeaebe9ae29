"""An exchange is whatever serves the operations: made from one interface, the same both ways."""

from __future__ import annotations

import ast
import asyncio
import copy
import inspect
import pickle
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from types import NoneType
from typing import Any, cast, get_args, get_origin, get_type_hints

import pytest
from support.stepper import policy
from support.toy import AsyncToy, Script, ToyAdapter

import exchangekit
from exchangekit import (
    Candle,
    Exchange,
    Market,
    Order,
    OrderStatus,
    OrderType,
    Outcome,
    Side,
    SyncExchange,
    Unsupported,
)
from exchangekit.adapter.operations import BY_NAME, EXCHANGE_OPERATIONS, OPERATIONS
from exchangekit.doctor.endpoints import known_requests
from exchangekit.hookspecs import new_manager
from exchangekit.operations import Connection, Flow, Hooks, OneVenue, Operations, answer
from exchangekit.runtime.drivers import AsyncDriver
from exchangekit.runtime.effects import Send, TransportFailure

ROOT = Path(__file__).parents[1]
PARTS = Path(exchangekit.__file__).parent / "operations"
SINCE = datetime(2026, 1, 1, tzinfo=UTC)

every = pytest.mark.parametrize("name", EXCHANGE_OPERATIONS)
kinds = pytest.mark.parametrize("kind", [Exchange, SyncExchange])


def give(kind: type, served: Operations, name: str, *args: Any, **kwargs: Any) -> Any:
    """What an operation of this kind of exchange gives; iterators are drained."""
    if kind is SyncExchange:
        with SyncExchange(served) as exchange:
            result = getattr(exchange, name)(*args, **kwargs)
            return list(result) if isinstance(result, Iterator) else result

    async def inside() -> Any:
        async with Exchange(served) as exchange:
            result = getattr(exchange, name)(*args, **kwargs)
            if isinstance(result, AsyncIterator):
                return [item async for item in result]
            return await result

    return asyncio.run(inside())


def something(of: Callable[..., Any]) -> dict[str, Any]:
    """An argument for each that must be given."""
    parameters = list(inspect.signature(of).parameters.values())[1:]
    given = {one.name: "x" for one in parameters if one.default is one.empty}
    return given | ({"order": Order(symbol="A/B", id="1")} if "order" in given else {})


# Made from the interface


def test_the_exchanges_are_what_the_interface_says() -> None:
    done = subprocess.run(
        [sys.executable, ".ci/make_facade.py", "--check"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def test_the_interface_has_the_operations_of_the_list_in_its_order() -> None:
    own = tuple(
        name
        for name, value in vars(Operations).items()
        if inspect.isfunction(value) and name[0] != "_" and name != "requires"
    )
    assert own == EXCHANGE_OPERATIONS


@kinds
def test_an_exchange_shows_the_operations_in_the_same_order(kind: type) -> None:
    shown = tuple(name for name, value in vars(kind).items() if inspect.isfunction(value))
    assert shown == ("requires", *EXCHANGE_OPERATIONS)


@every
@kinds
def test_an_operation_takes_what_the_interface_says(kind: type, name: str) -> None:
    ours, theirs = (inspect.signature(getattr(one, name)) for one in (kind, Operations))
    assert list(ours.parameters.values()) == list(theirs.parameters.values())
    assert getattr(kind, name).__doc__ == getattr(Operations, name).__doc__


@every
@kinds
def test_the_types_of_an_operation_are_there_at_run_time(kind: type, name: str) -> None:
    ours, theirs = (get_type_hints(getattr(one, name)) for one in (kind, Operations))
    assert ours.keys() == theirs.keys()
    result, flow = ours.pop("return"), theirs.pop("return")
    assert ours == theirs
    if name == "iter_ohlcv":
        assert result == (AsyncIterator[Candle] if kind is Exchange else Iterator[Candle])
        return
    assert get_origin(flow) is get_origin(Flow)
    assert result == get_args(flow)[2]


@every
def test_an_operation_is_a_coroutine_a_generator_or_a_plain_method(name: str) -> None:
    both = getattr(Exchange, name), getattr(SyncExchange, name)
    if name == "iter_ohlcv":
        assert inspect.isasyncgenfunction(both[0])
        assert inspect.isgeneratorfunction(both[1])
    else:
        assert inspect.iscoroutinefunction(both[0])
        assert not inspect.iscoroutinefunction(both[1])


def recording(name: str, seen: list[dict[str, Any]]) -> Operations:
    """Serves one operation and notes its arguments."""

    def serve(self: Operations, *args: Any, **kwargs: Any) -> Any:
        bound = inspect.signature(getattr(Operations, name)).bind(self, *args, **kwargs)
        seen.append({key: value for key, value in bound.arguments.items() if key != "self"})
        return iter(()) if name == "iter_ohlcv" else answer("answered")

    made: Operations = type("Recording", (Operations,), {name: serve})()
    return made


@every
@kinds
def test_every_argument_reaches_whoever_serves_it_and_the_answer_comes_back(
    kind: type, name: str
) -> None:
    parameters = list(inspect.signature(getattr(Operations, name)).parameters.values())[1:]
    given = {one.name: f"the {one.name}" for one in parameters}
    seen: list[dict[str, Any]] = []
    got = give(kind, recording(name, seen), name, **given)
    assert seen == [given]
    assert got == ([] if name == "iter_ohlcv" else "answered")


# One venue is put together from parts


def classes(path: Path) -> Iterator[ast.ClassDef]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return (node for node in tree.body if isinstance(node, ast.ClassDef))


def served_in(found: ast.ClassDef) -> set[str]:
    """The operations that a class says how to serve."""
    names = {node.name for node in found.body if isinstance(node, ast.FunctionDef)}
    return names & set(EXCHANGE_OPERATIONS)


PART_FILES = sorted(
    path
    for path in PARTS.glob("*.py")
    if path.name not in ("interface.py", "connection.py") and any(map(served_in, classes(path)))
)


def test_every_operation_of_a_venue_is_served_by_one_part() -> None:
    served = [name for path in PART_FILES for found in classes(path) for name in served_in(found)]
    assert len(served) == len(set(served))
    for name in set(EXCHANGE_OPERATIONS) - set(served):
        # A shorthand for an order is served by the interface, as create_order, and to wait for one
        # is to fetch it again and again.
        assert BY_NAME[name].shorthand, name
        assert BY_NAME[name].rests_on in ("create_order", "fetch_order"), name


@pytest.mark.parametrize("path", PART_FILES, ids=lambda path: path.stem)
def test_a_part_calls_no_operation_of_another_part(path: Path) -> None:
    for found in classes(path):
        for node in ast.walk(found):
            if (
                isinstance(node, ast.Attribute)
                and isinstance(node.value, ast.Name)
                and node.value.id == "self"
                and node.attr in EXCHANGE_OPERATIONS
            ):
                assert node.attr in served_in(found), f"{path.name}:{node.lineno}"


# What serves an exchange


class Nothing(Operations):
    """Serves nothing."""


@every
@kinds
def test_what_nobody_serves_is_unsupported_by_its_name(kind: type, name: str) -> None:
    operation = BY_NAME[name]
    told = operation.rests_on if operation.shorthand else name
    with pytest.raises(Unsupported) as caught:
        give(kind, Nothing(), name, **something(getattr(Operations, name)))
    assert (caught.value.venue, caught.value.operation) == ("Nothing", told)
    assert caught.value.outcome is (Outcome.NOT_SENT if operation.changes else None)


def test_a_double_tells_what_it_lacks() -> None:
    exchange = SyncExchange(Nothing())
    assert exchange.requires(*EXCHANGE_OPERATIONS) == EXCHANGE_OPERATIONS
    assert exchange.requires("fence", "limit:gtc", "timeframe:1m") == ("fence", "timeframe:1m")


class Two(Operations):
    """Serves the two operations that the shorthands of orders and candles are short for."""

    def __init__(self) -> None:
        self.asked: list[tuple[Any, ...]] = []

    def create_order(self, *args: Any, **kwargs: Any) -> Flow[Order]:
        given = {name: value for name, value in kwargs.items() if value not in (None, False)}
        self.asked.append((*args, given))
        return answer(Order(symbol=args[0], id="1"))

    def fetch_ohlcv(self, *args: Any, **kwargs: Any) -> Flow[tuple[Candle, ...]]:
        self.asked.append((*args, kwargs))
        one = Decimal(1)
        return answer((Candle(SINCE, one, one, one, one, one),))


@pytest.mark.parametrize(
    ("name", "given", "asked"),
    [
        (
            "create_limit_order",
            ("A/B", "buy", "1", "2"),
            ("A/B", OrderType.LIMIT, "buy", "1", "2", {}),
        ),
        ("create_market_order", ("A/B", "sell", "1"), ("A/B", OrderType.MARKET, "sell", "1", {})),
        (
            "create_market_buy_with_cost",
            ("A/B", "9"),
            ("A/B", OrderType.MARKET, Side.BUY, {"cost": "9"}),
        ),
    ],
)
@kinds
def test_a_shorthand_for_an_order_is_served_by_create_order(
    kind: type, name: str, given: tuple[Any, ...], asked: tuple[Any, ...]
) -> None:
    double = Two()
    assert give(kind, double, name, *given).id == "1"
    assert double.asked == [asked]
    assert double.requires(name) == ()


@kinds
def test_a_limit_order_is_passed_on_with_all_its_conditions(kind: type) -> None:
    double = Two()
    how = {"time_in_force": "ioc", "post_only": True, "client_order_id": "mine"}
    give(kind, double, "create_limit_order", "A/B", "buy", "1", "2", **how)
    assert double.asked == [("A/B", OrderType.LIMIT, "buy", "1", "2", how)]


@kinds
def test_whoever_serves_fetch_order_serves_wait(kind: type) -> None:
    class Filled(Operations):
        def fetch_order(
            self, id: str | None, symbol: str, *, client_order_id: str | None = None
        ) -> Flow[Order]:
            return answer(Order(symbol=symbol, id=id, status=OrderStatus.CLOSED))

    found = give(kind, Filled(), "wait", Order(symbol="A/B", id="1"))
    assert (found.id, found.is_done) == ("1", True)
    assert Filled().requires("wait") == ()


@kinds
def test_candles_one_after_another_are_served_by_fetch_ohlcv(kind: type) -> None:
    double = Two()
    (candle,) = give(kind, double, "iter_ohlcv", "A/B", "1h", since=SINCE)
    assert candle.timestamp == SINCE
    assert double.asked == [("A/B", "1h", SINCE, {"until": None})]
    assert double.requires("iter_ohlcv", "explain_order") == ("explain_order",)


@kinds
def test_loading_markets_is_served_by_fetch_markets(kind: type) -> None:
    class Listing(Operations):
        def fetch_markets(self) -> Flow[tuple[Market, ...]]:
            return answer((Market(symbol="A/B", id="AB", base="A", quote="B"),))

    assert give(kind, Listing(), "load_markets").symbol_of("AB") == "A/B"


@kinds
def test_an_exchange_without_a_transport_sends_nothing(kind: type) -> None:
    class Sending(Operations):
        def fetch_time(self) -> Flow[datetime]:
            moment: datetime = yield Send(cast("Any", None), 1.0)
            return moment

    with pytest.raises(TransportFailure, match="without a transport") as caught:
        give(kind, Sending(), "fetch_time")
    assert caught.value.sent is False
    assert kind(Sending()).transport == "none"


@kinds
def test_a_double_shows_who_it_is_and_is_not_copied(kind: Any) -> None:
    class Paper(Operations):
        venue = "paper"
        account = "bot2"

    exchange = kind(Paper())
    assert repr(exchange) == f"<{kind.__name__} paper test, account='bot2'>"
    assert (exchange.venue, exchange.account, exchange.base_url) == ("paper", "bot2", "")
    assert exchange.markets is NoneType()
    for copying in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="holds a connection"):
            copying(exchange)


# Several that share a driver


class Elsewhere(ToyAdapter):
    venue = "elsewhere"


def test_venues_that_share_a_driver_keep_markets_of_their_own() -> None:
    script = Script()

    async def both() -> list[Any]:
        driver = AsyncDriver(AsyncToy(script))
        venues = [
            Exchange(OneVenue(Connection(policy(adapter), Hooks(new_manager()), "live")), driver)
            for adapter in (ToyAdapter(), Elsewhere())
        ]
        await asyncio.gather(*(venue.load_markets() for venue in venues))
        await driver.aclose()
        return [venue.markets for venue in venues]

    assert None not in asyncio.run(both())
    assert len(script.asked("/markets")) == 2


def test_the_doctor_knows_a_request_of_every_operation_of_an_adapter() -> None:
    asked = set()

    class Noting(ToyAdapter):
        def __getattribute__(self, name: str) -> Any:
            asked.add(name)
            return super().__getattribute__(name)

    known_requests(Noting())
    assert set(OPERATIONS) <= asked
