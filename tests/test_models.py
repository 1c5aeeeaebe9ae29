"""The models: exact, frozen, equal however they were made; filters whose advice is legal."""

from __future__ import annotations

import copy
import importlib
import inspect
import pickle
import pkgutil
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal, localcontext
from enum import StrEnum
from types import SimpleNamespace
from typing import Any, get_args, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from exchangekit import models
from exchangekit.errors import InvalidInput, InvalidOrder, MarketClosed
from exchangekit.models import (
    Balance,
    Balances,
    BookLevel,
    Candle,
    LimitOrder,
    Market,
    MarketBuyWithCost,
    MarketOrder,
    Model,
    Order,
    OrderBook,
    OrderExplanation,
    OrderRequest,
    OrderStatus,
    OrderType,
    OrderTypeWord,
    Problem,
    Side,
    SideWord,
    Source,
    Ticker,
    TimeInForce,
    TimeInForceWord,
)
from exchangekit.models.base import trusted_row
from exchangekit.models.enums import choices
from exchangekit.models.market import make_market_of_row
from exchangekit.models.market_data import make_ticker_of_row
from exchangekit.models.markets import index
from exchangekit.models.numbers import exact, is_multiple, plain, pretty, round_to_step
from exchangekit.models.orders import under_name
from exchangekit.orders import check_filters

decimals = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12)
moments = st.timedeltas(timedelta(0), timedelta(days=40_000)).map(
    lambda since: datetime(1990, 1, 1, tzinfo=UTC) + since
)
words = st.text(max_size=8)
levels = st.builds(BookLevel, decimals, decimals)


@pytest.fixture(autouse=True, scope="module")
def _strategies() -> None:
    st.register_type_strategy(Decimal, decimals)
    st.register_type_strategy(datetime, moments)
    st.register_type_strategy(str, words)
    st.register_type_strategy(Source, st.just(Source(b'{"a": 1}', "a")))
    st.register_type_strategy(BookLevel, levels)
    held = st.builds(Balance, asset=words, free=decimals, used=decimals)
    st.register_type_strategy(Mapping, st.dictionaries(words, held))


def trusted_constructors() -> dict[str, tuple[type[Model], Callable[..., Model]]]:
    """Every ``make_…`` of the models, with its model."""
    found = {}
    for info in pkgutil.iter_modules(models.__path__):
        module = importlib.import_module(f"exchangekit.models.{info.name}")
        for name, make in vars(module).items():
            if name.startswith("make_") and not name.endswith("_of_row"):
                model = name.removeprefix("make_").title().replace("_", "")
                kinds = {kind.__name__.lower(): kind for kind in _all_models()}
                found[name] = (kinds[model.lower()], make)
    return found


def _all_models() -> list[type[Model]]:
    return [
        kind for kind in vars(models).values() if isinstance(kind, type) and issubclass(kind, Model)
    ]


TRUSTED = trusted_constructors()


def fields_of(kind: type[Model], draw: Any, *, required: bool = False) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {
        name: draw(st.from_type(hints[name]))
        for name, field in kind.model_fields.items()
        if field.is_required() or not required
    }


@pytest.mark.parametrize(
    ("words", "kind"),
    [(SideWord, Side), (OrderTypeWord, OrderType), (TimeInForceWord, TimeInForce)],
)
def test_the_words_for_type_checkers_are_the_enum_and_its_values(
    words: Any, kind: type[StrEnum]
) -> None:
    (one,) = (each for each in get_args(words) if isinstance(each, type))
    (literal,) = (each for each in get_args(words) if not isinstance(each, type))
    assert one is kind
    assert get_args(literal) == tuple(member.value for member in choices(kind))


def test_there_is_a_trusted_constructor_for_what_parsers_make() -> None:
    assert {"Order", "Ticker", "Market", "MyTrade", "Balance", "Trade", "OrderBook"} <= {
        kind.__name__ for kind, _ in TRUSTED.values()
    }


