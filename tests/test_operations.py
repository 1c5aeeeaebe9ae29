"""The operations on a venue of no name: what they ask, in how many pages, what they make of it."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.helpers import Either, sync_toy
from support.stepper import stepping
from support.toy import (
    BTC,
    KEY,
    MARKETS,
    SECRET,
    START,
    START_MS,
    Script,
    SyncToy,
    ToyAdapter,
    lost,
    plugins_with,
    query,
    refusal,
    reply,
)

from exchangekit import connect_sync, requires
from exchangekit.adapter import Adapter, Call, Capabilities, Outgoing, Reply, Request
from exchangekit.errors import (
    BadReply,
    ConnectionFailed,
    ExchangeError,
    FirewallBlocked,
    InvalidInput,
    OrderNotFound,
    Outcome,
    OutcomeUnknown,
    PermissionDenied,
    RateLimited,
    UnknownSymbol,
    Unsupported,
    VenueUnavailable,
)
from exchangekit.models import (
    BookLevel,
    CancelReport,
    LimitOrder,
    Market,
    OrderStatus,
    Side,
    TimeInForce,
    VenueState,
)
from exchangekit.operations.timeframes import advance
from exchangekit.orders import ID_BYTES, client_order_id, order_request

both = pytest.mark.parametrize("kind", ["sync", "async"])
MINUTE = timedelta(minutes=1)
OPEN = START - timedelta(seconds=20)
"""When the candle that grows has opened: the venue's clock stands at 22:13:20."""


# Candles


class History:
    """Answers questions for candles as a venue does that has some (in minutes before OPEN); a
    careless one adds a candle on either side, one with `only_finished` candles in its windows
    leaves the one that grows out of them."""

    def __init__(
        self,
        minutes: set[int],
        most: int = 5,
        *,
        careless: bool = False,
        only_finished: bool = False,
    ) -> None:
        self.rows = sorted(OPEN - minute * MINUTE for minute in minutes)
        self.most = most
        self.careless = careless
        self.only_finished = only_finished
        self.spans: list[tuple[str | None, str | None]] = []

    def __call__(self, outgoing: Outgoing) -> Reply:
        asked = query(outgoing)
        self.spans.append((asked.get("since"), asked.get("until")))
        rows = self.rows
        if "since" in asked:
            since, until = int(asked["since"]), int(asked["until"])
            if self.careless:
                since, until = since - 60_000, until + 60_000
            rows = [row for row in rows if since <= ms(row) < until]
            rows = [row for row in rows if not (self.only_finished and row == OPEN)][: self.most]
        else:
            rows = rows[-int(asked["n"]) :]
        return reply([[ms(row)] for row in rows])

    def between(self, since: datetime, until: datetime) -> list[datetime]:
        return [row for row in self.rows if since <= row < until]


def ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


traded = st.sets(st.integers(0, 40), max_size=41)
seconds = st.integers(0, 45 * 60)


@settings(max_examples=150)
@given(traded, seconds, seconds, st.booleans())
def test_a_history_is_whole_and_each_candle_comes_once(
    minutes: set[int], first: int, second: int, careless: bool
) -> None:
    since = START - timedelta(seconds=max(first, second) + 1)
    until = START - timedelta(seconds=min(first, second))
    history = History(minutes, 8 if careless else 5, careless=careless)
    steps, made = stepping(Script(standing={"/candles": history}))
    expected = history.between(since, until)
    rows = steps.run(made.fetch_ohlcv("BTC/USDT", "1m", since, until=until))
    assert [row.timestamp for row in rows] == expected
    iterated = [
        row.timestamp
        for page in made.iter_ohlcv("BTC/USDT", "1m", since=since, until=until)
        for row in steps.run(page)
    ]
    assert iterated == expected


@settings(max_examples=80)
@given(traded, seconds, st.integers(1, 30))
def test_a_limit_takes_the_oldest_from_since(minutes: set[int], back: int, limit: int) -> None:
    since = START - timedelta(seconds=back + 1)
    history = History(minutes)
    steps, made = stepping(Script(standing={"/candles": history}))
    rows = steps.run(made.fetch_ohlcv("BTC/USDT", "1m", since, limit))
    assert [row.timestamp for row in rows] == history.between(since, START)[:limit]


@settings(max_examples=60)
@given(seconds, st.integers(1, 30))
def test_a_limit_takes_the_newest_before_until(back: int, limit: int) -> None:
    until = START - timedelta(seconds=back)
    history = History(set(range(100)))
    steps, made = stepping(Script(standing={"/candles": history}))
    rows = steps.run(made.fetch_ohlcv("BTC/USDT", "1m", None, limit, until=until))
    assert [row.timestamp for row in rows] == history.between(START - 200 * MINUTE, until)[-limit:]


@pytest.mark.parametrize(("limit", "questions"), [(1, 1), (5, 1), (6, 2), (10, 2), (11, 3)])
def test_a_limit_from_since_costs_no_more_questions_than_it_takes(
    limit: int, questions: int
) -> None:
    history = History(set(range(41)))
    steps, made = stepping(Script(standing={"/candles": history}))
    candles = steps.run(made.fetch_ohlcv("BTC/USDT", "1m", OPEN - 40 * MINUTE, limit))
    assert len(candles) == limit
    assert len(history.spans) == questions


