"""How Bitget's unified API spells what it says, and what its words mean.

https://www.bitget.com/api-doc/uta/intro and https://www.bitget.com/api-doc/uta/enum
"""

from functools import partial
from typing import Any

from msgspec import Struct

from exchangekit import adapter as kit
from exchangekit import models
from exchangekit.adapter import Always, Among, Decimals, Reply, named, parse
from exchangekit.errors import BadReply, PermissionDenied, Unsupported
from exchangekit.models import Liquidity, OrderType, Side
from exchangekit.models import TimeInForce as Tif
from exchangekit.models.base import Source
from exchangekit_bitget.errors import CLASSIC

# 6H, 12H and 1D are left out: by which clock those bars open is not said, and those of the classic
# API open by the clock of UTC+8 unless their name says otherwise.
TIMEFRAMES = {name: name for name in ("1m", "3m", "5m", "15m", "30m")} | {"1h": "1H", "4h": "4H"}
SPOT = "SPOT"
_DONE = None, "", "0", "00000"
LIST = ("data", "list")

WORDS = parse.Words(
    sides={"buy": Side.BUY, "sell": Side.SELL},
    types={"limit": (OrderType.LIMIT, None), "market": (OrderType.MARKET, None)},
    times_in_force={"gtc": Tif.GTC, "ioc": Tif.IOC, "fok": Tif.FOK, "post_only": Tif.POST_ONLY},
    statuses=kit.statuses(open="live new partially_filled", closed="filled", canceled="cancelled"),
    roles={"taker": Liquidity.TAKER, "maker": Liquidity.MAKER},
)
order = parse.order_reader(WORDS)
trade = partial(parse.trade, words=WORDS)
fill = partial(parse.fill, words=WORDS)


@named(id="symbol", base="baseCoin", quote="quoteCoin", active=Among("status", "online"),
       through_api=kit.Except("status", "restrictedAPI"), price_step=Decimals("pricePrecision"),
       amount_step=Decimals("quantityPrecision"), cost_step=Decimals("quotePrecision"),
       min_cost="minOrderAmount")  # fmt: skip
class Instrument(kit.MarketRow):
    """https://www.bitget.com/api-doc/uta/public/Instruments: least and largest amounts are told of
    futures only. The least value is said to count quote; the same numbers of the classic API count
    USDT whatever the quote is, so that they are believed of no other quote."""

    def __post_init__(self) -> None:
        if self.quote != "USDT":
            self.min_cost = None


@named("symbol", last="lastPrice", bid="bid1Price", bid_volume="bid1Size", ask="ask1Price",
       ask_volume="ask1Size", open="openPrice24h", high="highPrice24h", low="lowPrice24h",
       percentage=kit.Ratio("price24hPcnt"), base_volume="volume24h", quote_volume="turnover24h",
       timestamp="ts")  # fmt: skip
class Ticker(kit.TickerRow):
    """https://www.bitget.com/api-doc/uta/public/Tickers"""


@named(bids="b", asks="a", timestamp="ts")
class Book(kit.BookRow):
    """https://www.bitget.com/api-doc/uta/public/OrderBook"""


@named("price", Always("side"), id=Always("execId"), amount="size", timestamp="ts")
class Trade(kit.TradeRow):
    """https://www.bitget.com/api-doc/uta/public/Fills"""


@named(asset="coin", free=kit.smallest(Always("available"), Always("balance")),
       used=Always("locked"), total="equity")  # fmt: skip
class Coin(kit.BalanceRow):
    """`available` has profits of futures that are not realized, which place no spot orders:
    https://www.bitget.com/api-doc/uta/intro. `equity` has them, too; whether `balance` has what is
    locked is not said."""


@named("assets")
class Account(kit.AccountRow):
    """https://www.bitget.com/api-doc/uta/account/Get-Account"""

    assets: list[Coin]


@named(maker="makerFeeRate", taker="takerFeeRate")
class Rates(kit.RatesRow):
    """https://www.bitget.com/api-doc/uta/account/Get-Account-Fee-Rate"""


@named(unified=Among("permissions", "uta_mgt", "uta_trade"),
       can_read=kit.every(Among("permissions", "uta_mgt"), Among("permissions", "uta_trade")),
       can_trade=kit.every(Among("permType", "read-and-write"), Among("permissions", "uta_trade")),
       can_withdraw=kit.every(Among("permType", "read-and-write"),
                              Among("permissions", "withdraw")),
       ips=kit.Commas("ips"), account_id=kit.either("uid", "userId"))  # fmt: skip
