"""A client for the simulated venue's tests that shares nothing with the kit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from exchangekit_bitget.sim import BitgetDialect
from exchangekit_bitget.unified.sim import BitgetUnifiedDialect
from support import raw_client


class RawClient(raw_client.PassphraseClient):
    api, prefix = "/api/v2", "ACCESS"
    assets, cancel = "/spot/account/assets", "/spot/trade/cancel-order"

    def ticket(self, **fields: str) -> dict[str, str]:
        """A small limit buy far below the market, but for `fields`; "-" leaves one out."""
        usual = {
            "symbol": "BTCUSDT", "side": "buy", "orderType": "limit", "force": "gtc",
            "price": "50000", "size": "0.01",
        }  # fmt: skip
        merged = usual | fields
        if merged["orderType"] == "market" and "price" not in fields:
            del merged["price"]
        return {name: value for name, value in merged.items() if value != "-"}

    def order(self, **fields: str) -> Any:
        """Place one order."""
        return self.post("/spot/trade/place-order", self.ticket(**fields))

    def see(self, order_id: str) -> Any:
        """The order as the venue shows it."""
        return self.private("/spot/trade/orderInfo", orderId=order_id).one


class UnifiedClient(raw_client.PassphraseClient):
    api, prefix = "/api/v3", "ACCESS"
    assets, cancel = "/account/assets", "/trade/cancel-order"

    def ticket(self, **fields: str) -> dict[str, str]:
        """A small limit buy far below the market, but for `fields`; "-" leaves one out."""
        usual = {
            "category": "SPOT", "symbol": "BTCUSDT", "side": "buy", "orderType": "limit",
            "timeInForce": "gtc", "price": "50000", "qty": "0.01",
        }  # fmt: skip
        merged = usual | fields
        if merged["orderType"] == "market" and "price" not in fields:
            del merged["price"]
        return {name: value for name, value in merged.items() if value != "-"}

    def order(self, **fields: str) -> Any:
        """Place one order."""
        return self.post("/trade/place-order", self.ticket(**fields))

    def placed(self, **fields: str) -> str:
        """The id of an order that is taken."""
        reply = self.order(**fields)
        assert reply.code == "00000", reply.body
        name: str = reply.data["orderId"]
        return name

    def see(self, order_id: str) -> Any:
        """The order as the venue shows it."""
        return self.private("/trade/order-info", orderId=order_id).data


@contextmanager
def opened(dialect: type[BitgetDialect] = BitgetDialect) -> Iterator[RawClient]:
    with raw_client.opened(RawClient, dialect) as client:
        yield client


@pytest.fixture
def bitget() -> Iterator[RawClient]:
    with opened() as client:
        yield client


@pytest.fixture(scope="session")
def open_venue() -> Callable[..., AbstractContextManager[RawClient]]:
    """For tests that need a venue of another scope or dialect."""
    return opened


@pytest.fixture
def unified() -> Iterator[UnifiedClient]:
    with raw_client.opened(UnifiedClient, BitgetUnifiedDialect) as client:
        yield client


@pytest.fixture(params=["classic", "unified"])
def either(request: pytest.FixtureRequest) -> Iterator[RawClient | UnifiedClient]:
    """A client of each API, for what their one gateway does."""
    client, dialect = {
        "classic": (RawClient, BitgetDialect),
        "unified": (UnifiedClient, BitgetUnifiedDialect),
    }[request.param]
    with raw_client.opened(client, dialect) as opened_:
        yield opened_
