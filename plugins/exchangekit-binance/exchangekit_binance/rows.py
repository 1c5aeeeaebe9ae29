"""How Binance spells what it says, what its words mean, and how it wants to be told.

https://developers.binance.com/docs/binance-spot-api-docs/rest-api
"""

from decimal import Decimal
from functools import partial
from typing import Any

from exchangekit import adapter as kit
from exchangekit import models
from exchangekit.adapter import named, parse
from exchangekit.models import Side, VenueState
from exchangekit.models import TimeInForce as Tif

_NAMES = "1s 1m 3m 5m 15m 30m 1h 2h 4h 6h 8h 12h 1d 3d 1w 1M"
TIMEFRAMES = {name: name for name in _NAMES.split()}

WORDS = parse.Words(
    sides={"BUY": Side.BUY, "SELL": Side.SELL},
    types=kit.order_types(
        limit="LIMIT STOP_LOSS_LIMIT TAKE_PROFIT_LIMIT",
        post_only="LIMIT_MAKER",
        market="MARKET STOP_LOSS TAKE_PROFIT",
    ),
    statuses=kit.statuses(
        open="NEW PENDING_NEW PARTIALLY_FILLED PENDING_CANCEL",
        closed="FILLED",
        canceled="CANCELED",
        rejected="REJECTED",
        expired="EXPIRED EXPIRED_IN_MATCH",
    ),
    times_in_force={"GTC": Tif.GTC, "IOC": Tif.IOC, "FOK": Tif.FOK},
)


_STATES = {"0": VenueState.OK, "1": VenueState.MAINTENANCE}


@named(message="msg", state=kit.Means("status", _STATES, otherwise=VenueState.UNKNOWN))
class System(kit.StatusRow):
    """https://developers.binance.com/docs/wallet/others/system-status"""


def _rule(kind: str, name: str) -> str:
    return f"filters[filterType={kind}].{name}"


def _cost(both: str, alone: str) -> str:
    return kit.either(_rule("NOTIONAL", both), _rule("MIN_NOTIONAL", alone))


_LOT, _MARKET_LOT = partial(_rule, "LOT_SIZE"), partial(_rule, "MARKET_LOT_SIZE")


@named(
    id="symbol", base="baseAsset", quote="quoteAsset", spot="isSpotTradingAllowed",
    active=kit.Always(kit.Among("status", "TRADING")),
    takes_limit=kit.Always(kit.Among("orderTypes", "LIMIT")),
    takes_market=kit.Among("orderTypes", "MARKET"), buy_with_cost="quoteOrderQtyMarketAllowed",
    price_step=_rule("PRICE_FILTER", "tickSize"), min_price=_rule("PRICE_FILTER", "minPrice"),
    max_price=_rule("PRICE_FILTER", "maxPrice"), amount_step=_LOT("stepSize"),
    min_amount=_LOT("minQty"), max_amount=_LOT("maxQty"),
    market_amount_step=kit.largest(_LOT("stepSize"), _MARKET_LOT("stepSize")),
    market_min_amount=kit.largest(_LOT("minQty"), _MARKET_LOT("minQty")),
    market_max_amount=kit.smallest(_LOT("maxQty"), _MARKET_LOT("maxQty")),
    cost_step=kit.Always(kit.Decimals("quoteAssetPrecision")),
    min_cost=_cost("minNotional", "minNotional"), max_cost=_rule("NOTIONAL", "maxNotional"),
    market_obeys_min_cost=_cost("applyMinToMarket", "applyToMarket"),
    market_obeys_max_cost=_rule("NOTIONAL", "applyMaxToMarket"),
)  # fmt: skip
class Symbol(kit.MarketRow):
    """https://developers.binance.com/docs/binance-spot-api-docs/filters: 0 means "no rule". A
    market order has to obey the rules of both lots."""

    buy_with_cost: bool = False


markets = kit.listing(Symbol, parse.market, "symbol", "symbols")