@pytest.mark.parametrize("limit", [None, 1, 3, 5])
def test_the_newest_candles_cost_one_question(limit: int | None) -> None:
    history = History(set(range(50)))
    steps, made = stepping(Script(standing={"/candles": history}))
    rows = steps.run(made.fetch_ohlcv("BTC/USDT", limit=limit))
    assert [row.timestamp for row in rows] == history.rows[-(limit or 5) :]
    assert history.spans == [(None, None)]


def test_more_of_the_newest_than_one_call_serves_are_paged() -> None:
    history = History(set(range(50)))
    steps, made = stepping(Script(standing={"/candles": history}))
    rows = steps.run(made.fetch_ohlcv("BTC/USDT", limit=23))
    assert [row.timestamp for row in rows] == history.rows[-23:]


def test_windows_touch_and_do_not_overlap() -> None:
    history = History(set())
    steps, made = stepping(Script(standing={"/candles": history}))
    since = OPEN - 17 * MINUTE
    assert steps.run(made.fetch_ohlcv("BTC/USDT", "1m", since, until=OPEN)) == ()
    assert history.spans == [
        (str(ms(since + at * MINUTE)), str(ms(min(since + (at + 5) * MINUTE, OPEN))))
        for at in range(0, 17, 5)
    ]


@pytest.mark.parametrize("back", [0, 1, 2])
@pytest.mark.parametrize("only_finished", [False, True])
def test_the_candle_that_grows_is_there_even_where_it_opens_exactly_at_since(
    back: int, only_finished: bool
) -> None:
    history = History({0, 1, 2, 3}, only_finished=only_finished)
    steps, made = stepping(Script(standing={"/candles": history}))
    candles = steps.run(made.fetch_ohlcv("BTC/USDT", "1m", OPEN - back * MINUTE))
    assert [candle.timestamp for candle in candles] == [
        OPEN - minute * MINUTE for minute in range(back, -1, -1)
    ]


def test_a_growing_candle_that_opened_before_since_is_left_out() -> None:
    history = History({0, 1}, only_finished=True)
    steps, made = stepping(Script(standing={"/candles": history}))
    since = OPEN + timedelta(microseconds=1)
    assert steps.run(made.fetch_ohlcv("BTC/USDT", "1m", since)) == ()


def test_nobody_asks_for_candles_of_the_future() -> None:
    history = History({0, 1, 2})
    steps, made = stepping(Script(standing={"/candles": history}))
    rows = steps.run(
        made.fetch_ohlcv("BTC/USDT", "1m", OPEN - MINUTE, until=START + timedelta(days=9999))
    )
    assert [row.timestamp for row in rows] == history.rows[-2:]
    assert len(history.spans) <= 2
    assert steps.run(made.fetch_ohlcv("BTC/USDT", "1m", START + timedelta(days=5))) == ()


@given(
    st.datetimes(timezones=st.just(UTC)).map(lambda moment: moment.replace(year=2020, day=1)),
    st.sampled_from(["1s", "1m", "15m", "4h", "1d", "1w", "1M", "3M"]),
    st.integers(1, 500),
)
def test_advancing_there_and_back_leads_home(moment: datetime, timeframe: str, count: int) -> None:
    there = advance(moment, timeframe, count)
    assert there > moment
    assert advance(there, timeframe, -count) == moment
    halfway = advance(advance(moment, timeframe, 1), timeframe, count - 1)
    assert halfway == there


# Orders and fills in pages


def rows_of(kind: str, numbers: list[int]) -> list[dict[str, Any]]:
    extra = {"order": "7"} if kind == "fills" else {}
    return [{"id": str(number), "at": START_MS - number * 1000, **extra} for number in numbers]


class Paged:
    """A venue that lists in pages of `size`, which overlap by `overlap` rows."""

    def __init__(self, kind: str, numbers: list[int], size: int, overlap: int = 0) -> None:
        self.kind, self.numbers, self.size, self.overlap = kind, numbers, size, overlap

    def __call__(self, outgoing: Outgoing) -> Reply:
        start = int(query(outgoing).get("cursor", "0"))
        page = self.numbers[start : start + self.size]
        after = start + self.size - self.overlap
        more = str(after) if start + self.size < len(self.numbers) else None
        return reply({"rows": rows_of(self.kind, page), "next": more})


LISTS = [("fetch_closed_orders", "/closed", "orders"), ("fetch_my_trades", "/fills", "fills")]


@pytest.mark.parametrize(("operation", "path", "kind"), LISTS)
@settings(max_examples=60)
@given(
    numbers=st.lists(st.integers(0, 5000), unique=True, max_size=20),
    size=st.integers(2, 6),
    overlap=st.integers(0, 1),
    back=st.integers(1, 5000),
    ahead=st.integers(0, 5000),
)
def test_all_pages_are_read_once_each_row_in_order_inside_the_window(
    operation: str,
    path: str,
    kind: str,
    numbers: list[int],
    size: int,
    overlap: int,
    back: int,
    ahead: int,
) -> None:
    since, until = START - timedelta(seconds=back + ahead), START - timedelta(seconds=ahead)
    steps, made = stepping(Script(standing={path: Paged(kind, numbers, size, overlap)}))
    rows = steps.run(getattr(made, operation)("BTC/USDT", since, until=until))
    inside = sorted((n for n in numbers if ahead < n <= back + ahead), reverse=True)
    assert [row.id for row in rows] == [str(number) for number in inside]
    some = steps.run(getattr(made, operation)("BTC/USDT", since, 3, until=until))
    assert some == rows[:3]