@pytest.mark.parametrize("name", TRUSTED)
@pytest.mark.parametrize("required", [False, True], ids=["all fields", "required fields"])
@settings(max_examples=25, deadline=None)
@given(st.data())
def test_a_trusted_constructor_makes_what_validation_makes(
    name: str, required: bool, data: st.DataObject
) -> None:
    kind, make = TRUSTED[name]
    given_values = fields_of(kind, data.draw, required=required)
    validated, made = kind(**given_values), make(**given_values)
    assert type(made) is kind
    assert made == validated
    assert hash(made) == hash(validated)
    # Not the text itself: equal sets may list their members in another order.
    assert list(made.__repr_args__()) == list(validated.__repr_args__())
    assert made.model_dump() == validated.model_dump()
    assert made.raw == validated.raw
    assert pickle.loads(pickle.dumps(made)) == validated
    assert copy.deepcopy(made) == validated
    assert made.model_copy() == validated
    assert kind.model_validate(made.model_dump()) == validated


@pytest.mark.parametrize("name", TRUSTED)
@settings(max_examples=3, deadline=None)
@given(st.data())
def test_what_is_changed_of_a_copy_changes_no_other_of_its_kind(
    name: str, data: st.DataObject
) -> None:
    kind, make = TRUSTED[name]
    values = fields_of(kind, data.draw)
    one, other = make(**values), make(**values)
    for copied in (one.model_copy(), copy.deepcopy(one), pickle.loads(pickle.dumps(one))):
        copied.model_fields_set.clear()
    assert one.model_fields_set == other.model_fields_set == set(kind.model_fields)


@pytest.mark.parametrize("kind", [Ticker, Market])
@settings(max_examples=25, deadline=None)
@given(st.data())
def test_a_model_made_of_a_row_is_what_validation_makes(
    kind: type[Model], data: st.DataObject
) -> None:
    make = {Ticker: make_ticker_of_row, Market: make_market_of_row}[kind]
    row = fields_of(kind, data.draw)
    given_values = {name: row[name] for name in inspect.signature(make).parameters if name != "row"}
    # A row says 0 where there is no price and no rule.
    copied = {name: value for name, value in row.items() if name not in given_values}
    zeros = {name for name, value in copied.items() if isinstance(value, Decimal) and not value}
    made = make(SimpleNamespace(**row), **given_values)
    told = {name for name in zeros if getattr(made, name) is not None}
    validated = kind(**{**row, "venue": None, "account": None, **dict.fromkeys(zeros - told)})
    assert made == validated
    assert list(made.__repr_args__()) == list(validated.__repr_args__())
    assert made.model_dump() == validated.model_dump()


@pytest.mark.parametrize(
    ("kind", "make", "kept"),
    [
        (Ticker, make_ticker_of_row,
         "bid_volume ask_volume change percentage base_volume quote_volume"),
        (Market, make_market_of_row, "market_min_cost market_max_cost maker taker"),
    ],
)  # fmt: skip
def test_a_0_of_a_row_is_none_but_where_it_is_a_number(kind: Any, make: Any, kept: str) -> None:
    zeros = dict.fromkeys(kind.model_fields, Decimal(0))
    passed = {name: zeros[name] for name in inspect.signature(make).parameters if name != "row"}
    made = make(SimpleNamespace(**zeros), **passed)
    found = {name for name, value in made.__dict__.items() if value == 0 and value is not None}
    plain = {
        name for name, field in kind.model_fields.items() if field.annotation != Decimal | None
    }
    assert found - plain == set(kept.split())


@pytest.mark.parametrize(
    ("given_names", "or_none"), [("nonsense", ""), ("", "nonsense"), ("last", "last")]
)
def test_names_of_no_field_make_no_constructor(given_names: str, or_none: str) -> None:
    with pytest.raises(TypeError, match="Ticker has no field"):
        trusted_row(Ticker, given_names, or_none)


