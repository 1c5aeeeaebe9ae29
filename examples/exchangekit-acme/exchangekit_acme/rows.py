"""How Acme spells what it says, what its words mean, and how it wants to be told.

https://docs.acme.example/v1
"""

from typing import Any

from msgspec import Struct

from exchangekit import adapter as kit
from exchangekit import models
from exchangekit.adapter import Number, named, parse
from exchangekit.models import OrderStatus, OrderType, Side
from exchangekit.models import TimeInForce as Tif


class Envelope(Struct):
    """What every reply of Acme begins with; ``result`` holds the rest."""

    code: str | None = None
    message: str = ""


TIMEFRAMES = {"1m": "60", "5m": "300", "1h": "3600", "1d": "86400"}


@named("base", "quote", id="name", active=kit.Among("state", "trading"),
       price_step="price.tick", amount_step="size.lot", min_amount="size.least",
       max_amount="size.most", min_cost="worth.least")  # fmt: skip
class Symbol(kit.MarketRow):
    """https://docs.acme.example/v1#markets"""


markets = kit.listing(Symbol, parse.market, "name", "result")


@named("last", "bid", "ask", "open", "high", "low", symbol="market", timestamp="at",
       bid_volume="bid_size", ask_volume="ask_size", percentage=kit.Ratio("change"),
       base_volume="volume", quote_volume="turnover")  # fmt: skip
class Ticker(kit.TickerRow):
    """https://docs.acme.example/v1#ticker"""


@named("bids", "asks", timestamp="at", sequence="version")
class Book(kit.BookRow):
    """https://docs.acme.example/v1#book"""


@named("id", "price", amount="size", timestamp="at", buyer_is_maker="sold")
class Trade(kit.TradeRow):
    """https://docs.acme.example/v1#trades"""


@named("asset", total="owned", used="held")
class Balance(kit.BalanceRow):
    """https://docs.acme.example/v1#wallet"""


@named("maker", "taker")
class Rates(kit.RatesRow):
    """https://docs.acme.example/v1#fees"""


WORDS = parse.Words(
    sides={"buy": Side.BUY, "sell": Side.SELL},
    types={"limit": (OrderType.LIMIT, None), "market": (OrderType.MARKET, None)},
    statuses={
        "open": OrderStatus.OPEN,
        "filled": OrderStatus.CLOSED,
        "withdrawn": OrderStatus.CANCELED,
        "lapsed": OrderStatus.EXPIRED,
    },
    times_in_force={"gtc": Tif.GTC, "maker": Tif.POST_ONLY, "ioc": Tif.IOC, "fok": Tif.FOK},
)


@named("id", "side", "price", "filled", symbol="market", client_order_id="label", type="kind",
       time_in_force="rule", status="state", amount="size", requested_cost="worth", cost="spent",
       created="at", updated="changed")  # fmt: skip
class Order(kit.OrderRow):
    """https://docs.acme.example/v1#orders, always with these:"""

    side: str | None
    type: str | None
    status: str | None
    filled: Number
    cost: Number
    created: int | None


order = parse.order_reader(WORDS)


def order_params(market: models.Market, order: models.OrderRequest) -> dict[str, Any]:
    """https://docs.acme.example/v1#place-an-order"""
    amount, cost, price, _ = kit.terms(order)
    side, kind, rule = WORDS.tell(order)
    return {
        "market": market.id,
        "side": side,
        "kind": kind,
        "size": amount,
        "worth": cost,
        "price": price,
        "rule": rule,
        "label": order.client_order_id,
    }


@named("id", "price", order_id="order", client_order_id="label", amount="size", timestamp="at",
       fee=kit.Negated("fee"), fee_currency="fee_asset", is_buyer="bought",
       is_maker="maker")  # fmt: skip
class Fill(kit.FillRow):
    """https://docs.acme.example/v1#fills"""
