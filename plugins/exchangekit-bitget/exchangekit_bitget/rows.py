"""How Bitget spells what it says, and what its words mean.

https://www.bitget.com/api-doc/spot/intro and, where it is silent, recorded bodies.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from msgspec import Struct, field

from exchangekit import adapter as kit
from exchangekit import models
from exchangekit.adapter import Always, Number, Reply, named, parse
from exchangekit.errors import BadReply, OrderNotFound, Unsupported
from exchangekit.models import Liquidity, OrderStatus, OrderType, Side, Source

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

ACTIVE = {"online": True, "gray": False, "offline": False, "halt": False}


class Envelope(Struct):
    """Some replies say `message` where most say `msg`."""

    code: Any = None
    msg: Any = None
    message: Any = None


class Symbol(Struct, rename="camel"):
    symbol: str
    base_coin: str
    quote_coin: str
    status: str
    price_precision: int
    quantity_precision: int
    quote_precision: int
    min_trade_amount: Number = None
    max_trade_amount: Number = None
    min_usdt: Number = field(default=None, name="minTradeUSDT")
    maker_fee_rate: Number = None
    taker_fee_rate: Number = None


@named("symbol", "open", timestamp="ts", last="lastPr", bid="bidPr", bid_volume="bidSz",
       ask="askPr", ask_volume="askSz", high="high24h", low="low24h", percentage="change24h",
       base_volume="baseVolume", quote_volume="quoteVolume")  # fmt: skip
class Ticker(kit.TickerRow):
    """https://www.bitget.com/api-doc/spot/market/Get-Tickers"""


@named("bids", "asks", timestamp="ts")
class Book(kit.BookRow):
    """https://www.bitget.com/api-doc/spot/market/Get-Orderbook"""


@named("symbol", "price", Always("side"), id=Always("tradeId"), amount="size", timestamp="ts")
class Trade(kit.TradeRow):
    """https://www.bitget.com/api-doc/spot/market/Get-Recent-Trades"""


@named(asset="coin", free="available", used="frozen", locked="locked")
class Asset(kit.BalanceRow):
    """https://www.bitget.com/api-doc/spot/account/Get-Account-Assets"""

    locked: Decimal

    def __post_init__(self) -> None:
        self.used = kit.WIDE.add(self.used, self.locked)


@named(assets="data")
class Account(kit.AccountRow):
    """Margin is an account of its own: a spot account cannot borrow."""

    borrows = False
    assets: list[Asset]


class Info(Struct, rename="camel"):
    user_id: str
    authorities: frozenset[str]
    ips: str | None = None


class Rates(Struct, rename="camel"):
    maker_fee_rate: Decimal
    taker_fee_rate: Decimal


class Charge(Struct, rename="camel"):
    """What one coin of `feeDetail` was charged: below zero. "newFees" among them names no coin."""

    total_fee: Number = None
    fee_coin_code: str | None = None


@named("symbol", "side", "status", id="orderId", client_order_id="clientOid", type="orderType",
       amount="size", filled="baseVolume", cost="quoteVolume", created="cTime",
       updated="uTime")  # fmt: skip
class AnyOrder(kit.OrderRow):
    """The size of a market buy counts quote, whatever was paid."""

    side: str
    type: str
    status: str
    amount: Decimal
    filled: Number
    created: int

    def __post_init__(self) -> None:
        self.in_quote = self.type == "market" and self.side == "buy"


@named("price", fee_detail="feeDetail")
class Order(AnyOrder):
    """https://www.bitget.com/api-doc/spot/trade/Get-Order-Info"""

    fee_detail: str | None = None


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


class FillFee(Struct, rename="camel"):
    fee_coin: str | None = None
    total_fee: Number = None


@named("symbol", "side", id="tradeId", order_id="orderId", price="priceAvg", amount="size",
       cost="amount", timestamp="cTime", role="tradeScope", detail="feeDetail")  # fmt: skip
class Fill(kit.FillRow):
    """https://www.bitget.com/api-doc/spot/trade/Get-Fills"""

    symbol: str
    side: str | None
    detail: FillFee

    def __post_init__(self) -> None:
        self.fee, self.fee_currency = charged(self.detail.total_fee), self.detail.fee_coin


def charged(told: Decimal | None) -> Decimal | None:
    """The venue writes a charge with a minus."""
    return None if told is None else kit.WIDE.minus(told)