@pytest.mark.parametrize("name", TRUSTED)
def test_a_trusted_constructor_wants_its_required_fields_and_no_others(name: str) -> None:
    kind, make = TRUSTED[name]
    if any(field.is_required() for field in kind.model_fields.values()):
        with pytest.raises(TypeError, match="missing"):
            make()
    with pytest.raises(TypeError, match="unexpected"):
        make(nonsense=1)


def examples() -> list[Model]:
    source = Source(
        b'{"rows": [{"price": 0.1000, "big": 12345678901234567890.123456789}]}', "rows", 0
    )
    held = {"BTC": Balance(asset="BTC", free=Decimal(1), used=Decimal(2))}
    order = LimitOrder(symbol="A/B", side=Side.BUY, amount=Decimal(1), price=Decimal(2))
    return [
        Ticker(symbol="A/B", last=Decimal("0.1"), source=source),
        Order(symbol="A/B", id="1", status=OrderStatus.OPEN, source=source),
        OrderBook(symbol="A/B", bids=(BookLevel(Decimal(1), Decimal(2)),), asks=(), source=source),
        Balances(assets=held, source=source),
        MARKET.model_copy(update={"source": source}),
        index((MARKET,)).model_copy(update={"source": source}),
        order.model_copy(update={"source": source}),
        OrderExplanation(
            venue="toy",
            order=order,
            method="GET",
            url="http://toy",
            target="/x",
            headers={"A": "b"},
            body="",
            string_to_sign=None,
            problems=(Problem("a", "b", None),),
            cost=Decimal("1E-8"),
            maker_fee=Decimal("1E-11"),
            taker_fee=None,
            fee_currency="B",
            source=source,
        ),
    ]


MARKET = Market(symbol="A/B", id="AB", base="A", quote="B", price_step=Decimal("0.01"))
named = pytest.mark.parametrize("model", examples(), ids=lambda model: type(model).__name__)


@named
def test_a_model_is_frozen(model: Model) -> None:
    for name in type(model).model_fields:
        with pytest.raises(ValidationError, match="frozen"):
            setattr(model, name, None)
    with pytest.raises(ValidationError):
        model.anything = 1  # type: ignore[attr-defined]


@named
def test_a_model_is_hashable_and_equal_to_its_like(model: Model) -> None:
    twin = type(model)(**{name: getattr(model, name) for name in type(model).model_fields})
    assert {model, twin} == {model}
    assert model != "something else"
    assert model != MARKET.model_copy(update={"symbol": "other"})


@named
@pytest.mark.parametrize(
    "way", [copy.copy, copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))]
)
def test_a_model_survives_copying_with_its_raw_data(model: Model, way: Any) -> None:
    again = way(model)
    assert again == model
    assert hash(again) == hash(model)
    assert (
        again.raw
        == model.raw
        == {
            "price": Decimal("0.1000"),
            "big": Decimal("12345678901234567890.123456789"),
        }
    )


@named
def test_where_a_model_came_from_makes_no_difference_and_is_not_shown(model: Model) -> None:
    bare = model.model_copy(update={"source": None})
    assert bare == model
    assert bare.raw is None
    assert "source" not in repr(model)
    assert "source" not in model.model_dump()


def test_raw_is_decoded_only_when_somebody_looks() -> None:
    ticker = Ticker(symbol="A/B", source=Source(b"not json at all"))
    assert ticker == Ticker(symbol="A/B")
    with pytest.raises(Exception, match="malformed"):
        _ = ticker.raw


def test_raw_numbers_keep_all_their_digits() -> None:
    raw = Source(b'{"a": [0.10, 1e-8, 3]}', "a").decode()
    assert [str(number) for number in raw] == ["0.10", "1E-8", "3"]
    assert Source(b'{"a": {"b": [7]}}', "a", "b", 0).decode() == 7


@pytest.mark.parametrize("kind", [LimitOrder, MarketOrder])
def test_a_model_takes_no_float(kind: Any) -> None:
    with pytest.raises(ValidationError, match="amount is a float, which is not exact"):
        kind(symbol="A/B", side="buy", amount=0.1, price="1")