@pytest.mark.parametrize(("operation", "path", "kind"), LISTS)
def test_the_newest_cost_one_question(operation: str, path: str, kind: str) -> None:
    script = Script(standing={path: Paged(kind, list(range(9)), 3)})
    steps, made = stepping(script)
    rows = steps.run(getattr(made, operation)("BTC/USDT"))
    assert [row.id for row in rows] == ["2", "1", "0"]
    assert [row.id for row in steps.run(getattr(made, operation)("BTC/USDT", limit=2))] == [
        "1",
        "0",
    ]
    assert [asked["n"] for asked in script.asked(path)] == ["3", "2"]


def test_the_end_of_a_history_that_is_not_given_lies_a_little_ahead() -> None:
    script = Script(standing={"/fills": Paged("fills", [], 3)})
    steps, made = stepping(script)
    steps.run(made.fetch_my_trades("BTC/USDT", START - MINUTE))
    (asked,) = script.asked("/fills")
    assert int(asked["since"]) == START_MS - 60_000
    assert 0 <= int(asked["until"]) - START_MS <= 61_000


@pytest.mark.parametrize(
    ("operation", "arguments", "path"),
    [
        ("fetch_open_orders", ("BTC/USDT",), "/open"),
        ("fetch_order_trades", ("7", "BTC/USDT"), "/order/fills"),
    ],
)
def test_lists_without_a_window_are_read_to_their_end(
    operation: str, arguments: tuple[str, ...], path: str
) -> None:
    kind = "fills" if path == "/order/fills" else "orders"
    steps, made = stepping(Script(standing={path: Paged(kind, list(range(11)), 4)}))
    rows = steps.run(getattr(made, operation)(*arguments))
    assert [row.id for row in rows] == [str(number) for number in range(10, -1, -1)]


def test_open_orders_of_all_symbols_need_no_symbol() -> None:
    script = Script(standing={"/open": Paged("orders", [1, 2], 4)})
    steps, made = stepping(script)
    assert len(steps.run(made.fetch_open_orders())) == 2
    assert "s" not in script.asked("/open")[0]


def test_rows_without_any_id_are_not_taken_for_one() -> None:
    steps, made = stepping(Script([reply({"rows": [{"id": "", "at": START_MS}] * 2})]))
    assert len(steps.run(made.fetch_open_orders("BTC/USDT"))) == 2


def test_fills_of_the_same_moment_are_in_the_order_of_their_numbers() -> None:
    rows = [{"id": name, "order": "7", "at": START_MS} for name in ("10", "9", "100")]
    steps, made = stepping(Script([reply({"rows": rows})]))
    fills = steps.run(made.fetch_order_trades("7", "BTC/USDT"))
    assert [fill.id for fill in fills] == ["9", "10", "100"]


def test_pages_that_go_round_in_a_circle_end_in_an_error() -> None:
    circle = {"a": "b", "b": "a"}

    def answer(outgoing: Outgoing) -> Reply:
        return reply({"rows": [], "next": circle.get(query(outgoing).get("cursor", ""), "a")})

    steps, made = stepping(Script(standing={"/open": answer}))
    with pytest.raises(BadReply, match="pages go round in a circle") as caught:
        steps.run(made.fetch_open_orders("BTC/USDT"))
    assert caught.value.operation == "fetch_open_orders"


def test_a_list_without_an_end_is_no_short_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exchangekit.operations.history._MOST_PAGES", 20)

    def answer(outgoing: Outgoing) -> Reply:
        return reply({"rows": [], "next": str(int(query(outgoing).get("cursor", "0")) + 1)})

    steps, made = stepping(Script(standing={"/open": answer}))
    with pytest.raises(BadReply, match="no end after 20 pages"):
        steps.run(made.fetch_open_orders("BTC/USDT"))


# Canceling everything


def open_orders(count: int) -> Reply:
    return reply({"rows": rows_of("orders", list(range(count)))})


class Canceling:
    """Cancels what it is asked to, but for what `wrong` says of the n-th batch."""

    def __init__(self, wrong: dict[int, Any] | None = None, gone: str = "-") -> None:
        self.wrong = wrong or {}
        self.gone = gone
        self.batches: list[list[str]] = []

    def __call__(self, outgoing: Outgoing) -> Reply:
        ids = query(outgoing)["ids"].split(",")
        self.batches.append(ids)
        trouble = self.wrong.get(len(self.batches))
        if isinstance(trouble, Exception):
            raise trouble
        return trouble or reply({name: name != self.gone for name in ids})


def cancel_all(count: int, canceling: Canceling) -> CancelReport:
    script = Script(standing={"/open": open_orders(count), "/orders": canceling})
    steps, made = stepping(script)
    return steps.run(made.cancel_all_orders("BTC/USDT"))


