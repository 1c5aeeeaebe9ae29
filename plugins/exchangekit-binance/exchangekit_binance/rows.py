"""How Binance spells what it says, what its words mean, and how it wants to be told.

https://developers.binance.com/docs/binance-spot-api-docs/rest-api
"""

from decimal import Decimal
from typing import Any

from msgspec import Struct

from exchangekit import adapter as kit
from exchangekit import models
from exchangekit.adapter import Number, Reply, named, parse
from exchangekit.models import LimitOrder, MarketBuyWithCost, OrderStatus, OrderType, Side, Source
from exchangekit.models import TimeInForce as Tif

TIMEFRAMES = {
    name: name
    for name in "1s 1m 3m 5m 15m 30m 1h 2h 4h 6h 8h 12h 1d 3d 1w 1M".split()  # noqa: SIM905
}

WORDS = parse.Words(
    sides={"BUY": Side.BUY, "SELL": Side.SELL},
    types={
        "LIMIT": (OrderType.LIMIT, None),
        "LIMIT_MAKER": (OrderType.LIMIT, Tif.POST_ONLY),
        "STOP_LOSS_LIMIT": (OrderType.LIMIT, None),
        "TAKE_PROFIT_LIMIT": (OrderType.LIMIT, None),
        "MARKET": (OrderType.MARKET, None),
        "STOP_LOSS": (OrderType.MARKET, None),
        "TAKE_PROFIT": (OrderType.MARKET, None),
    },
    statuses={
        "NEW": OrderStatus.OPEN,
        "PENDING_NEW": OrderStatus.OPEN,
        "PARTIALLY_FILLED": OrderStatus.OPEN,
        "PENDING_CANCEL": OrderStatus.OPEN,
        "FILLED": OrderStatus.CLOSED,
        "CANCELED": OrderStatus.CANCELED,
        "REJECTED": OrderStatus.REJECTED,
        "EXPIRED": OrderStatus.EXPIRED,
        "EXPIRED_IN_MATCH": OrderStatus.EXPIRED,
    },
    times_in_force={"GTC": Tif.GTC, "IOC": Tif.IOC, "FOK": Tif.FOK},
)


class Envelope(Struct):
    code: int | str | None = None
    msg: Any = None


class System(Struct):
    status: int
    msg: str | None = None


class Rule(Struct, rename="camel"):
    """https://developers.binance.com/docs/binance-spot-api-docs/filters: 0 means "no rule"."""

    filter_type: str
    min_price: Decimal | None = None
    max_price: Decimal | None = None
    tick_size: Decimal | None = None
    min_qty: Decimal | None = None
    max_qty: Decimal | None = None
    step_size: Decimal | None = None
    min_notional: Decimal | None = None
    max_notional: Decimal | None = None
    apply_to_market: bool = True
    apply_min_to_market: bool = True
    apply_max_to_market: bool = True


class Symbol(Struct, rename="camel"):
    symbol: str
    status: str
    base_asset: str
    quote_asset: str
    quote_asset_precision: int
    order_types: tuple[str, ...]
    filters: tuple[Rule, ...]
    is_spot_trading_allowed: bool = True
    quote_order_qty_market_allowed: bool = False


class Restrictions(Struct, rename="camel"):
    ip_restrict: bool | None = None
    enable_reading: bool | None = None
    enable_withdrawals: bool | None = None
    enable_spot_and_margin_trading: bool | None = None


class Rates(Struct, frozen=True):
    maker: Decimal = Decimal(0)
    taker: Decimal = Decimal(0)
    buyer: Decimal = Decimal(0)
    seller: Decimal = Decimal(0)


class Commission(Struct, rename="camel"):
    symbol: str
    standard_commission: Rates
    special_commission: Rates = Rates()
    tax_commission: Rates = Rates()


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
    """What one fill of a new order cost. Without it the order is there all the same."""

    cost: Number = None
    currency: str | None = None


@named("symbol", "side", "type", "status", "price", id="orderId", time_in_force="timeInForce",
       amount="origQty", stop_price="stopPrice", requested_cost="origQuoteOrderQty",
       filled="executedQty", cost="cummulativeQuoteQty")  # fmt: skip
class AnyOrder(kit.OrderRow):
    """What every reply about an order has in common."""


@named("fills", client_order_id="clientOrderId", created="transactTime")
class NewOrder(AnyOrder):
    fills: list[Fee] | None = None


class KnownOrder(AnyOrder):
    """What is always told of an order, but for a new one."""

    side: str | None
    type: str | None
    status: str | None
    amount: Number
    filled: Number
    cost: Number


@named(client_order_id="clientOrderId", created="time", updated="updateTime")
class Order(KnownOrder):
    created: int | None


@named(client_order_id="origClientOrderId", updated="transactTime")
class CanceledOrder(KnownOrder):
    """In the reply to a cancel, clientOrderId is the cancel's own."""


def order(
    row: kit.OrderRow, symbol: str, source: Source, asked: models.OrderRequest | None = None
) -> models.Order:
    return parse.order(row, WORDS, symbol, source, asked)