@named(can_read="enableReading", can_trade="enableSpotAndMarginTrading",
       can_withdraw="enableWithdrawals", ip_restricted="ipRestrict",
       expires="tradingAuthorityExpirationTime")  # fmt: skip
class Key(kit.KeyRow):
    """https://developers.binance.com/docs/wallet/account/api-key-permission: what ends is the right
    to trade."""


def _of_all_kinds(rate: str) -> str:
    beside = (f"{kind}Commission.{rate}" for kind in ("special", "tax"))
    return kit.total(kit.Always(f"standardCommission.{rate}"), *beside)


_DEARER_SIDE = kit.largest(_of_all_kinds("buyer"), _of_all_kinds("seller"))


@named("symbol", maker=kit.total(_of_all_kinds("maker"), _DEARER_SIDE),
       taker=kit.total(_of_all_kinds("taker"), _DEARER_SIDE))  # fmt: skip
class Rates(kit.RatesRow):
    """https://developers.binance.com/docs/binance-spot-api-docs/faqs/commission_faq

    The rates of all kinds add up, and so do those of the role (maker, taker) and of the side; the
    dearer side is counted. Discounts for paying in BNB are not.
    """

    maker: Decimal
    taker: Decimal


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
       change="priceChange", percentage="priceChangePercent", vwap="weightedAvgPrice",
       base_volume="volume", quote_volume="quoteVolume")  # fmt: skip
class Ticker(kit.TickerRow):
    """A market's last 24 hours."""


@named("bids", "asks", sequence="lastUpdateId")
class Book(kit.BookRow):
    """Its time is not told."""


@named("id", "price", amount="qty", cost="quoteQty", timestamp="time",
       buyer_is_maker="isBuyerMaker")  # fmt: skip
class Trade(kit.TradeRow):
    """A public trade."""


@named("symbol", "id", "price", order_id="orderId", amount="qty", cost="quoteQty", timestamp="time",
       is_buyer="isBuyer", is_maker="isMaker", fee="commission",
       fee_currency="commissionAsset")  # fmt: skip
class Fill(kit.FillRow):
    """A trade of the account."""


@named(cost="commission", currency="commissionAsset")
class Fee(kit.FeeRow):
    """What one fill of a new order cost."""


@named("symbol", "side", "type", "status", "price", id="orderId", time_in_force="timeInForce",
       amount="origQty", stop_price="stopPrice", requested_cost="origQuoteOrderQty",
       filled="executedQty", cost="cummulativeQuoteQty")  # fmt: skip
class AnyOrder(kit.OrderRow):
    """What every reply about an order has in common."""


@named("fills", client_order_id="clientOrderId", created="transactTime")
class NewOrder(AnyOrder):
    fills: list[Fee] | None = None


@named(*map(kit.Always, ("side", "type", "status")), amount=kit.Always("origQty"),
       filled=kit.Always("executedQty"), cost=kit.Always("cummulativeQuoteQty"))  # fmt: skip
class KnownOrder(AnyOrder):
    """What is always told of an order, but for a new one."""


@named(client_order_id="clientOrderId", created=kit.Always("time"), updated="updateTime")
class Order(KnownOrder):
    """An order that was asked for."""


@named(client_order_id="origClientOrderId", updated="transactTime")
class CanceledOrder(KnownOrder):
    """In the reply to a cancel, clientOrderId is the cancel's own."""


order = parse.order_reader(WORDS)


def order_params(market: models.Market, order: models.OrderRequest) -> dict[str, Any]:
    """https://developers.binance.com/docs/binance-spot-api-docs/rest-api/trading-endpoints#new-order-trade"""
    amount, cost, price, _ = kit.terms(order)
    side, kind, life = WORDS.tell(order)
    values: dict[str, Any] = {"symbol": market.id, "side": side, "type": kind, "timeInForce": life}
    values |= {"quantity": amount, "quoteOrderQty": cost, "price": price}
    return values | {"newClientOrderId": order.client_order_id, "newOrderRespType": "FULL"}