def test_where_the_venue_cannot_cancel_all_its_open_orders_are_canceled_in_batches() -> None:
    canceling = Canceling(gone="3")
    report = cancel_all(5, canceling)
    assert canceling.batches == [["4", "3"], ["2", "1"], ["0"]]
    assert [order.id for order in report.canceled] == ["4", "2", "1", "0"]
    assert [(one.order_id, one.reason) for one in report.failed] == [("3", "gone")]


def test_nothing_open_is_nothing_to_cancel() -> None:
    canceling = Canceling()
    assert cancel_all(0, canceling) == CancelReport(canceled=())
    assert canceling.batches == []


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        (lost(), "Whether it happened is unknown"),
        (refusal(-2015, "no permission", 403), "nothing was changed"),
    ],
)
def test_a_batch_that_fails_after_others_is_reported_with_the_rest(
    trouble: Any, words: str
) -> None:
    report = cancel_all(5, Canceling({2: trouble}))
    assert [order.id for order in report.canceled] == ["4", "3"]
    assert [one.order_id for one in report.failed] == ["2", "1", "0"]
    assert all(words in one.reason for one in report.failed)


def test_a_first_batch_that_fails_is_raised() -> None:
    with pytest.raises(OutcomeUnknown) as caught:
        cancel_all(5, Canceling({1: lost()}))
    assert caught.value.operation == "cancel_all_orders"
    with pytest.raises(ExchangeError) as refused:
        cancel_all(5, Canceling({1: refusal(-2015, "no", 403)}))
    assert refused.value.outcome is Outcome.REFUSED


def test_when_the_open_orders_cannot_be_listed_nothing_was_canceled() -> None:
    steps, made = stepping(Script([refusal(-9999, "not for you", 403)]))
    with pytest.raises(PermissionDenied) as caught:
        steps.run(made.cancel_all_orders("BTC/USDT"))
    text = str(caught.value)
    assert text.startswith("toy cancel_all_orders: fetch_open_orders, which comes first, failed: ")
    assert caught.value.outcome is Outcome.NOT_SENT


class CancelsAll(ToyAdapter):
    venue = "toyall"

    def cancel_all_orders(self, market: Market) -> Call[CancelReport]:
        request = Request(method="DELETE", path="/all", signed=True, changes=True)
        return Call(request, lambda reply: CancelReport(canceled=()))


def test_where_the_venue_can_cancel_all_one_request_does() -> None:
    script = Script([reply({})])
    steps, made = stepping(script, CancelsAll())
    assert steps.run(made.cancel_all_orders("BTC/USDT")) == CancelReport(canceled=())
    assert [one.path for one in script.private] == ["/all"]


def test_a_venue_that_finds_nothing_to_cancel_has_canceled_nothing() -> None:
    steps, made = stepping(Script([refusal(-2013, "unknown order")]), CancelsAll())
    assert steps.run(made.cancel_all_orders("BTC/USDT")) == CancelReport(canceled=())


# Orders


@pytest.fixture
def found(toy_venue: None) -> Script:
    """A script behind which the toy venue accepts every order."""
    return Script(
        standing={"/order": lambda asked: reply({"id": "7", "client": query(asked).get("client")})}
    )


@both
@pytest.mark.parametrize(
    ("operation", "args", "kwargs", "sent"),
    [
        (
            "create_order",
            ("BTC/USDT", "LIMIT", "Sell", Decimal("0.50"), 10),
            {"client_order_id": "mine"},
            {"side": "sell", "type": "limit", "amount": "0.50", "price": "10", "client": "mine"},
        ),
        (
            "create_limit_order",
            ("BTC/USDT", "buy", "1", "10"),
            {"post_only": True, "client_order_id": "mine"},
            {"side": "buy", "type": "limit", "amount": "1", "price": "10", "client": "mine"},
        ),
        (
            "create_market_order",
            ("BTC/USDT", Side.SELL, "1"),
            {"client_order_id": "mine"},
            {"side": "sell", "type": "market", "amount": "1", "client": "mine"},
        ),
        (
            "create_market_buy_with_cost",
            ("BTC/USDT", Decimal("2E+1")),
            {"client_order_id": "mine"},
            {"side": "buy", "type": "market", "cost": "20", "client": "mine"},
        ),
    ],
)
def test_an_order_goes_out_as_it_was_written(
    found: Script, kind: str, operation: str, args: Any, kwargs: Any, sent: dict[str, str]
) -> None:
    order = Either(kind, found).call(operation, *args, **kwargs)
    assert order.id == "7"
    (asked,) = found.asked("/order")
    for name in ("timestamp", "recvWindow", "signature"):
        del asked[name]
    assert asked == {"s": "BTCUSDT", **sent}


def test_an_order_without_an_id_gets_one_that_is_legal_everywhere_and_its_own(
    found: Script,
) -> None:
    with sync_toy(found) as exchange:
        for _ in range(5):
            exchange.create_order("BTC/USDT", "limit", "buy", "1", "10")
    ids = [asked["client"] for asked in found.asked("/order")]
    assert len(set(ids)) == 5
    assert all(re.fullmatch("ek[a-z0-9]{25}", name) for name in ids)


