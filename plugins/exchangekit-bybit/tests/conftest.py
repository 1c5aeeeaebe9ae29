"""A client for the simulated venue's tests that shares nothing with the kit."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from exchangekit_bybit.sim import BybitDialect
from support import raw_client


class Reply(raw_client.Reply):
    @property
    def code(self) -> int:
        return self.body["retCode"]

    @property
    def message(self) -> str:
        return self.body["retMsg"]

    @property
    def result(self) -> Any:
        return self.body["result"]

    @property
    def rows(self) -> Any:
        return self.body["result"]["list"]

    @property
    def one(self) -> Any:
        """The only element of the list."""
        (found,) = self.rows
        return found


class RawClient(raw_client.RawClient):
    api, answers = "/v5", Reply

    def headers(
        self, signed: str, *, at: int | None = None, window: str | None = "5000"
    ) -> dict[str, str]:
        """hex(HMAC-SHA256(secret, timestamp + key + window + query or body)) and its company."""
        moment = self.moment(at)
        prehash = f"{moment}{self.key}{window or ''}{signed}"
        digest = hmac.new(self.secret.encode(), prehash.encode(), hashlib.sha256).hexdigest()
        made = {
            "X-BAPI-API-KEY": self.key,
            "X-BAPI-TIMESTAMP": str(moment),
            "X-BAPI-SIGN": digest,
            "Content-Type": "application/json",
        }
        return made if window is None else {**made, "X-BAPI-RECV-WINDOW": window}

    def signed(self, method: str, target: str, body: bytes) -> dict[str, str]:
        return self.headers(body.decode() or target.partition("?")[2])

    def order(self, **fields: object) -> Reply:
        """Place one order; what is not given is a small limit buy below the market."""
        return self.post("/order/create", ticket(**fields))

    def see(self, order_id: str, where: str = "realtime") -> Any:
        """The order as the venue shows it."""
        return self.private(f"/order/{where}", category="spot", orderId=order_id).one


def ticket(**fields: object) -> dict[str, object]:
    usual: dict[str, object] = {
        "category": "spot", "symbol": "BTCUSDT", "side": "Buy", "orderType": "Limit",
        "price": "50000", "qty": "0.01",
    }  # fmt: skip
    merged = usual | fields
    if merged["orderType"] == "Market" and "price" not in fields:
        del merged["price"]
    return merged


@contextmanager
def opened(
    dialect: type[BybitDialect] = BybitDialect, key: str = raw_client.KEY
) -> Iterator[RawClient]:
    with raw_client.opened(RawClient, dialect, key) as client:
        yield client


@pytest.fixture
def bybit() -> Iterator[RawClient]:
    with opened() as client:
        yield client


@pytest.fixture(scope="session")
def open_venue() -> Callable[..., AbstractContextManager[RawClient]]:
    """For tests that need a venue of another scope or dialect."""
    return opened
