"""How Bitget spells what it says, and what its words mean.

https://www.bitget.com/api-doc/spot/intro and, where it is silent, recorded bodies.
"""

from functools import partial
from typing import Any

from msgspec import Struct

from exchangekit import adapter as kit
from exchangekit import models
from exchangekit.adapter import Always, Among, Decimals, Negated, Number, Reply, named, parse
from exchangekit.errors import Unsupported
from exchangekit.models import Liquidity, OrderStatus, OrderType, Side

# Without "utc", bars of six hours and more open by the clock of UTC+8.
TIMEFRAMES = {name: f"{name}in" for name in ("1m", "3m", "5m", "15m", "30m")}
TIMEFRAMES |= {"1h": "1h", "4h": "4h", "6h": "6Hutc", "12h": "12Hutc"}
TIMEFRAMES |= {"1d": "1Dutc", "3d": "3Dutc", "1w": "1Wutc", "1M": "1Mutc"}

WORDS = parse.Words(
    sides={"buy": Side.BUY, "sell": Side.SELL, "Buy": Side.BUY, "Sell": Side.SELL},
    # No reply says how long an order was to live (`force`).
    types={"limit": (OrderType.LIMIT, None), "market": (OrderType.MARKET, None)},
    statuses={
        **dict.fromkeys(("init", "new", "live", "partially_filled"), OrderStatus.OPEN),
        **dict.fromkeys(("filled", "full_fill"), OrderStatus.CLOSED),
        "cancelled": OrderStatus.CANCELED,
    },
    roles={"taker": Liquidity.TAKER, "maker": Liquidity.MAKER},
)
order = parse.order_reader(WORDS)
trade = partial(parse.trade, words=WORDS)
fill = partial(parse.fill, words=WORDS)


@named(id="symbol", base="baseCoin", quote="quoteCoin", active=Among("status", "online"),
       price_step=Decimals("pricePrecision"), amount_step=Decimals("quantityPrecision"),
       cost_step=Decimals("quotePrecision"), min_amount="minTradeAmount",
       max_amount="maxTradeAmount", min_cost="minTradeUSDT", maker="makerFeeRate",
       taker="takerFeeRate")  # fmt: skip
class Symbol(kit.MarketRow):
    """https://www.bitget.com/api-doc/spot/market/Get-Symbols: the least value is in USDT, whatever
    the quote is. "gray" is open to some accounts only."""

    def __post_init__(self) -> None:
        if self.quote != "USDT":
            self.min_cost = None


@named("symbol", "open", timestamp="ts", last="lastPr", bid="bidPr", bid_volume="bidSz",
       ask="askPr", ask_volume="askSz", high="high24h", low="low24h",
       percentage=kit.Ratio("change24h"), base_volume="baseVolume",
       quote_volume="quoteVolume")  # fmt: skip
class Ticker(kit.TickerRow):
    """https://www.bitget.com/api-doc/spot/market/Get-Tickers. In recorded answers `change24h` is
    not what `open` would give: no change is reckoned of it."""


@named("bids", "asks", timestamp="ts")
class Book(kit.BookRow):
    """https://www.bitget.com/api-doc/spot/market/Get-Orderbook"""


@named("symbol", "price", Always("side"), id=Always("tradeId"), amount="size", timestamp="ts")
class Trade(kit.TradeRow):
    """https://www.bitget.com/api-doc/spot/market/Get-Recent-Trades"""


@named(asset="coin", free="available", used=kit.total(Always("frozen"), Always("locked")))
class Asset(kit.BalanceRow):
    """https://www.bitget.com/api-doc/spot/account/Get-Account-Assets"""


@named(maker="makerFeeRate", taker="takerFeeRate")
class Rates(kit.RatesRow):
    """https://www.bitget.com/api-doc/common/public/Get-Trade-Rate"""


@named(can_read=Among("authorities", "stor", "stow", "readonly", "trade"),
       can_trade=Among("authorities", "stow", "trade"), can_withdraw=Among("authorities", "wwow"),
       ips=kit.Commas("ips"), account_id="userId")  # fmt: skip
class Key(kit.KeyRow):
    """https://www.bitget.com/api-doc/spot/account/Get-Account-Info: "stor" reads spot, "stow"
    trades, "wwow" withdraws; its example says "readonly" and "trade"."""


@named(cost=Negated("totalFee"), currency="feeCoinCode")
class Charge(kit.FeeRow):
    """One coin of `feeDetail`. "newFees", which stands among the coins, names none."""

    cost: Number = None
    currency: str | None = None


@named("symbol", "side", "status", id="orderId", client_order_id="clientOid", type="orderType",
       amount="size", filled="baseVolume", cost="quoteVolume", created="cTime",
       updated="uTime")  # fmt: skip
class AnyOrder(kit.OrderRow):
    """The size of a market buy counts quote, that of a market sell base."""

    market_buys_in_quote = True
    side: str
    type: str
    status: str
    amount: Number
    filled: Number
    created: int


@named("price", fills=kit.ByAsset(kit.InText("feeDetail")))
class Order(AnyOrder):
    """https://www.bitget.com/api-doc/spot/trade/Get-Order-Info"""

    fills: list[Charge] | None = None


@named(price="priceAvg")
class OpenOrder(AnyOrder):
    """https://www.bitget.com/api-doc/spot/trade/Get-Unfilled-Orders, whose `priceAvg` is the price
    that was asked for."""


@named(id="orderId", client_order_id="clientOid")
class Acknowledged(kit.OrderRow):
    """The reply to a new order or a cancel: its ids."""

    symbol: str = ""


class Failure(Struct, rename="camel"):
    order_id: str
    error_msg: str | None = None
    error_code: str | None = None


@named("symbol", Always("side"), id="tradeId", order_id="orderId", price="priceAvg", amount="size",
       cost="amount", timestamp="cTime", role="tradeScope", fee=Negated("feeDetail.totalFee"),
       fee_currency="feeDetail.feeCoin")  # fmt: skip
class Fill(kit.FillRow):
    """https://www.bitget.com/api-doc/spot/trade/Get-Fills"""

    symbol: str


def cancel_report(reply: Reply, market: models.Market, ids: tuple[str, ...]) -> models.CancelReport:
    done = kit.read_rows(Acknowledged, reply, order, market, "data", "successList")
    refused = kit.decode_rows(Failure, reply, "data", "failureList")
    said = [(one.order_id, one.error_msg, one.error_code) for one in refused]
    return parse.cancel_report(ids, done, said)


def order_params(market: models.Market, order: models.OrderRequest) -> dict[str, Any]:
    """https://www.bitget.com/api-doc/spot/trade/Place-Order"""
    values: dict[str, Any] = {"symbol": market.id, "side": order.side, "orderType": order.type}
    values["clientOid"] = order.client_order_id
    if isinstance(order, models.MarketBuyWithCost):
        return values | {"size": order.cost}
    if isinstance(order, models.LimitOrder):
        values |= {"force": order.time_in_force, "price": order.price}
    elif order.side is Side.BUY:  # its size would be taken for what to spend
        raise Unsupported("Bitget has no market buy by amount")
    return values | {"size": order.amount}
