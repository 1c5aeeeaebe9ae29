"""How MEXC spells what it says, what its words mean, and how it wants to be told.

https://mexcdevelop.github.io/apidocs/spot_v3_en/ and, where it is silent, live bodies.
"""

from decimal import Decimal
from typing import Any

from msgspec import Struct

from exchangekit import adapter as kit
from exchangekit import models
from exchangekit.adapter import Number, Reply, named, parse
from exchangekit.models import LimitOrder, MarketBuyWithCost, OrderStatus, OrderType, Side, Source
from exchangekit.models import TimeInForce as Tif

TIMEFRAMES = {name: name for name in ("1m", "5m", "15m", "30m", "4h", "1d", "1M")}
TIMEFRAMES |= {"1h": "60m", "1w": "1W"}

WORDS = parse.Words(
    sides={"BUY": Side.BUY, "SELL": Side.SELL},
    types={
        "LIMIT": (OrderType.LIMIT, Tif.GTC),
        "LIMIT_MAKER": (OrderType.LIMIT, Tif.POST_ONLY),
        "IMMEDIATE_OR_CANCEL": (OrderType.LIMIT, Tif.IOC),
        "FILL_OR_KILL": (OrderType.LIMIT, Tif.FOK),
        "MARKET": (OrderType.MARKET, None),
    },
    statuses={
        "NEW": OrderStatus.OPEN,
        "PARTIALLY_FILLED": OrderStatus.OPEN,
        "FILLED": OrderStatus.CLOSED,
        "CANCELED": OrderStatus.CANCELED,
        "PARTIALLY_CANCELED": OrderStatus.CANCELED,
        "REJECTED": OrderStatus.REJECTED,
        "EXPIRED": OrderStatus.EXPIRED,
    },
)

_TYPE_OF = {tif: word for word, (_, tif) in WORDS.types.items()}


class Envelope(Struct):
    """An error, or the wrapper of a success (`code` 0 or 200); maintenance says `message`."""

    code: int | str | None = None
    msg: Any = None
    message: Any = None
    data: Any = None


class Rule(Struct, rename="camel"):
    filter_type: str
    min_price: Decimal | None = None
    max_price: Decimal | None = None
    tick_size: Decimal | None = None
    min_qty: Decimal | None = None
    max_qty: Decimal | None = None
    step_size: Decimal | None = None
    min_notional: Decimal | None = None


class Symbol(Struct, rename="camel"):
    symbol: str
    status: str
    base_asset: str
    quote_asset: str
    base_asset_precision: int
    quote_precision: int
    order_types: tuple[str, ...]
    is_spot_trading_allowed: bool = True
    trade_side_type: int | None = None
    base_size_precision: Decimal | None = None
    quote_amount_precision: Decimal | None = None
    quote_amount_precision_market: Decimal | None = None
    max_quote_amount: Decimal | None = None
    max_quote_amount_market: Decimal | None = None
    maker_commission: Decimal | None = None
    taker_commission: Decimal | None = None
    filters: tuple[Rule, ...] = ()


class Rights(Struct, rename="camel"):
    can_trade: bool | None = None
    can_withdraw: bool | None = None


class Rates(Struct, rename="camel"):
    maker_commission: Decimal
    taker_commission: Decimal


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
       change="priceChange", percentage="priceChangePercent", base_volume="volume",
       quote_volume="quoteVolume")  # fmt: skip
class Ticker(kit.TickerRow):
    """A market's last 24 hours."""


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
       amount="origQty", qty="Qty", requested_cost="origQuoteOrderQty", filled="executedQty",
       cost="cummulativeQuoteQty")  # fmt: skip
class AnyOrder(kit.OrderRow):
    """One endpoint says ``Qty`` where all others say ``origQty``."""

    qty: Number = None


@named(client_order_id="clientOrderId", created="transactTime")
class NewOrder(AnyOrder):
    """It says neither a status nor what was filled."""


@named(client_order_id="clientOrderId", created="time", updated="updateTime")
class Order(AnyOrder):
    side: str | None
    type: str | None
    status: str | None
    filled: Number
    cost: Number
    created: int | None


@named(client_order_id="origClientOrderId")
class CanceledOrder(AnyOrder):
    """In the reply to a cancel, clientOrderId is the cancel's own."""


