"""How Bybit spells what it says, what its words mean, and how it wants to be told.

https://bybit-exchange.github.io/docs/v5/intro — lists stand in ``result.list``; "" is for what is
not there, in ordinary replies too.
"""

from functools import partial
from typing import Any

from exchangekit import adapter as kit
from exchangekit import models
from exchangekit.adapter import Always, Among, named, parse
from exchangekit.errors import AccountRestricted
from exchangekit.models import Side
from exchangekit.models import TimeInForce as Tif
from exchangekit_bybit.errors import UNIFIED

TIMEFRAMES = {"1m": "1", "3m": "3", "5m": "5", "15m": "15", "30m": "30", "1h": "60", "2h": "120"}
TIMEFRAMES |= {"4h": "240", "6h": "360", "12h": "720", "1d": "D", "1w": "W", "1M": "M"}

# https://bybit-exchange.github.io/docs/v5/enum
WORDS = parse.Words(
    sides={"Buy": Side.BUY, "Sell": Side.SELL},
    types=kit.order_types(limit="Limit", market="Market"),
    times_in_force={"GTC": Tif.GTC, "IOC": Tif.IOC, "FOK": Tif.FOK, "PostOnly": Tif.POST_ONLY},
    statuses=kit.statuses(
        open="New PartiallyFilled Untriggered Triggered",
        closed="Filled",
        canceled="Cancelled PartiallyFilledCanceled Deactivated",
        rejected="Rejected",
    ),
)
UNDER_WAY = {"ongoing": True, "scheduled": False, "completed": False, "canceled": False}

# A key belongs to one of them. https://bybit-exchange.github.io/docs/v5/guide (testnet, the second
# address of live, the sites of regions) and …/docs/v5/demo
HOSTS = {
    "live": "https://api.bybit.com",
    "bytick": "https://api.bytick.com",
    "testnet": "https://api-testnet.bybit.com",
    "demo": "https://api-demo.bybit.com",
    "ge": "https://api.bybitgeorgia.ge",
    "jp": "https://api.manepa.jp",
    "jp-testnet": "https://api-testnet.manepa.jp",
}
HOSTS |= {name: f"https://api.bybit.{name}" for name in ("ae", "eu", "id", "kz", "nl", "tr")}

LIST = ("result", "list")
FIRST = (*LIST, 0)
_LOT = "lotSizeFilter"


@named("title", "state", until="end", ours=kit.Except("env", 2),
       stops=kit.every(Among("product", 2), Among("serviceTypes", 1, 2)))  # fmt: skip
class Event(kit.EventRow):
    """https://bybit-exchange.github.io/docs/v5/system-status: of spot (product 2), of trading
    (service types 1 and 2), and not of demo trading (env 2)"""


@named(id="symbol", base="baseCoin", quote="quoteCoin", active=Among("status", "Trading"),
       price_step="priceFilter.tickSize", amount_step=f"{_LOT}.basePrecision",
       max_amount=kit.either(f"{_LOT}.maxLimitOrderQty", f"{_LOT}.maxOrderQty"),
       market_max_amount=f"{_LOT}.maxMarketOrderQty", min_cost=f"{_LOT}.minOrderAmt",
       cost_step=f"{_LOT}.quotePrecision")  # fmt: skip
class Instrument(kit.MarketRow):
    """https://bybit-exchange.github.io/docs/v5/market/instrument: minOrderQty is published and
    checked no more, and post-only orders may be larger"""


@named("symbol", last="lastPrice", bid="bid1Price", bid_volume="bid1Size", ask="ask1Price",
       ask_volume="ask1Size", open="prevPrice24h", high="highPrice24h", low="lowPrice24h",
       percentage=kit.Ratio("price24hPcnt"), base_volume="volume24h",
       quote_volume="turnover24h")  # fmt: skip
class Ticker(kit.TickerRow):
    """https://bybit-exchange.github.io/docs/v5/market/tickers"""

    reckons = True


