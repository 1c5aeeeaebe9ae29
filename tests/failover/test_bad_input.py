"""What no failover can be made of, and what one cannot be asked: said before a byte is sent."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from support.failovers import (
    KINDS,
    Desk,
    Double,
    Over,
    called,
    failover,
    over_doubles,
    toy_exchange,
    toys,  # noqa: F401 - a fixture
)
from support.toy import BTC, ETH, lost, refusal

from exchangekit import ConfigurationError, Journal
from exchangekit.errors import (
    InsufficientFunds,
    InvalidInput,
    MissingCredentials,
    Outcome,
    OutcomeUnknown,
    UnknownSymbol,
)
from exchangekit.failover import Failover, SyncFailover

pytestmark = [pytest.mark.usefixtures("toys"), pytest.mark.parametrize("kind", KINDS)]


def made(kind: str, venue: str, **options: Any) -> Any:
    return toy_exchange(kind, venue, Desk(), **options)


def refused(kind: str, exchanges: Any, **options: Any) -> str:
    with pytest.raises(ConfigurationError) as caught:
        failover(kind, exchanges, **options)
    return str(caught.value)


# What it is made of


def test_it_is_made_of_a_list_of_exchanges(kind: str) -> None:
    assert "at least one exchange" in refused(kind, [])
    assert "a list of exchanges, not of 7" in refused(kind, 7)
    assert "pass connect('a')" in refused(kind, ["a"])
    assert "exchange 1 of the failover is a int" in refused(kind, [made(kind, "a"), 7])


def test_sync_and_async_do_not_mix(kind: str) -> None:
    other = "async" if kind == "sync" else "sync"
    words = refused(kind, [made(kind, "a"), made(other, "b")])
    assert words.endswith(
        "is a Exchange, expected a SyncExchange"
        if kind == "sync"
        else "is a SyncExchange, expected an Exchange"
    )


def test_one_venue_is_enough(kind: str) -> None:
    over = Over(kind, {"a": Desk()})
    assert over.buy(name="mine").id == "a:1"
    over.desks["a"].next = [refusal(-2010, "no funds")]
    with pytest.raises(InsufficientFunds, match="no funds"):
        over.buy()


def test_one_account_twice_is_no_second_venue(kind: str) -> None:
    one = made(kind, "a")
    assert "has a twice" in refused(kind, [one, one])
    assert "has a twice" in refused(kind, [made(kind, "a"), made(kind, "a")])
    other = {"api_key": "another0123456789", "secret": "secret-of-another"}
    words = refused(kind, [made(kind, "a"), made(kind, "a", **other)])
    assert "two exchanges of the failover are called a" in words
    assert "account=" in words
    named = made(kind, "a", account="bot2", **other)
    assert list(failover(kind, [made(kind, "a"), named]).exchanges) == ["a", "a/bot2"]


def test_an_account_with_a_name_has_it_in_its_ids(kind: str) -> None:
    over = Over(kind, {"a": Desk()}, {"a": {"account": "bot2"}})
    assert over.buy().id == "a/bot2:1"
    assert over.call("cancel_order", "a/bot2:1", "BTC/USDT").is_done
    with pytest.raises(InvalidInput, match="a, which is not in this failover"):
        over.call("cancel_order", "a:1", "BTC/USDT")


def test_real_money_and_play_money_do_not_mix(kind: str) -> None:
    words = refused(kind, [made(kind, "a"), made(kind, "b", environment="testnet")])
    assert "real money at a with play money at b (testnet)" in words
    paper = [made(kind, one, environment="testnet") for one in "ab"]
    assert failover(kind, paper)._several.account.environment == "testnet"


def test_no_key_is_in_what_it_says(kind: str) -> None:
    from support.toy import KEY, SECRET

    one = failover(kind, [made(kind, "a"), made(kind, "b")])
    words = repr(one) + repr(one._several.account) + refused(kind, [made(kind, "a")] * 2)
    assert KEY not in words
    assert SECRET not in words


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"rank": "best_price"}, "rank is 'best_price', expected a function"),
        ({"rounding": "up"}, "rounding is 'up', expected 'exact' or 'round_down'"),
        ({"max_age": 0}, "max_age is 0, expected seconds above 0"),
        ({"max_age": True}, "max_age is True"),
        ({"max_age": float("nan")}, "max_age is nan"),
        ({"hedge_after": -1}, "hedge_after is -1"),
        ({"hedge_after": "1"}, "hedge_after is '1'"),
        ({"name": "../../etc"}, "name is '../../etc', expected 1 to 40 letters"),
        ({"name": ""}, "name is ''"),
        ({"name": 7}, "name is 7"),
        ({"name": "a\n"}, "name is 'a"),
        ({"journal": "ram"}, "the journal's level is 'ram'"),
        ({"retries": 3}, "no option 'retries'"),
        ({"health": 3}, "health is 3"),
        ({"check_balance": "no"}, "check_balance is 'no'"),
    ],
)
def test_options_that_make_no_sense(kind: str, options: dict[str, Any], words: str) -> None:
    assert words in refused(kind, [made(kind, "a")], **options)


# What it is asked


def test_a_venue_without_keys_serves_what_needs_none(kind: str) -> None:
    over = Over(kind, {"a": Desk(), "b": Desk()}, {"a": {"api_key": None, "secret": None}})
    assert over.call("fetch_ticker", "BTC/USDT").venue == "a"
    assert over.call("fetch_balance").venue == "b"
    assert over.buy().id == "b:1"
    bare = Over(kind, {"a": Desk()}, {"a": {"api_key": None, "secret": None}})
    with pytest.raises(MissingCredentials) as caught:
        bare.buy()
    assert caught.value.outcome is Outcome.NOT_SENT


def test_symbols_that_no_two_venues_share_go_where_they_are(kind: str) -> None:
    euro = {**BTC, "symbol": "BTC/EUR"}
    over = Over(kind, {"a": Desk(markets=[ETH, euro]), "b": Desk(markets=[BTC])})
    over.desks["a"].balance = {"EUR": ("50", "0"), "USDT": ("50", "0")}
    assert over.buy().id == "b:1"
    sold = over.call("create_limit_order", "BTC/EUR", "buy", "1", "10")
    assert sold.id == "a:1"
    with pytest.raises(UnknownSymbol):
        over.call("create_limit_order", "BTC/GBP", "buy", "1", "10")
    assert set(over.call("load_markets").by_symbol) == {"ETH/USDT", "BTC/EUR", "BTC/USDT"}


@pytest.mark.parametrize("arguments", [
    ("BTC/USDT", "buy", "one", "10"), ("BTC/USDT", "buy", 0.1, "10"),
    ("BTC/USDT", "hold", "1", "1"), (7, "buy", "1", "10"),
])  # fmt: skip
def test_an_order_that_is_none_is_refused_before_anybody_is_asked(
    kind: str, arguments: tuple[Any, ...]
) -> None:
    over = Over(kind, {"a": Desk(), "b": Desk()})
    with pytest.raises(InvalidInput) as caught:
        over.call("create_limit_order", *arguments)
    assert caught.value.outcome is Outcome.NOT_SENT
    assert [desk.seen for desk in over.desks.values()] == [[], []]


@pytest.mark.parametrize("id", ["1", "", ":", "a:", ":1", "c:1", 7, "A:1"])
def test_ids_that_are_none_of_its_own(kind: str, id: Any) -> None:
    over = Over(kind, {"a": Desk(), "b": Desk()})
    for operation in ("fetch_order", "cancel_order", "fetch_order_trades"):
        with pytest.raises(InvalidInput, match="id"):
            over.call(operation, id, "BTC/USDT")
    assert [desk.seen for desk in over.desks.values()] == [[], []]


def test_one_of_id_and_name_is_needed(kind: str) -> None:
    over = Over(kind, {"a": Desk()})
    for operation in ("fetch_order", "cancel_order"):
        with pytest.raises(InvalidInput):
            over.call(operation, None, "BTC/USDT")
        with pytest.raises(InvalidInput):
            over.call(operation, "a:1", "BTC/USDT", client_order_id="mine")
    assert over.desks["a"].private == []


def test_handles_that_are_none_of_its_own(kind: str, tmp_path: Path) -> None:
    over = Over(kind, {"a": Desk(next=[lost()]), "b": Desk()},
                journal=Journal(tmp_path / "failover.journal"))  # fmt: skip
    with pytest.raises(OutcomeUnknown) as caught:
        over.buy(name="mine")
    handle = caught.value.handle
    with pytest.raises(InvalidInput, match="expected that of an OutcomeUnknown"):
        over.call("resolve", "mine")
    foreign = replace(handle, intent=replace(handle.intent, account=replace(
        handle.intent.account, key_digest="00")))  # fmt: skip
    with pytest.raises(InvalidInput, match="not in this failover"):
        over.call("resolve", foreign)
    only_b = Over(kind, {"b": Desk()})
    with pytest.raises(InvalidInput, match=r"not in this failover \(it has: b\)"):
        only_b.call("resolve", handle)


def test_a_failover_of_a_failover_has_ids_that_say_both(kind: str) -> None:
    inner = Over(kind, {"a": Desk()}).exchange
    outer = failover(kind, [inner])
    order = called(outer, "create_limit_order", "BTC/USDT", "buy", "1", "10")
    assert order.id == "failover:a:1"
    assert called(outer, "cancel_order", order.id, "BTC/USDT").id == order.id


def test_a_closed_failover_says_so(kind: str) -> None:
    over = Over(kind, {"a": Desk()})
    called(over.exchange, "close" if kind == "sync" else "aclose")
    with pytest.raises(ConfigurationError, match="closed"):
        over.buy()
    with pytest.raises(ConfigurationError, match="closed"):
        called(over.exchange.exchanges["a"], "fetch_time")


def test_a_double_without_markets_is_passed_over(kind: str) -> None:
    bare = Double("a")
    bare.listed = None
    exchange = over_doubles(kind, bare, Double("b"), check_balance=False)
    assert called(exchange, "create_limit_order", "BTC/USDT", "buy", "1", "10").id == "b:1"
    assert bare.asked == []


def test_both_kinds_are_what_their_members_are(kind: str) -> None:
    assert isinstance(failover(kind, [made(kind, "a")]),
                      SyncFailover if kind == "sync" else Failover)  # fmt: skip