def market(row: Symbol, source: Source) -> models.Market:
    """https://mexcdevelop.github.io/apidocs/spot_v3_en/#exchange-information

    ``filters`` are usually empty. Then the amount goes in ``baseAssetPrecision`` decimals, the
    price in ``quotePrecision`` decimals, and two that are named precisions are minimums:
    ``baseSizePrecision`` of the amount, ``quoteAmountPrecision`` of the cost.
    """
    rules = {rule.filter_type: rule for rule in row.filters}
    price = rules.get("PRICE_FILTER", _NO_RULE)
    lot = rules.get("LOT_SIZE", _NO_RULE)
    notional = rules.get("NOTIONAL") or rules.get("MIN_NOTIONAL", _NO_RULE)
    return kit.make_market(
        source=source,
        symbol=f"{row.base_asset}/{row.quote_asset}",
        id=row.symbol,
        base=row.base_asset,
        quote=row.quote_asset,
        active=row.status in ("1", "ENABLED")
        and row.is_spot_trading_allowed
        and row.trade_side_type != _CLOSED,
        through_api=row.is_spot_trading_allowed,
        order_types=frozenset(WORDS.types[word][0] for word in row.order_types if word in _LISTED),
        buy_with_cost="MARKET" in row.order_types,
        price_step=price.tick_size or kit.step_of(row.quote_precision),
        min_price=price.min_price or None,
        max_price=price.max_price or None,
        amount_step=lot.step_size or kit.step_of(row.base_asset_precision),
        min_amount=lot.min_qty or row.base_size_precision or None,
        max_amount=lot.max_qty or None,
        min_cost=notional.min_notional or row.quote_amount_precision or None,
        max_cost=row.max_quote_amount or None,
        market_min_cost=row.quote_amount_precision_market or None,
        market_max_cost=row.max_quote_amount_market or None,
        cost_step=kit.step_of(row.quote_precision),
        maker=row.maker_commission,
        taker=row.taker_commission,
    )


markets = kit.listing(Symbol, market, "symbol", "symbols")


def ticker(row: Ticker, symbol: str, source: Source) -> models.Ticker:
    """What MEXC calls a percentage is a ratio."""
    if row.percentage is not None:
        row.percentage = row.percentage.scaleb(2)
    return parse.ticker(row, symbol, source)


def alive(reply: Reply) -> models.Status:
    """https://mexcdevelop.github.io/apidocs/spot_v3_en/#test-connectivity"""
    parse.nothing(reply)
    said = "MEXC has no status page: it answered a ping."
    return kit.make_status(state=models.VenueState.OK, message=said)


def api_key(reply: Reply) -> models.ApiKeyInfo:
    row = kit.decode(Rights, reply)
    return kit.make_api_key_info(
        source=Source(reply.body),
        can_read=True,
        can_trade=row.can_trade,
        can_withdraw=row.can_withdraw,
    )


def fees(reply: Reply, symbol: str) -> dict[str, models.TradingFee]:
    rates, source = kit.decode_at(Rates, reply, "data"), Source(reply.body, "data")
    maker, taker = rates.maker_commission, rates.taker_commission
    return {symbol: kit.make_trading_fee(source=source, symbol=symbol, maker=maker, taker=taker)}


def order(
    row: AnyOrder, symbol: str, source: Source, asked: models.OrderRequest | None = None
) -> models.Order:
    row.amount = row.amount or row.qty
    return parse.order(row, WORDS, symbol, source, asked)


def order_params(market: models.Market, order: models.OrderRequest) -> dict[str, Any]:
    """https://mexcdevelop.github.io/apidocs/spot_v3_en/#new-order"""
    values: dict[str, Any] = {"symbol": market.id, "side": order.side.upper(), "type": "MARKET"}
    if isinstance(order, MarketBuyWithCost):
        values["quoteOrderQty"] = order.cost
    else:
        values["quantity"] = order.amount
    if isinstance(order, LimitOrder):
        values |= {"type": _TYPE_OF[order.time_in_force], "price": order.price}
    return values | {"newClientOrderId": order.client_order_id}


_LISTED = ("LIMIT", "MARKET")
_NO_RULE, _CLOSED = Rule(""), 4