@pytest.mark.parametrize("wrong", ["NaN", "Infinity", "many", None, True])
def test_a_model_takes_no_number_that_is_none(wrong: Any) -> None:
    with pytest.raises(ValidationError):
        MarketBuyWithCost(symbol="A/B", cost=wrong)


def test_a_model_takes_no_field_it_does_not_know() -> None:
    with pytest.raises(ValidationError, match="Extra inputs"):
        Ticker(symbol="A/B", lst=Decimal(1))  # type: ignore[call-arg]


# What models know


def test_an_order_knows_what_is_left_and_whether_it_is_done() -> None:
    order = Order(symbol="A/B", amount=Decimal("1.5"), filled=Decimal("0.4"))
    assert order.remaining == Decimal("1.1")
    assert Order(symbol="A/B", amount=Decimal(1)).remaining is None
    done = {status: Order(symbol="A/B", status=status).is_done for status in OrderStatus}
    assert (done.pop(OrderStatus.OPEN), done.pop(OrderStatus.UNKNOWN)) == (False, False)
    assert not Order(symbol="A/B", status=OrderStatus.UNKNOWN).is_open
    assert set(done.values()) == {True}
    assert not order.is_done
    assert not order.is_open
    assert Order(symbol="A/B", status=OrderStatus.OPEN).is_open


def test_orders_know_their_type_and_side() -> None:
    limit = LimitOrder(symbol="A/B", side=Side.SELL, amount=Decimal(1), price=Decimal(1))
    market = MarketOrder(symbol="A/B", side=Side.SELL, amount=Decimal(1))
    by_cost = MarketBuyWithCost(symbol="A/B", cost=Decimal(1))
    assert (limit.type, market.type, by_cost.type) == ("limit", "market", "market")
    assert by_cost.side is Side.BUY


def test_balances_say_zero_for_what_is_not_held_and_raise_for_what_is_asked_by_name() -> None:
    held = Balances(assets={"BTC": Balance(asset="BTC", free=Decimal(1), used=Decimal("0.5"))})
    assert held["BTC"].total is held.total("BTC") is None
    assert held.free("BTC") == 1
    assert held.free("ETH") == held.total("ETH") == 0
    assert held.get("ETH") is None
    assert "BTC" in held
    assert "ETH" not in held
    assert (len(held), list(held.names())) == (1, ["BTC"])
    with pytest.raises(KeyError):
        held["ETH"]


def test_markets_are_found_by_symbol_and_by_id() -> None:
    markets = index((MARKET,))
    assert markets["A/B"] is markets.by_id["AB"] is markets.get("A/B")
    assert (len(markets), markets.symbols()) == (1, ("A/B",))
    assert "A/B" in markets
    assert markets.symbol_of("AB") == "A/B"
    assert markets.symbol_of("GONE") == "GONE"


def test_a_book_knows_its_best_prices() -> None:
    level = BookLevel(Decimal(1), Decimal(2))
    book = OrderBook(symbol="A/B", bids=(level,), asks=())
    assert book.best_bid == level
    assert book.best_ask is None


def test_a_sum_of_money_does_not_depend_on_the_callers_precision() -> None:
    with localcontext() as context:
        context.prec = 3
        order = Order(symbol="A/B", amount=Decimal("1234.5678"), filled=Decimal("0.0001"))
        assert order.remaining == Decimal("1234.5677")


def test_an_explanation_reads_as_a_page() -> None:
    text = str(examples()[-1])
    assert text.splitlines()[0] == "GET http://toy/x"
    assert "  refused: b" in text
    assert "  cost: 0.00000001" in text
    assert "  fee as maker: 0.00000000001 B" in text
    assert "E-" not in text


# Numbers