@named(symbol="s", bids="b", asks="a", timestamp="cts", sequence="u")
class Book(kit.BookRow):
    """https://bybit-exchange.github.io/docs/v5/market/orderbook"""


@named("symbol", candles="list")
class Chart(kit.ChartRow):
    """https://bybit-exchange.github.io/docs/v5/market/kline"""


@named("symbol", "price", "side", id="execId", amount="size", timestamp="time")
class Trade(kit.TradeRow):
    """https://bybit-exchange.github.io/docs/v5/market/recent-trade"""


@named(asset="coin", total=Always("walletBalance"), used=Always("locked"))
class Coin(kit.BalanceRow):
    """What is not locked in spot orders is free: the venue itself says it no more."""


@named(assets="coin")
class Account(kit.AccountRow):
    """https://bybit-exchange.github.io/docs/v5/account/wallet-balance"""

    assets: list[Coin]


@named("symbol", maker="makerFeeRate", taker="takerFeeRate")
class Rates(kit.RatesRow):
    """https://bybit-exchange.github.io/docs/v5/account/fee-rate"""


@named("ips", "uta", account_id="userID", label="note", expires=kit.Iso("expiredAt"),
       can_trade=kit.every(Among("readOnly", 0), Among("permissions.Spot", "SpotTrade")),
       can_withdraw=kit.every(Among("readOnly", 0),
                              Among("permissions.Wallet", "Withdraw")))  # fmt: skip
class Key(kit.KeyRow, kw_only=True):
    """https://bybit-exchange.github.io/docs/v5/user/apikey-info: a key ends that is bound to no
    address, or whose owner changed the password."""

    can_read: bool | None = True
    uta: int

    def __post_init__(self) -> None:
        if not self.uta:
            raise AccountRestricted("the account of this key is not a unified one", hint=UNIFIED)


@named("price", side=Always("side"), symbol="symbol", id="orderId", client_order_id="orderLinkId",
       type=Always("orderType"), time_in_force="timeInForce", status=Always("orderStatus"),
       amount=Always("qty"), filled=Always("cumExecQty"), cost=Always("cumExecValue"),
       stop_price=kit.Blank("triggerPrice"), in_quote=Among("marketUnit", "quoteCoin"),
       fills=kit.ByAsset("cumFeeDetail"), created=Always("createdTime"),
       updated=Always("updatedTime"))  # fmt: skip
class Order(kit.OrderRow):
    """https://bybit-exchange.github.io/docs/v5/order/order-list"""

    market_buys_in_quote = True


@named(id="orderId", client_order_id="orderLinkId")
class Acknowledged(kit.OrderRow):
    """https://bybit-exchange.github.io/docs/v5/order/create-order"""

    symbol: str = ""


@named(symbol=Always("symbol"))
class Canceled(Acknowledged):
    """https://bybit-exchange.github.io/docs/v5/order/batch-cancel"""


# Each order of a batch has its verdict at the same place of another list.
VERDICTS = kit.Verdicts("retExtInfo.list", code="code", message="msg")


@named("symbol", side=Always("side"), id="execId", order_id="orderId", is_maker="isMaker",
       client_order_id="orderLinkId", price="execPrice", amount="execQty", cost="execValue",
       fee="execFee", fee_currency="feeCurrency", timestamp="execTime")  # fmt: skip
class Fill(kit.FillRow):
    """https://bybit-exchange.github.io/docs/v5/order/execution"""


order = parse.order_reader(WORDS)
trade, fill = partial(parse.trade, words=WORDS), partial(parse.fill, words=WORDS)


def order_params(market: models.Market, order: models.OrderRequest) -> dict[str, Any]:
    """https://bybit-exchange.github.io/docs/v5/order/create-order"""
    amount, cost, price, _ = kit.terms(order)
    side, kind, life = WORDS.tell(order)
    told = {"symbol": market.id, "side": side, "price": price}
    told |= {"qty": cost or amount, "orderLinkId": order.client_order_id, "orderType": kind}
    if life is None:
        return told | {"marketUnit": "quoteCoin" if cost else "baseCoin"}
    return told | {"timeInForce": life}
