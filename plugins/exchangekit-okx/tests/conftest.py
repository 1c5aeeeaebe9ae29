"""A client for the simulated venue's tests that shares nothing with the kit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from exchangekit_okx.sim import OkxDialect
from support import raw_client


class RawClient(raw_client.PassphraseClient):
    api, prefix = "/api/v5", "OK-ACCESS"

    def stamp(self, moment: int) -> str:
        shown = datetime.fromtimestamp(moment // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S")
        return f"{shown}.{moment % 1000:03d}Z"

    def order(self, **fields: str) -> Any:
        """Place one order; what is not given is a small limit buy far below the market."""
        return self.post("/trade/order", ticket(**fields))

    def see(self, ord_id: str, symbol: str = "BTC-USDT") -> Any:
        """The order as the venue shows it."""
        return self.private("/trade/order", instId=symbol, ordId=ord_id).one


def ticket(**fields: str) -> dict[str, str]:
    usual = {
        "instId": "BTC-USDT", "tdMode": "cash", "side": "buy", "ordType": "limit",
        "px": "50000", "sz": "0.01",
    }  # fmt: skip
    merged = usual | fields
    if merged["ordType"] == "market" and "px" not in fields:
        del merged["px"]
    return merged


@contextmanager
def opened(dialect: type[OkxDialect] = OkxDialect) -> Iterator[RawClient]:
    with raw_client.opened(RawClient, dialect) as client:
        yield client


@pytest.fixture
def okx() -> Iterator[RawClient]:
    with opened() as client:
        yield client


@pytest.fixture(scope="session")
def open_venue() -> Callable[..., AbstractContextManager[RawClient]]:
    """For tests that need a venue of another scope or dialect."""
    return opened
