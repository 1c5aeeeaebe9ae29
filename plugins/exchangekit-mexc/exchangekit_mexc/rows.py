"""How MEXC spells what it says, what its words mean, and how it wants to be told.

https://mexcdevelop.github.io/apidocs/spot_v3_en/ and, where it is silent, live bodies.
"""

from typing import Any

from msgspec import Struct

from exchangekit import adapter as kit
from exchangekit import models
from exchangekit.adapter import Reply, named, parse
from exchangekit.models import Side

TIMEFRAMES = {name: name for name in ("1m", "5m", "15m", "30m", "4h", "1d", "1M")}
TIMEFRAMES |= {"1h": "60m", "1w": "1W"}

WORDS = parse.Words(
    sides={"BUY": Side.BUY, "SELL": Side.SELL},
    types=kit.order_types(
        gtc="LIMIT",
        post_only="LIMIT_MAKER",
        ioc="IMMEDIATE_OR_CANCEL",
        fok="FILL_OR_KILL",
        market="MARKET",
    ),
    statuses=kit.statuses(
        open="NEW PARTIALLY_FILLED",
        closed="FILLED",
        canceled="CANCELED PARTIALLY_CANCELED",
        rejected="REJECTED",
        expired="EXPIRED",
    ),
)


class Envelope(Struct):
    """An error, or the wrapper of a success (`code` 0 or 200); maintenance says `message`."""

    code: int | str | None = None
    msg: Any = None
    message: Any = None
    data: Any = None


def _rule(kind: str, name: str) -> str:
    return f"filters[filterType={kind}].{name}"


_DIGITS = kit.Always(kit.Decimals("quotePrecision"))


@named(
    id="symbol", base="baseAsset", quote="quoteAsset", through_api="isSpotTradingAllowed",
    active=kit.every(kit.Always(kit.Among("status", 1, "ENABLED")), kit.Except("tradeSideType", 4)),
    takes_limit=kit.Always(kit.Among("orderTypes", "LIMIT")),
    takes_market=kit.Among("orderTypes", "MARKET"), buy_with_cost=kit.Among("orderTypes", "MARKET"),
    price_step=kit.either(_rule("PRICE_FILTER", "tickSize"), _DIGITS),
    min_price=_rule("PRICE_FILTER", "minPrice"), max_price=_rule("PRICE_FILTER", "maxPrice"),
    amount_step=kit.either(
        _rule("LOT_SIZE", "stepSize"), kit.Always(kit.Decimals("baseAssetPrecision"))
    ),
    min_amount=kit.either(_rule("LOT_SIZE", "minQty"), "baseSizePrecision"),
    max_amount=_rule("LOT_SIZE", "maxQty"), cost_step=_DIGITS,
    min_cost=kit.either(
        _rule("NOTIONAL", "minNotional"), _rule("MIN_NOTIONAL", "minNotional"),
        "quoteAmountPrecision",
    ),
    max_cost="maxQuoteAmount", market_min_cost="quoteAmountPrecisionMarket",
    market_max_cost="maxQuoteAmountMarket", maker="makerCommission", taker="takerCommission",
)  # fmt: skip
class Symbol(kit.MarketRow):
    """https://mexcdevelop.github.io/apidocs/spot_v3_en/#exchange-information

    ``filters`` are usually empty. Then the amount goes in ``baseAssetPrecision`` decimals, the
    price in ``quotePrecision`` decimals, and two that are named precisions are minimums:
    ``baseSizePrecision`` of the amount, ``quoteAmountPrecision`` of the cost.
    """


markets = kit.listing(Symbol, parse.market, "symbol", "symbols")


@named(can_trade="canTrade", can_withdraw="canWithdraw")
class Key(kit.KeyRow):
    """What the account may do, told to a key that can read."""

    can_read: bool | None = True


@named(maker="makerCommission", taker="takerCommission")
class Rates(kit.RatesRow):
    """https://mexcdevelop.github.io/apidocs/spot_v3_en/#query-symbol-commission"""


@named("asset", "free", used="locked")
class Balance(kit.BalanceRow):
    """One asset of an account."""


@named(assets="balances", updated="updateTime")
class Account(kit.AccountRow):
    """Margin is an account of its own: a spot account cannot borrow."""

    borrows = False
    assets: list[Balance]


@named("symbol", timestamp="closeTime", last="lastPrice", bid="bidPrice", bid_volume="bidQty",
       ask="askPrice", ask_volume="askQty", open="openPrice", high="highPrice", low="lowPrice",
       change="priceChange", percentage=kit.Ratio("priceChangePercent"), base_volume="volume",
       quote_volume="quoteVolume")  # fmt: skip
class Ticker(kit.TickerRow):
    """A market's last 24 hours. What the venue calls a percentage is a ratio."""


@named("bids", "asks", "timestamp", sequence="lastUpdateId")
class Book(kit.BookRow):
    """Both sides of the book."""


@named("id", "price", amount="qty", cost="quoteQty", timestamp="time",
       buyer_is_maker="isBuyerMaker")  # fmt: skip
class Trade(kit.TradeRow):
    """A public trade."""


@named("symbol", "id", "price", order_id="orderId", amount="qty", cost="quoteQty", timestamp="time",
       is_buyer="isBuyer", is_maker="isMaker", fee="commission", fee_currency="commissionAsset",
       client_order_id="clientOrderId")  # fmt: skip
class Fill(kit.FillRow):
    """A trade of the account."""


@named("symbol", "side", "type", "status", "price", id="orderId", stop_price="stopPrice",
       amount=kit.either("origQty", "Qty"), requested_cost="origQuoteOrderQty",
       filled="executedQty", cost="cummulativeQuoteQty")  # fmt: skip
class AnyOrder(kit.OrderRow):
    """One endpoint says ``Qty`` where all others say ``origQty``."""


@named(client_order_id="clientOrderId", created="transactTime")
class NewOrder(AnyOrder):
    """It says neither a status nor what was filled."""


@named(client_order_id="clientOrderId", created="time", updated="updateTime")
class Order(AnyOrder):
    side: str | None
    type: str | None
    status: str | None
    filled: kit.Number
    cost: kit.Number
    created: int | None


@named(client_order_id="origClientOrderId")
class CanceledOrder(AnyOrder):
    """In the reply to a cancel, clientOrderId is the cancel's own."""


order = parse.order_reader(WORDS)


def alive(reply: Reply) -> models.Status:
    """https://mexcdevelop.github.io/apidocs/spot_v3_en/#test-connectivity"""
    parse.nothing(reply)
    said = "MEXC has no status page: it answered a ping."
    return kit.make_status(state=models.VenueState.OK, message=said)


def order_params(market: models.Market, order: models.OrderRequest) -> dict[str, Any]:
    """https://mexcdevelop.github.io/apidocs/spot_v3_en/#new-order"""
    amount, cost, price, _ = kit.terms(order)
    side, kind, _ = WORDS.tell(order)
    asked = {"symbol": market.id, "side": side, "type": kind}
    values = {"quantity": amount, "quoteOrderQty": cost, "price": price}
    return asked | values | {"newClientOrderId": order.client_order_id}