@given(st.binary(min_size=ID_BYTES, max_size=ID_BYTES), st.binary(min_size=16, max_size=16))
def test_different_dice_give_different_ids_of_the_same_length(one: bytes, other: bytes) -> None:
    legal = re.compile("[a-z0-9]{27}")
    assert re.fullmatch("ek[a-z0-9]{25}", client_order_id(one, legal))
    assert (client_order_id(one, legal) == client_order_id(other, legal)) is (one == other)


@pytest.mark.parametrize("post_only", [True, False])
@pytest.mark.parametrize("tif", [None, "gtc", "GTC", TimeInForce.POST_ONLY, "post_only", "ioc"])
def test_post_only_and_time_in_force_come_to_one_word(tif: Any, post_only: bool) -> None:
    arguments = ("BTC/USDT", "limit", "buy", "1", "10")
    words: Any = {"cost": None, "time_in_force": tif, "client_order_id": None}
    if post_only and tif == "ioc":
        with pytest.raises(InvalidInput):
            order_request(*arguments, post_only=post_only, **words)
        return
    order = order_request(*arguments, post_only=post_only, **words)
    assert isinstance(order, LimitOrder)
    plain = TimeInForce(tif.lower()) if tif else TimeInForce.GTC
    assert order.time_in_force is (TimeInForce.POST_ONLY if post_only else plain)


@both
def test_an_order_is_tested_without_being_placed(found: Script, kind: str) -> None:
    found.standing["/order/test"] = reply({})
    assert Either(kind, found).call("test_order", "BTC/USDT", "limit", "buy", "1", "10") is None
    assert len(found.asked("/order/test")) == 1
    assert found.asked("/order") == []


@both
@pytest.mark.parametrize(
    ("operation", "method"), [("cancel_order", "DELETE"), ("fetch_order", "GET")]
)
def test_an_order_is_named_by_its_id_or_by_ours(
    found: Script, kind: str, operation: str, method: str
) -> None:
    either = Either(kind, found)
    either.call(operation, "7", "BTC/USDT")
    either.call(operation, None, "BTC/USDT", client_order_id="mine")
    by_id, by_ours = found.asked("/order")
    assert (by_id.get("id"), by_id.get("client")) == ("7", None)
    assert (by_ours.get("id"), by_ours.get("client")) == (None, "mine")
    assert {one.method for one in found.private} == {method}


def test_a_canceled_order_in_doubt_names_the_client_order_id() -> None:
    steps, made = stepping(Script([lost()]))
    with pytest.raises(OutcomeUnknown) as caught:
        steps.run(made.cancel_order(None, "BTC/USDT", client_order_id="mine"))
    assert caught.value.client_order_id == "mine"


def test_an_order_that_is_not_there_is_not_found() -> None:
    steps, made = stepping(Script([refusal(-2013, "no such order")]))
    with pytest.raises(OrderNotFound) as caught:
        steps.run(made.fetch_order("7", "BTC/USDT"))
    assert caught.value.outcome is None


@pytest.mark.parametrize(
    "call",
    [
        lambda made: made.create_order("BTC/USDT", "limit", "buy", "1", "10"),
        lambda made: made.test_order("BTC/USDT", "limit", "buy", "1", "10"),
        lambda made: made.cancel_order("7", "BTC/USDT"),
        lambda made: made.cancel_all_orders("BTC/USDT"),
    ],
)
def test_when_the_markets_cannot_be_had_the_error_says_that_nothing_was_sent(call: Any) -> None:
    steps, made = stepping(Script(standing={"/markets": reply(b"", 503)}))
    with pytest.raises(VenueUnavailable) as caught:
        steps.run(call(made))
    assert caught.value.outcome is Outcome.NOT_SENT
    assert "fetch_markets, which comes first, failed: " in str(caught.value)
    assert {one.path for one in steps.sent} == {"/markets"}


# What an order would become


@both
@pytest.mark.usefixtures("toy_venue")
def test_an_explanation_sends_no_order_and_needs_no_keys(kind: str) -> None:
    script = Script()
    told = Either(kind, script, keys=False).call(
        "explain_order", "BTC/USDT", "limit", "buy", "0.5", "10.00", client_order_id="mine"
    )
    assert script.private == []
    assert told.order.client_order_id == "mine"
    assert (told.method, told.url) == ("POST", "https://toy.invalid")
    assert told.target == f"/order?{told.string_to_sign}"
    assert "signature" not in str(told)
    assert told.problems == ()
    assert (told.cost, told.maker_fee, told.taker_fee) == (5, Decimal("0.005"), Decimal("0.01"))
    assert told.fee_currency == "USDT"


@pytest.mark.usefixtures("toy_venue")
def test_an_explanation_that_cannot_ask_for_the_time_says_so() -> None:
    script = Script(standing={"/time": reply(b"", 404)})
    with sync_toy(script) as exchange, pytest.raises(ExchangeError) as caught:
        exchange.explain_order("BTC/USDT", "limit", "buy", "0.5", "10")
    assert str(caught.value).startswith("toy explain_order: fetch_time, which comes first, failed")
    assert caught.value.outcome is Outcome.NOT_SENT