def market(row: Symbol, source: Source) -> models.Market:
    """A least value is told in USDT, whatever the quote is."""
    return kit.make_market(
        source=source,
        symbol=f"{row.base_coin}/{row.quote_coin}",
        id=row.symbol,
        base=row.base_coin,
        quote=row.quote_coin,
        active=kit.lookup(ACTIVE, row.status, "state of a symbol"),
        price_step=kit.step_of(row.price_precision),
        amount_step=kit.step_of(row.quantity_precision),
        cost_step=kit.step_of(row.quote_precision),
        min_amount=row.min_trade_amount or None,
        max_amount=row.max_trade_amount or None,
        min_cost=(row.min_usdt or None) if row.quote_coin == "USDT" else None,
        maker=row.maker_fee_rate,
        taker=row.taker_fee_rate,
    )


markets = kit.listing(Symbol, market, "symbol", "data")


def ticker(row: Ticker, symbol: str, source: Source) -> models.Ticker:
    if row.percentage is not None:
        row.percentage = row.percentage.scaleb(2)
    row.vwap = kit.average(row.quote_volume, row.base_volume)
    return parse.ticker(row, symbol, source)


def trade(row: Trade, symbol: str, source: Source) -> models.Trade:
    return parse.trade(row, symbol, source, WORDS)


def fill(row: Fill, symbol: str, source: Source) -> models.MyTrade:
    return parse.fill(row, symbol, source, WORDS)


def fees(reply: Reply, symbol: str) -> dict[str, models.TradingFee]:
    row, source = kit.decode_at(Rates, reply, "data"), Source(reply.body, "data")
    maker, taker = row.maker_fee_rate, row.taker_fee_rate
    return {symbol: kit.make_trading_fee(source=source, symbol=symbol, maker=maker, taker=taker)}


def api_key(reply: Reply) -> models.ApiKeyInfo:
    """https://www.bitget.com/api-doc/spot/account/Get-Account-Info: "stor" reads spot, "stow"
    trades, "wwow" withdraws; its example says "readonly" and "trade"."""
    row = kit.decode_at(Info, reply, "data")
    ips = tuple(ip for ip in (row.ips or "").split(",") if ip)
    return kit.make_api_key_info(
        source=Source(reply.body, "data"),
        can_read=bool(row.authorities & {"stor", "stow", "readonly", "trade"}),
        can_trade=bool(row.authorities & {"stow", "trade"}),
        can_withdraw="wwow" in row.authorities,
        ip_restricted=bool(ips),
        ips=ips,
        account_id=row.user_id,
    )


def order(
    row: kit.OrderRow, symbol: str, source: Source, asked: models.OrderRequest | None = None
) -> models.Order:
    if isinstance(row, Order) and row.fee_detail:
        told = kit.decode(dict[str, Charge], row.fee_detail.encode()).values()
        row.fills = [
            kit.FeeRow(cost=charged(one.total_fee), currency=one.fee_coin_code)
            for one in told
            if one.fee_coin_code
        ]
    return parse.order(row, WORDS, symbol, source, asked)


def newest_named(
    name: str, read: Callable[[Reply], tuple[models.Order, ...]], reply: Reply
) -> models.Order:
    """Of the orders that ended last, the newest with that client order id."""
    found = next((one for one in read(reply) if one.client_order_id == name), None)
    if found is None:
        raise OrderNotFound(
            "it is neither open nor among the 100 that ended last, and older ones are found by"
            " their id only"
        )
    return found


def cancel_report(reply: Reply, market: models.Market, ids: tuple[str, ...]) -> models.CancelReport:
    done = kit.read_rows(Acknowledged, reply, order, market, "data", "successList")
    failed = tuple(
        models.CancelFailure(
            order_id=row.order_id, reason=f"{row.error_msg or 'no reason'} (code {row.error_code})"
        )
        for row in kit.decode_rows(Failure, reply, "data", "failureList")
    )
    if len(done) + len(failed) != len(ids):
        raise BadReply(f"{len(ids)} were to be canceled, the reply tells of other orders")
    return models.CancelReport(canceled=done, failed=failed)


def order_params(market: models.Market, order: models.OrderRequest) -> dict[str, Any]:
    """https://www.bitget.com/api-doc/spot/trade/Place-Order"""
    values = {"symbol": market.id, "side": order.side, "clientOid": order.client_order_id}
    if isinstance(order, models.LimitOrder):
        kind = {"orderType": "limit", "force": order.time_in_force, "price": order.price}
        return values | kind | {"size": order.amount}
    if isinstance(order, models.MarketBuyWithCost):
        return values | {"orderType": "market", "size": order.cost}
    if order.side is Side.BUY:  # its size would be taken for what to spend
        raise Unsupported("Bitget has no market buy by amount")
    return values | {"orderType": "market", "size": order.amount}