class Key(kit.KeyRow):
    """https://www.bitget.com/api-doc/uta/account/Get-Account-Info: `uta_mgt` reads balances,
    `uta_trade` orders. No right is needed to ask, so that a classic key may be answered."""

    unified: bool | None = None

    def __post_init__(self) -> None:
        if self.unified is False:
            raise PermissionDenied("this key has no right on a unified account", hint=CLASSIC)


@named(cost="fee", currency="feeCoin")
class Charge(kit.FeeRow):
    """One coin of `feeDetail`: what was paid, above zero; both null before anything was."""


@named("symbol", "category", "price", side=Always("side"), id="orderId",
       client_order_id="clientOid", type=Always("orderType"), time_in_force="timeInForce",
       status=Always("orderStatus"), amount=Always("qty"), requested_cost="amount",
       filled=Always("cumExecQty"), cost=Always("cumExecValue"), created=Always("createdTime"),
       updated="updatedTime", fills="feeDetail")  # fmt: skip
class Order(kit.OrderRow, kw_only=True):
    """https://www.bitget.com/api-doc/uta/trade/Get-Order-Details: `qty` counts base and `amount`
    quote, so that a market buy has the second. By its id any order is told, a future's too, whose
    market has the same name."""

    category: str
    fills: list[Charge] | None = None

    def __post_init__(self) -> None:
        if self.category.upper() != SPOT:
            raise BadReply(f"the order is one of category {self.category}, not of spot")


@named(id="orderId", client_order_id="clientOid")
class Acknowledged(kit.OrderRow):
    """The reply to a new order or a cancel: its ids."""

    symbol: str = ""


class Verdict(Struct):
    """https://www.bitget.com/api-doc/uta/trade/Cancel-Batch: only what failed has a code."""

    code: str | None = None
    msg: str | None = None


@named("symbol", Always("side"), id="execId", order_id="orderId", client_order_id="clientOid",
       price="execPrice", amount="execQty", cost="execValue", timestamp="createdTime",
       role="tradeScope", charges="feeDetail")  # fmt: skip
class Fill(kit.FillRow):
    """https://www.bitget.com/api-doc/uta/trade/Get-Order-Fills. A fee that was paid in several
    coins is not told as one: it stands in `raw`."""

    symbol: str
    charges: list[Charge] | None = None

    def __post_init__(self) -> None:
        told = parse.fees([one for one in self.charges or () if one.cost])
        if len(told) == 1:
            self.fee, self.fee_currency = told[0].cost, told[0].currency


def cancel_report(reply: Reply, market: models.Market, ids: tuple[str, ...]) -> models.CancelReport:
    """Each order has a row of its own; a success has no code in the documentation's example and in
    recorded answers."""
    told = kit.parse_rows(Acknowledged, order, market, "data")(reply)
    said = list(zip(told, kit.decode_rows(Verdict, reply, "data"), strict=True))
    done = [one for one, why in said if why.code in _DONE]
    failed = [(one.id or "", why.msg, why.code) for one, why in said if why.code not in _DONE]
    return parse.cancel_report(ids, done, failed)


def countdown(reply: Reply, seconds: int | None) -> models.Countdown:
    """It says "success" and no moment: that is counted from the time of the reply."""
    if kit.decode_at(str, reply, "data") != "success":
        raise BadReply("the reply does not say that the countdown was set")
    at = kit.decode_at(int, reply, "requestTime") + 1000 * (seconds or 0)
    triggers = kit.utc(at) if seconds else None
    return kit.make_countdown(source=Source(reply.body), triggers=triggers)


def order_params(market: models.Market, order: models.OrderRequest) -> dict[str, Any]:
    """https://www.bitget.com/api-doc/uta/trade/Place-Order"""
    amount, cost, price, life = kit.terms(order)
    if life is None and cost is None and order.side is Side.BUY:  # taken for what to spend
        raise Unsupported("Bitget has no market buy by amount")
    told: dict[str, Any] = {"category": SPOT, "symbol": market.id, "side": order.side}
    told |= {"orderType": order.type, "clientOid": order.client_order_id}
    return told | {"qty": cost or amount, "price": price, "timeInForce": life}
