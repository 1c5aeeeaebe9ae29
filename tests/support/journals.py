"""Entries of a journal as tests make them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from exchangekit.adapter.credentials import AccountId
from exchangekit.errors import Outcome, OutcomeUnknown
from exchangekit.models import CancelRequest, LimitOrder, Order, Side
from exchangekit.runtime.journal import Ended, Intent, Sending

ACCOUNT = AccountId("toy", "live", "https://toy.example", "bot2", "d1" * 32)
FENCE = datetime(2026, 3, 1, 12, 0, 3, 500_000, tzinfo=UTC)
BEGAN = datetime(2026, 3, 1, 12, tzinfo=UTC)


def order(name: str | None, amount: str = "1", **other: Any) -> LimitOrder:
    return LimitOrder(
        **{
            "symbol": "BTC/USDT",
            "side": Side.BUY,
            "amount": Decimal(amount),
            "price": Decimal("0.00000001"),
            "client_order_id": name,
            **other,
        }
    )


def intent(name: str | None, amount: str = "1", account: AccountId = ACCOUNT) -> Intent:
    return Intent(account, "create_order", order(name, amount))


def cancel(name: str) -> Intent:
    return Intent(ACCOUNT, "cancel_order", CancelRequest(symbol="BTC/USDT", client_order_id=name))


def sending(of: Intent, attempt: int = 1) -> Sending:
    return Sending(of, attempt, FENCE, timedelta(seconds=1), BEGAN)


def ended(of: Intent, outcome: Outcome | None = None) -> Ended:
    if outcome is None:
        done = Order(symbol="BTC/USDT", id="7", filled=Decimal("0.10"), timestamp=BEGAN)
        return Ended(of, None, done, None)
    return Ended(of, outcome, None, OutcomeUnknown("the answer got lost", outcome=outcome))


def member(key: str, name: str | None = None) -> AccountId:
    """An account of a failover, with a key of its own."""
    return AccountId("toy", "live", "https://toy.example", name, key * 4)


def failover(name: str | None, *members: AccountId, amount: str = "1") -> Intent:
    """What is to be placed at one of `members`."""
    digest = "+".join(sorted(one.key_digest for one in members))
    return intent(name, amount, AccountId("failover", "live", "", None, digest))


def first_version(path: Path) -> None:
    """Make a file as the first version left it."""
    dumped = Path(__file__).with_name("journal_version_1.sql")
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(dumped.read_text(encoding="utf-8"))
        connection.execute("PRAGMA journal_mode = WAL")