@pytest.mark.usefixtures("toy_venue")
def test_an_explanation_is_the_request_that_the_order_becomes() -> None:
    script = Script(standing={"/order": reply({"id": "7"})})
    arguments = ("BTC/USDT", "limit", "buy", "0.5", "10")
    with sync_toy(script) as exchange:
        told = exchange.explain_order(*arguments, client_order_id="mine")
        exchange.create_order(*arguments, client_order_id="mine")
    (sent,) = script.private
    signed = sent.target.partition("&signature=")[0]
    assert re.sub(r"timestamp=\d+", "", signed) == re.sub(r"timestamp=\d+", "", told.target)


@pytest.mark.usefixtures("toy_venue")
def test_an_explanation_tells_the_filters_instead_of_raising() -> None:
    with sync_toy() as exchange:
        told = exchange.explain_order("BTC/USDT", "limit", "buy", "0.0005", "10.001")
        assert [problem.filter for problem in told.problems] == [
            *("price_step", "min_amount", "min_cost")
        ]
        assert "refused: price 10.001 is not a multiple of 0.01" in str(told)
        market = exchange.explain_order("ETH/USDT", "market", "sell", "1")
    assert (market.cost, market.taker_fee, market.fee_currency) == (None, None, None)
    assert "a market order by amount costs what the book asks" in market.notes
    assert any("publishes no fees" in note for note in market.notes)


# Any endpoint


@both
@pytest.mark.usefixtures("toy_venue")
def test_a_raw_request_is_sorted_signed_and_read_exactly(kind: str) -> None:
    script = Script([reply(b'{"a": 0.10, "b": [1e-8, 12345678901234567890]}')])
    parameters = {"z": Decimal("1E+2"), "b": True, "A": 7, "none": None, "c": "x y"}
    told = Either(kind, script).call("raw_request", "get", "/any", parameters)
    assert told == {"a": Decimal("0.10"), "b": [Decimal("1e-8"), 12345678901234567890]}
    (sent,) = script.private
    assert sent.method == "GET"
    target = re.sub(r"(timestamp|signature)=\w+", r"\1=", sent.target)
    assert target == "/any?A=7&b=true&c=x%20y&recvWindow=5000&timestamp=&z=100&signature="


@pytest.mark.usefixtures("toy_venue")
def test_a_raw_request_may_be_public_and_may_have_a_body() -> None:
    script = Script([reply([]), reply({})])
    with sync_toy(script, keys=False) as exchange:
        assert exchange.raw_request("GET", "/any", {"signature": "x"}, signed=False) == []
        body = [{"a": Decimal("0.10"), "b": None, "c": {"d": "e"}}]
        exchange.raw_request("POST", "/any", body=body, signed=False)
    first, second = script.private
    assert first.target == "/any?signature=x"
    assert second.body == b'[{"a":"0.10","c":{"d":"e"}}]'


@pytest.mark.parametrize(
    ("method", "changes", "unknown"),
    [("GET", None, False), ("POST", None, True), ("POST", False, False), ("GET", True, True)],
)
def test_a_raw_request_that_changes_something_is_never_sent_twice_on_doubt(
    method: str, changes: bool | None, unknown: bool
) -> None:
    steps, made = stepping(Script([lost(), reply({})]))
    flow = made.raw_request(method, "/any", changes=changes)
    if unknown:
        with pytest.raises(OutcomeUnknown):
            steps.run(flow)
        assert len(steps.sent) == 1
    else:
        assert steps.run(flow) == {}
        assert len(steps.sent) == 2


# Markets


def test_a_symbol_listed_since_is_found_once_the_markets_are_a_minute_old() -> None:
    script = Script([reply({"last": "1"})])
    steps, made = stepping(script)
    steps.run(made.load_markets())
    script.markets = [*MARKETS, {"symbol": "NEW/USDT"}]
    with pytest.raises(UnknownSymbol):
        steps.run(made.fetch_ticker("NEW/USDT"))
    assert len(script.asked("/markets")) == 1
    steps.now += 61
    assert steps.run(made.fetch_ticker("NEW/USDT")).symbol == "NEW/USDT"
    assert len(script.asked("/markets")) == 2
    with pytest.raises(UnknownSymbol):
        steps.run(made.fetch_ticker("NEVER/USDT"))
    assert len(script.asked("/markets")) == 2


def test_markets_are_kept_until_they_are_wanted_anew() -> None:
    script = Script()
    steps, made = stepping(script)
    first = steps.run(made.load_markets())
    assert steps.run(made.load_markets()) is first
    assert len(script.asked("/markets")) == 1
    assert steps.run(made.load_markets(reload=True)) == first
    assert len(steps.run(made.fetch_markets())) == 3
    assert len(script.asked("/markets")) == 3


@pytest.mark.usefixtures("toy_venue")
def test_an_exchange_knows_its_markets_and_itself() -> None:
    with sync_toy(environment="testnet") as exchange:
        assert exchange.markets is None
        exchange.load_markets()
        assert exchange.markets is not None
        assert exchange.markets["BTC/USDT"].price_step == Decimal(BTC["price_step"])
        assert (exchange.venue, exchange.account, exchange.environment) == ("toy", None, "testnet")
        assert exchange.base_url == "https://test.toy.invalid"
        assert exchange.transport == "toy"
        assert exchange.capabilities is ToyAdapter.capabilities
        assert repr(exchange) == "<SyncExchange toy testnet at https://test.toy.invalid>"