anything = st.decimals(allow_nan=False, allow_infinity=False)
sensible = st.decimals(
    allow_nan=False, allow_infinity=False, min_value=-(10**20), max_value=10**20, places=18
)
steps = st.builds(
    lambda digits, power: Decimal(digits).scaleb(power),
    st.sampled_from([1, 2, 5, 25]),
    st.integers(min_value=-12, max_value=3),
)


@given(anything.filter(lambda number: abs(number.adjusted()) < 500))
def test_no_number_is_ever_written_with_an_exponent(number: Decimal) -> None:
    for text in (plain(number), pretty(number)):
        assert set(text) <= set("-0123456789.")
        assert Decimal(text) == number


@pytest.mark.parametrize(
    ("number", "text"),
    [("1E-8", "0.00000001"), ("1E+3", "1000"), ("100", "100"), ("1.500", "1.5"), ("0E-9", "0")],
)
def test_people_see_no_trailing_zeros(number: str, text: str) -> None:
    assert pretty(Decimal(number)) == text


@given(sensible, steps)
def test_rounding_gives_the_nearest_multiple_in_the_steps_digits(
    number: Decimal, step: Decimal
) -> None:
    rounded = round_to_step(number, step)
    assert is_multiple(rounded, step)
    assert abs(rounded - number) <= step / 2
    assert rounded.as_tuple().exponent == step.as_tuple().exponent


@given(st.one_of(st.integers(-(10**20), 10**20), sensible, sensible.map(str)))
def test_what_users_write_is_taken_exactly(value: Any) -> None:
    assert exact(value, "x") == Decimal(value)


@pytest.mark.parametrize("value", [" 1.5 ", "+1.5", "1.5e0", "15e-1", ".15e1"])
def test_the_usual_ways_to_write_a_number_are_taken(value: str) -> None:
    assert exact(value, "x") == Decimal("1.5")


# Filters


@st.composite
def markets(draw: Any) -> Market:
    """Markets as venues have them: steps of any kind, limits that need not lie on them."""

    def maybe(strategy: Any) -> Any:
        return draw(st.none() | strategy)

    small = st.decimals(min_value="0.000001", max_value=10, places=6)
    large = st.decimals(min_value=10, max_value=100_000, places=6)
    return Market(
        symbol="A/B",
        id="AB",
        base="A",
        quote="B",
        price_step=maybe(steps),
        min_price=maybe(small),
        max_price=maybe(large),
        amount_step=maybe(steps),
        min_amount=maybe(small),
        max_amount=maybe(large),
        market_amount_step=maybe(steps),
        market_min_amount=maybe(small),
        market_max_amount=maybe(large),
        min_cost=maybe(small),
        max_cost=maybe(large),
        cost_step=maybe(steps),
    )


amounts = st.decimals(min_value=-1, max_value=200_000, places=9)


def field_of(problem: Problem, order: Any) -> str:
    """The field that a filter's advice is for; a limit order's cost is set by its amount."""
    word = problem.filter.replace("_positive", "").replace("_step", "").split("_")[-1]
    return "amount" if word == "cost" and isinstance(order, LimitOrder) else word


@st.composite
def orders(draw: Any) -> Any:
    amount = draw(amounts)
    return draw(
        st.sampled_from(
            [
                LimitOrder(symbol="A/B", side=Side.BUY, amount=amount, price=draw(amounts)),
                MarketOrder(symbol="A/B", side=Side.SELL, amount=amount),
                MarketBuyWithCost(symbol="A/B", cost=amount),
            ]
        )
    )


@settings(max_examples=300)
@given(markets(), orders())
def test_the_nearest_value_offered_does_not_break_the_filter_that_offers_it(
    market: Market, order: Any
) -> None:
    for problem in market.problems(order):
        if problem.nearest is None:
            continue
        field = field_of(problem, order)
        advised = order.model_copy(update={field: problem.nearest})
        still = [other for other in market.problems(advised) if field_of(other, advised) == field]
        # A limit order's amount has two rules: its own and the cost's.
        assert problem.filter not in [other.filter for other in still]
        if "cost" not in "".join(other.filter for other in still):
            assert still == []