def market(row: Symbol, source: Source) -> models.Market | None:
    """https://developers.binance.com/docs/binance-spot-api-docs/filters; None if not spot."""
    if not row.is_spot_trading_allowed:
        return None
    rules = {rule.filter_type: rule for rule in row.filters}
    price = rules.get("PRICE_FILTER", _NO_RULE)
    lot, market_lot = rules.get("LOT_SIZE", _NO_RULE), rules.get("MARKET_LOT_SIZE", _NO_RULE)
    cost = rules.get("NOTIONAL") or rules.get("MIN_NOTIONAL", _NO_RULE)
    most = [size for size in (lot.max_qty, market_lot.max_qty) if size]
    return kit.make_market(
        source=source,
        symbol=f"{row.base_asset}/{row.quote_asset}",
        id=row.symbol,
        base=row.base_asset,
        quote=row.quote_asset,
        active=row.status == "TRADING",
        order_types=frozenset(WORDS.types[word][0] for word in row.order_types if word in _PLAIN),
        buy_with_cost=row.quote_order_qty_market_allowed,
        price_step=price.tick_size or None,
        min_price=price.min_price or None,
        max_price=price.max_price or None,
        amount_step=lot.step_size or None,
        min_amount=lot.min_qty or None,
        max_amount=lot.max_qty or None,
        market_amount_step=max(lot.step_size or _ZERO, market_lot.step_size or _ZERO) or None,
        market_min_amount=max(lot.min_qty or _ZERO, market_lot.min_qty or _ZERO) or None,
        market_max_amount=min(most) if most else None,
        min_cost=cost.min_notional or None,
        max_cost=cost.max_notional or None,
        market_min_cost=None if cost.apply_to_market and cost.apply_min_to_market else _ZERO,
        market_max_cost=None if cost.apply_max_to_market else _ZERO,
        cost_step=kit.step_of(row.quote_asset_precision),
    )


markets = kit.listing(Symbol, market, "symbol", "symbols")


def status(reply: Reply) -> models.Status:
    row = kit.decode(System, reply)
    state = {0: models.VenueState.OK, 1: models.VenueState.MAINTENANCE}
    return kit.make_status(
        source=Source(reply.body),
        state=state.get(row.status, models.VenueState.UNKNOWN),
        message=row.msg,
    )


def api_key(reply: Reply) -> models.ApiKeyInfo:
    row = kit.decode(Restrictions, reply)
    return kit.make_api_key_info(
        source=Source(reply.body),
        can_read=row.enable_reading,
        can_trade=row.enable_spot_and_margin_trading,
        can_withdraw=row.enable_withdrawals,
        ip_restricted=row.ip_restrict,
    )


def fees(row: Commission, symbol: str, source: Source) -> dict[str, models.TradingFee]:
    """https://developers.binance.com/docs/binance-spot-api-docs/faqs/commission_faq

    The rates of all kinds add up, and so do those of the role (maker, taker) and of the side; the
    dearer side is counted. Discounts for paying in BNB are not.
    """
    kinds = (row.standard_commission, row.special_commission, row.tax_commission)
    side = max(sum(kind.buyer for kind in kinds), sum(kind.seller for kind in kinds))
    fee = kit.make_trading_fee(
        source=source,
        symbol=symbol,
        maker=sum((kind.maker for kind in kinds), Decimal(side)),
        taker=sum((kind.taker for kind in kinds), Decimal(side)),
    )
    return {symbol: fee}


def canceled(reply: Reply, market: models.Market) -> models.CancelReport:
    """Orders, and order lists, whose orders lie one level deeper."""
    made: list[models.Order] = []
    for body in kit.bodies(reply):
        if b'"orderReports"' in body:
            made += parse.read_rows(CanceledOrder, body, order, market, "orderReports")
        else:
            row = kit.decode(CanceledOrder, body)
            made.append(parse.read_row(row, order, market, Source(body)))
    return models.CancelReport(canceled=tuple(made))


def order_params(market: models.Market, order: models.OrderRequest) -> dict[str, Any]:
    """https://developers.binance.com/docs/binance-spot-api-docs/rest-api/trading-endpoints#new-order-trade"""
    values: dict[str, Any] = {"symbol": market.id, "side": order.side.upper(), "type": "MARKET"}
    if isinstance(order, MarketBuyWithCost):
        values["quoteOrderQty"] = order.cost
    else:
        values["quantity"] = order.amount
    if isinstance(order, LimitOrder):
        maker = order.time_in_force is Tif.POST_ONLY
        tif = None if maker else order.time_in_force.upper()
        values |= {"type": "LIMIT_MAKER" if maker else "LIMIT", "timeInForce": tif}
        values["price"] = order.price
    return values | {"newClientOrderId": order.client_order_id, "newOrderRespType": "FULL"}


_PLAIN = ("LIMIT", "MARKET")
_NO_RULE, _ZERO = Rule(""), Decimal(0)