# Public and private reads


@both
@pytest.mark.usefixtures("toy_venue")
def test_the_time_is_the_venues(kind: str) -> None:
    assert Either(kind, Script()).call("fetch_time") == START


@both
@pytest.mark.usefixtures("toy_venue")
def test_the_status_is_the_venues(kind: str) -> None:
    script = Script([reply({"state": "maintenance"})])
    assert Either(kind, script).call("fetch_status").state is VenueState.MAINTENANCE


class NoStatus(ToyAdapter):
    """A venue without a status page."""

    title = "Plain"
    fetch_status = Adapter.fetch_status


class NoStatusInTests(ToyAdapter):
    """A venue that has one, but not where the tests connect."""

    title = "Plain"
    capabilities = replace(ToyAdapter.capabilities, not_in={"live": frozenset({"fetch_status"})})


def without_status(monkeypatch: pytest.MonkeyPatch, adapter: type[Adapter] = NoStatus) -> None:
    plugins = plugins_with(adapter)
    monkeypatch.setattr(sys.modules["exchangekit.connect"], "installed", lambda: plugins)


TOLD_BY_TIME = [
    (reply({"t": 1_700_000_000_000}), VenueState.OK, "it answered when asked for its time"),
    (refusal(-1016, "down for maintenance", 503), VenueState.MAINTENANCE, "down for maintenance"),
    (reply(b"<html>", 502), VenueState.UNKNOWN, "its time could not be asked: "),
    (reply({"wrong": 1}), VenueState.UNKNOWN, "its time could not be asked: "),
    (lost(), VenueState.UNKNOWN, "its time could not be asked: "),
]