@settings(max_examples=300)
@given(markets(), orders())
def test_who_follows_the_advice_ends_with_a_legal_order_or_learns_that_there_is_none(
    market: Market, order: Any
) -> None:
    for _ in range(6):
        problems = market.problems(order)
        if not problems or problems[0].nearest is None:
            break
        order = order.model_copy(update={field_of(problems[0], order): problems[0].nearest})
    assert not problems or problems[0].nearest is None


@settings(max_examples=300)
@given(markets(), orders())
def test_a_step_problem_offers_a_value_less_than_a_step_away(market: Market, order: Any) -> None:
    for problem in market.problems(order):
        if problem.filter.endswith("_step") and problem.nearest is not None:
            asked = getattr(order, field_of(problem, order))
            rules = [market.price_step, market.amount_step, market.market_amount_step]
            step = max(step for step in (*rules, market.cost_step) if step is not None)
            assert abs(problem.nearest - asked) < step


@settings(max_examples=300)
@given(markets(), amounts, amounts)
def test_rounding_never_makes_a_buy_dearer_or_a_sale_cheaper(
    market: Market, price: Decimal, amount: Decimal
) -> None:
    price, amount = abs(price), abs(amount)
    bid, ask = market.round_price(price, "buy"), market.round_price(price, Side.SELL)
    assert bid <= price <= ask
    assert market.round_amount(amount) <= amount
    assert market.round_cost(amount) <= amount
    assert bid * market.round_amount(amount) <= price * amount
    if market.price_step is not None:
        for rounded in (bid, ask, market.round_price(price)):
            assert is_multiple(rounded, market.price_step)
            assert abs(rounded - price) < market.price_step
    if market.amount_step is not None:
        assert is_multiple(market.round_amount(amount), market.amount_step)


def test_rounding_knows_the_step_of_market_orders() -> None:
    market = MARKET.model_copy(
        update={"amount_step": Decimal("0.01"), "market_amount_step": Decimal("0.1")}
    )
    assert market.round_amount("1.29") == Decimal("1.29")
    assert market.round_amount("1.29", OrderType.MARKET) == Decimal("1.2")
    assert market.round_amount("1.29", "market") == Decimal("1.2")
    assert MARKET.round_amount("1.29", "market") == Decimal("1.29")
    with pytest.raises(InvalidInput, match="type is 'stop', expected limit or market"):
        MARKET.round_amount("1.29", "stop")


@pytest.mark.parametrize("side", ["long", 1, [], ""])
def test_rounding_refuses_a_side_it_does_not_know(side: Any) -> None:
    with pytest.raises(InvalidInput, match="expected buy, sell or None"):
        MARKET.round_price("1.005", side)


def test_rounding_takes_a_side_in_any_case() -> None:
    assert MARKET.round_price("1.005", "BUY") == Decimal("1.00")
    assert MARKET.round_price("1.005", "Sell") == Decimal("1.01")


@pytest.mark.parametrize("method", ["round_price", "round_amount", "round_cost"])
def test_rounding_refuses_floats(method: str) -> None:
    with pytest.raises(InvalidInput, match="is a float"):
        getattr(MARKET, method)(1.5)


def test_a_cost_is_reckoned_exactly_whatever_the_callers_precision() -> None:
    market = MARKET.model_copy(update={"min_cost": Decimal("5")})
    order = LimitOrder(
        symbol="A/B", side=Side.BUY, amount=Decimal("1.000000000000000001"), price=Decimal("4.99")
    )
    with localcontext() as context:
        context.prec = 2
        (problem,) = market.problems(order)
    assert "4.99000000000000000499" in problem.message