@both
@pytest.mark.parametrize(("said", "state", "message"), TOLD_BY_TIME)
def test_the_status_of_a_venue_without_one_is_made_of_its_time(
    kind: str, said: Any, state: VenueState, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_status(monkeypatch)
    script = Script(standing={"/time": said})
    told = Either(kind, script, max_wait=0.0).call("fetch_status")
    assert told.state is state
    assert message in told.message
    assert {one.path for one in script.seen} == {"/time"}


@both
@pytest.mark.parametrize(
    ("said", "error"),
    [
        (refusal(-1003, "too many", 429), RateLimited),
        (reply(b"<html>blocked</html>", 403), FirewallBlocked),
    ],
)
def test_what_says_nothing_of_the_venue_is_raised_and_not_called_a_status(
    kind: str, said: Any, error: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    without_status(monkeypatch)
    with pytest.raises(error):
        Either(kind, Script(standing={"/time": said}), max_wait=0.0).call("fetch_status")


def test_a_venue_without_a_status_serves_it_and_says_so_beforehand(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    without_status(monkeypatch)
    assert requires("toy", "fetch_status") == ()
    without_status(monkeypatch, NoStatusInTests)
    assert requires("toy", "fetch_status") == ()
    said = Either("sync", Script()).call("fetch_status").message
    assert said == "Plain has no status page here: it answered when asked for its time."


def test_a_venue_that_tells_no_time_either_has_no_status(monkeypatch: pytest.MonkeyPatch) -> None:
    neither = type("Neither", (NoStatus,), {"fetch_time": Adapter.fetch_time})
    without_status(monkeypatch, neither)
    assert requires("toy", "fetch_status") == ("fetch_status",)
    script = Script()
    with pytest.raises(Unsupported, match="Plain has no fetch_status"):
        Either("sync", script).call("fetch_status")
    assert script.seen == []


@pytest.mark.usefixtures("toy_venue")
@pytest.mark.parametrize(
    ("limit", "asked", "served"), [(None, "20", 20), (1, "5", 1), (5, "5", 5), (6, "20", 6)]
)
def test_a_book_is_asked_for_in_a_depth_the_venue_has_and_cut(
    limit: int | None, asked: str, served: int
) -> None:
    def book(outgoing: Outgoing) -> Reply:
        depth = int(query(outgoing)["n"])
        return reply(
            {
                "bids": [[str(100 - at), "1"] for at in range(depth)],
                "asks": [[str(101 + at), "1"] for at in range(depth)],
            }
        )

    script = Script(standing={"/book": book})
    with sync_toy(script) as exchange:
        found = exchange.fetch_order_book("BTC/USDT", limit)
    assert script.asked("/book")[0]["n"] == asked
    assert (len(found.bids), len(found.asks)) == (served, served)
    assert found.best_bid == BookLevel(Decimal(100), Decimal(1))
    assert found.best_ask == BookLevel(Decimal(101), Decimal(1))


@pytest.mark.usefixtures("toy_venue")
def test_tickers_are_those_asked_for() -> None:
    script = Script(standing={"/tickers": reply({"BTCUSDT": "1", "ETHUSDT": "2", "GONE": "3"})})
    with sync_toy(script) as exchange:
        assert list(exchange.fetch_tickers()) == ["BTC/USDT", "ETH/USDT"]
        assert list(exchange.fetch_tickers(["ETH/USDT", "OLD/USDT"])) == ["ETH/USDT"]
        assert exchange.fetch_tickers(()) == {}
        with pytest.raises(UnknownSymbol):
            exchange.fetch_tickers(["ETH/USDT", "NEVER/USDT"])
    assert len(script.asked("/tickers")) == 2


@pytest.mark.usefixtures("toy_venue")
def test_public_trades_are_the_newest_asked_for() -> None:
    rows = [{"id": str(at), "order": "", "at": START_MS + at} for at in range(5)]
    script = Script(standing={"/trades": reply(rows)})
    with sync_toy(script) as exchange:
        assert [trade.id for trade in exchange.fetch_trades("BTC/USDT", 2)] == ["3", "4"]
        exchange.fetch_trades("BTC/USDT")
    assert [asked["n"] for asked in script.asked("/trades")] == ["2", "10"]


@pytest.mark.usefixtures("toy_venue")
def test_balances_and_what_a_key_may_do_are_read() -> None:
    script = Script([reply({"BTC": ["1.5", "0.5"]}), reply({"can_trade": True})])
    with sync_toy(script) as exchange:
        assert exchange.fetch_balance().free("BTC") == Decimal("1.5")
        info = exchange.fetch_api_key()
    assert (info.can_trade, info.can_withdraw) == (True, None)


class FeesOneByOne(ToyAdapter):
    venue = "toyfees"
    title = "ToyFees"
    capabilities = Capabilities(fees_per_symbol=True)


@pytest.mark.parametrize("one_by_one", [False, True])
def test_fees_are_asked_the_way_the_venue_has_them(
    one_by_one: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    everything = {"BTCUSDT": ["0.001", "0.002"], "ETHUSDT": ["0", "0.001"]}

    def fees(outgoing: Outgoing) -> Reply:
        name = query(outgoing).get("s")
        return reply({name: everything[name]} if name else everything)

    script = Script(standing={"/fees": fees})
    adapter = FeesOneByOne if one_by_one else ToyAdapter
    plugins = plugins_with(adapter)
    monkeypatch.setattr(sys.modules["exchangekit.connect"], "installed", lambda: plugins)
    with connect_sync(
        adapter.venue, api_key=KEY, secret=SECRET, env_file=None, transport=SyncToy(script)
    ) as exchange:
        symbols = ["ETH/USDT", "BTC/USDT"]
        told = exchange.fetch_trading_fees(symbols)
        assert list(told) == symbols
        assert told["BTC/USDT"].taker == Decimal("0.002")
        assert len(script.asked("/fees")) == (2 if one_by_one else 1)
        if one_by_one:
            with pytest.raises(InvalidInput, match="tells fees one symbol at a time: pass symbols"):
                exchange.fetch_trading_fees()
        else:
            assert len(exchange.fetch_trading_fees()) == 2
        asked = len(script.asked("/fees"))
        assert exchange.fetch_trading_fees([]) == {}
        assert len(script.asked("/fees")) == asked


# Asking beforehand


@pytest.mark.usefixtures("toy_venue")
def test_a_program_can_ask_what_a_venue_lacks() -> None:
    needs = {
        "fetch_ohlcv": True,
        "iter_ohlcv": True,
        "load_markets": True,
        "raw_request": True,
        "explain_order": True,
        "create_limit_order": True,
        "create_market_buy_with_cost": True,
        "cancel_all_orders": True,
        "timeframe:1h": True,
        "timeframe:7m": False,
        "limit:ioc": True,
        "limit:fok": False,
        "fence": True,
        "fence:rechecked": False,
        "all_symbols:fetch_open_orders": True,
        "all_symbols:fetch_my_trades": False,
    }
    lacking = tuple(need for need, there in needs.items() if not there)
    assert requires("toy", *needs) == lacking
    with sync_toy(keys=False) as exchange:
        assert exchange.requires(*needs) == lacking
        assert exchange.requires("fetch_api_key") == ()
        assert exchange.requires() == ()
    assert requires("toy", "fetch_api_key", environment="testnet") == ("fetch_api_key",)


class Poor(ToyAdapter):
    venue = "poor"
    title = "Poor"
    capabilities = Capabilities(market_orders=False, buy_with_cost=False)


def test_what_an_operation_rests_on_counts_too(monkeypatch: pytest.MonkeyPatch) -> None:
    plugins = plugins_with(Poor)
    monkeypatch.setattr(sys.modules["exchangekit.connect"], "installed", lambda: plugins)
    needs = ("create_market_order", "create_market_buy_with_cost", "limit:post_only", "fence")
    assert requires("poor", *needs, "create_limit_order") == needs


def test_a_lost_connection_during_a_read_is_the_callers_to_know() -> None:
    steps, made = stepping(Script(standing={"/balance": lost()}))
    with pytest.raises(VenueUnavailable) as caught:
        steps.run(made.fetch_balance())
    assert not isinstance(caught.value, ConnectionFailed)
    assert caught.value.operation == "fetch_balance"


def test_the_status_of_an_order_is_the_venues() -> None:
    steps, made = stepping(Script([reply({"id": "7", "status": "canceled", "filled": "0.5"})]))
    order = steps.run(made.fetch_order("7", "BTC/USDT"))
    assert order.status is OrderStatus.CANCELED
    assert order.is_done
    assert order.filled == Decimal("0.5")