@pytest.mark.parametrize(
    ("low", "high", "asked", "nearest"),
    [
        ("0.014", None, "0.001", "0.02"),
        (None, "0.026", "7", "0.02"),
        ("0.995", "1.005", "1.004", "1.00"),
        ("0.995", "1.005", "0.999", "1.00"),
        ("0.991", "0.999", "0.995", None),
        (None, "0.005", "0.004", None),
        (None, None, "0.001", "0.01"),
    ],
)
def test_a_limit_that_is_off_the_tick_yields_to_the_next_tick_inside(
    low: str | None, high: str | None, asked: str, nearest: str | None
) -> None:
    limits = {
        name: value and Decimal(value) for name, value in (("min_price", low), ("max_price", high))
    }
    order = LimitOrder(symbol="A/B", side=Side.BUY, amount=Decimal(1), price=Decimal(asked))
    (problem,) = MARKET.model_copy(update=limits).problems(order)
    assert problem.nearest == (nearest and Decimal(nearest))


def test_no_amount_at_a_price_that_no_amount_fits_is_offered() -> None:
    market = MARKET.model_copy(update={"min_cost": Decimal(5), "max_amount": Decimal(1)})
    order = LimitOrder(symbol="A/B", side=Side.BUY, amount=Decimal(1), price=Decimal("0.01"))
    (problem,) = market.problems(order)
    assert problem.nearest is None
    assert "no amount at this price is legal" in problem.message


def test_a_market_that_the_api_never_trades_is_not_called_closed() -> None:
    market = MARKET.model_copy(update={"active": False, "through_api": False})
    order = LimitOrder(symbol="A/B", side=Side.BUY, amount=Decimal(1), price=Decimal(10))
    with pytest.raises(InvalidOrder, match="no orders in A/B through its API") as caught:
        check_filters(order, market)
    assert (type(caught.value), caught.value.filter) == (InvalidOrder, "through_api")
    closed = MARKET.model_copy(update={"active": False})
    with pytest.raises(MarketClosed):
        check_filters(order, closed)


def test_a_market_says_which_orders_it_does_not_take() -> None:
    market = MARKET.model_copy(
        update={"order_types": frozenset({OrderType.LIMIT}), "buy_with_cost": False}
    )
    problems = market.problems(MarketBuyWithCost(symbol="A/B", cost=Decimal(1)))
    assert [problem.filter for problem in problems] == ["order_types", "buy_with_cost"]
    assert "takes no market orders (it takes: limit)" in problems[0].message


def test_candles_and_levels_are_plain_tuples_with_names() -> None:
    candle = Candle(datetime(2026, 1, 1, tzinfo=UTC), *map(Decimal, range(5)))
    assert candle.close == 3
    assert candle[0] + timedelta(days=1) == datetime(2026, 1, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    "order",
    [
        LimitOrder(symbol="BTC/USDT", side=Side.BUY, amount=Decimal("0.1"), price=Decimal(9)),
        LimitOrder(
            symbol="BTC/USDT",
            side=Side.SELL,
            amount=Decimal("0.1"),
            price=Decimal(9),
            time_in_force=TimeInForce.IOC,
            source=Source(b"{}"),
        ),
        MarketOrder(symbol="BTC/USDT", side=Side.SELL, amount=Decimal("0.1")),
        MarketBuyWithCost(symbol="BTC/USDT", cost=Decimal(10)),
    ],
)
def test_an_order_under_another_name_is_what_a_copy_of_it_is(order: OrderRequest) -> None:
    made, copied = under_name(order, "mine"), order.model_copy(update={"client_order_id": "mine"})
    assert made == copied
    assert (made.client_order_id, made.source) == ("mine", order.source)
    assert made.model_dump() == copied.model_dump()


def test_a_model_says_its_arguments_before_its_validator_is_built() -> None:
    class Fresh(Model):
        amount: Decimal
        name: str = "x"

    assert str(inspect.signature(Fresh)).endswith(
        "amount: decimal.Decimal, name: str = 'x') -> None"
    )
    made = Fresh(amount=Decimal(1))
    assert str(inspect.signature(Fresh)).endswith(
        "amount: decimal.Decimal, name: str = 'x') -> None"
    )
    assert made == Fresh(amount=Decimal(1), name="x")
