"""How Bybit spells what it says, what its words mean, and how it wants to be told.

https://bybit-exchange.github.io/docs/v5/intro — "" is for what is not there, in ordinary replies.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any

from msgspec import Struct, field

from exchangekit import adapter as kit
from exchangekit import models
from exchangekit.adapter import Number, Reply, named, parse
from exchangekit.errors import AccountRestricted, BadReply
from exchangekit.models import OrderStatus, OrderType, Side, Source
from exchangekit.models import TimeInForce as Tif
from exchangekit_bybit.errors import UNIFIED

TIMEFRAMES = {"1m": "1", "3m": "3", "5m": "5", "15m": "15", "30m": "30", "1h": "60", "2h": "120"}
TIMEFRAMES |= {"4h": "240", "6h": "360", "12h": "720", "1d": "D", "1w": "W", "1M": "M"}

# https://bybit-exchange.github.io/docs/v5/enum
WORDS = parse.Words(
    sides={"Buy": Side.BUY, "Sell": Side.SELL},
    types={"Limit": (OrderType.LIMIT, None), "Market": (OrderType.MARKET, None)},
    times_in_force={"GTC": Tif.GTC, "IOC": Tif.IOC, "FOK": Tif.FOK, "PostOnly": Tif.POST_ONLY},
    statuses={
        "New": OrderStatus.OPEN,
        "PartiallyFilled": OrderStatus.OPEN,
        "Untriggered": OrderStatus.OPEN,
        "Triggered": OrderStatus.OPEN,
        "Filled": OrderStatus.CLOSED,
        "Cancelled": OrderStatus.CANCELED,
        "PartiallyFilledCanceled": OrderStatus.CANCELED,
        "Deactivated": OrderStatus.CANCELED,
        "Rejected": OrderStatus.REJECTED,
    },
)
UNDER_WAY = {"ongoing": True, "scheduled": False, "completed": False, "canceled": False}

# A key belongs to one of them. https://bybit-exchange.github.io/docs/v5/guide (testnet, the second
# address of live, the sites of regions) and …/docs/v5/demo
HOSTS = {
    "live": "https://api.bybit.com",
    "bytick": "https://api.bytick.com",
    "testnet": "https://api-testnet.bybit.com",
    "demo": "https://api-demo.bybit.com",
    "ae": "https://api.bybit.ae",
    "eu": "https://api.bybit.eu",
    "ge": "https://api.bybitgeorgia.ge",
    "id": "https://api.bybit.id",
    "jp": "https://api.manepa.jp",
    "jp-testnet": "https://api-testnet.manepa.jp",
    "kz": "https://api.bybit.kz",
    "nl": "https://api.bybit.nl",
    "tr": "https://api.bybit.tr",
}
_WORD_OF = {meaning: word for word, meaning in WORDS.times_in_force.items()}
_SPOT, _TRADING = 2, {1, 2}  # product, serviceTypes

LIST = ("result", "list")
FIRST = (*LIST, 0)


class Envelope(Struct, rename="camel"):
    ret_code: Any = None
    ret_msg: Any = None


class Event(Struct, rename="camel"):
    title: str
    state: str
    product: tuple[int, ...]
    service_types: tuple[int, ...]
    env: int = 1
    end: int | None = None


class LotSize(Struct, rename="camel"):
    base_precision: Decimal
    quote_precision: Decimal
    min_order_amt: Number = None
    max_limit_order_qty: Number = None
    max_market_order_qty: Number = None
    max_order_qty: Number = None


class Price(Struct, rename="camel"):
    tick_size: Decimal


class Instrument(Struct, rename="camel"):
    symbol: str
    base_coin: str
    quote_coin: str
    status: str
    lot_size_filter: LotSize
    price_filter: Price


@named("symbol", last="lastPrice", bid="bid1Price", bid_volume="bid1Size", ask="ask1Price",
       ask_volume="ask1Size", open="prevPrice24h", high="highPrice24h", low="lowPrice24h",
       percentage="price24hPcnt", base_volume="volume24h", quote_volume="turnover24h")  # fmt: skip
class Ticker(kit.TickerRow):
    """https://bybit-exchange.github.io/docs/v5/market/tickers"""


@named(symbol="s", bids="b", asks="a", timestamp="cts", sequence="u")
class Book(kit.BookRow):
    """https://bybit-exchange.github.io/docs/v5/market/orderbook"""


@named("symbol", candles="list")
class Chart(kit.ChartRow):
    """https://bybit-exchange.github.io/docs/v5/market/kline"""


@named("symbol", "price", "side", id="execId", amount="size", timestamp="time")
class Trade(kit.TradeRow):
    """https://bybit-exchange.github.io/docs/v5/market/recent-trade"""


@named(asset="coin", total="walletBalance", used="locked")
class Coin(kit.BalanceRow, kw_only=True):
    """What is free is what is not locked in spot orders: the venue itself says it no more."""

    total: Decimal
    free: Number = None

    def __post_init__(self) -> None:
        self.free = kit.WIDE.subtract(self.total, self.used)


@named(assets="coin")
class Account(kit.AccountRow):
    """https://bybit-exchange.github.io/docs/v5/account/wallet-balance"""

    assets: list[Coin]


class Rates(Struct, rename="camel"):
    symbol: str
    maker_fee_rate: Decimal
    taker_fee_rate: Decimal


class Permissions(Struct, rename="pascal"):
    spot: tuple[str, ...] = ()
    wallet: tuple[str, ...] = ()


class Key(Struct, rename="camel"):
    note: str
    read_only: int
    permissions: Permissions
    ips: tuple[str, ...]
    uta: int
    user_id: int = field(name="userID")


@named("symbol", "side", "price", id="orderId", client_order_id="orderLinkId", type="orderType",
       time_in_force="timeInForce", status="orderStatus", amount="qty", filled="cumExecQty",
       cost="cumExecValue", trigger="triggerPrice", unit="marketUnit", charged="cumFeeDetail",
       created="createdTime", updated="updatedTime")  # fmt: skip
class Order(kit.OrderRow):
    """https://bybit-exchange.github.io/docs/v5/order/order-list"""

    side: str
    type: str
    status: str
    amount: Decimal
    filled: Decimal
    cost: Decimal
    created: int
    updated: int
    trigger: str | None = None
    unit: str | None = None
    charged: dict[str, Decimal] | None = None


@named(id="orderId", client_order_id="orderLinkId")
class Acknowledged(kit.OrderRow):
    """https://bybit-exchange.github.io/docs/v5/order/create-order"""

    symbol: str = ""


@named("symbol")
class Canceled(Acknowledged):
    """https://bybit-exchange.github.io/docs/v5/order/batch-cancel"""

    symbol: str


class Verdict(Struct):
    code: int
    msg: str


@named("symbol", "side", id="execId", order_id="orderId", client_order_id="orderLinkId",
       price="execPrice", amount="execQty", cost="execValue", fee="execFee",
       fee_currency="feeCurrency", is_maker="isMaker", timestamp="execTime")  # fmt: skip
class Fill(kit.FillRow):
    """https://bybit-exchange.github.io/docs/v5/order/execution"""

    side: str


def time(reply: Reply) -> datetime:
    return kit.utc(kit.decode_at(int, reply, "result", "timeNano") // 10**6)


def status(reply: Reply) -> models.Status:
    # Events of demo trading (env 2) are told to everybody: they are not the venue's state.
    events = [row for row in kit.decode_rows(Event, reply, *LIST) if row.env != 2]
    down = [
        row
        for row in events
        if kit.lookup(UNDER_WAY, row.state, "state of maintenance")
        and _SPOT in row.product
        and _TRADING & {*row.service_types}
    ]
    return kit.make_status(
        state=models.VenueState.MAINTENANCE if down else models.VenueState.OK,
        message="; ".join(f"{row.title} ({row.state})" for row in events) or None,
        until=max((kit.utc(row.end) for row in down if row.end), default=None),
    )


def market(row: Instrument, source: Source) -> models.Market:
    """`minOrderQty` is published and checked no more; post-only orders may be larger."""
    lot = row.lot_size_filter
    return kit.make_market(
        source=source,
        symbol=f"{row.base_coin}/{row.quote_coin}",
        id=row.symbol,
        base=row.base_coin,
        quote=row.quote_coin,
        active=row.status == "Trading",
        price_step=row.price_filter.tick_size,
        amount_step=lot.base_precision,
        max_amount=lot.max_limit_order_qty or lot.max_order_qty,
        market_max_amount=lot.max_market_order_qty,
        min_cost=lot.min_order_amt,
        cost_step=lot.quote_precision,
    )


markets = kit.listing(Instrument, market, "symbol", *LIST)


def ticker(row: Ticker, symbol: str, source: Source) -> models.Ticker:
    """The change is told as a ratio."""
    if row.last is not None and row.open:
        row.change = kit.WIDE.subtract(row.last, row.open)
    row.percentage = None if row.percentage is None else row.percentage.scaleb(2)
    row.vwap = kit.average(row.quote_volume, row.base_volume)
    return parse.ticker(row, symbol, source)


def trade(row: Trade, symbol: str, source: Source) -> models.Trade:
    return parse.trade(row, symbol, source, WORDS)


def fees(reply: Reply, markets: models.Markets) -> dict[str, models.TradingFee]:
    made = {}
    told = zip(kit.decode_rows(Rates, reply, *LIST), kit.bodies(reply, *LIST), strict=True)
    for row, body in told:
        if (market := markets.by_id.get(row.symbol)) is not None:
            made[market.symbol] = kit.make_trading_fee(
                source=Source(body),
                symbol=market.symbol,
                maker=row.maker_fee_rate,
                taker=row.taker_fee_rate,
            )
    return made


def api_key(reply: Reply) -> models.ApiKeyInfo:
    row = kit.decode_at(Key, reply, "result")
    if not row.uta:
        raise AccountRestricted("the account of this key is not a unified one", hint=UNIFIED)
    ips, writes = tuple(ip for ip in row.ips if ip != "*"), not row.read_only
    return kit.make_api_key_info(
        source=Source(reply.body, "result"),
        can_read=True,
        can_trade=writes and "SpotTrade" in row.permissions.spot,
        can_withdraw=writes and "Withdraw" in row.permissions.wallet,
        ip_restricted=bool(ips),
        ips=ips,
        account_id=str(row.user_id),
        label=row.note,
    )


def order(row: Order, symbol: str, source: Source) -> models.Order:
    """The quantity of a market order is in quote if `marketUnit` says so, and of a buy if it says
    nothing. `cumExecFee` is without a currency; `cumFeeDetail` says each."""
    row.stop_price = kit.number(row.trigger)
    if row.type == "Market":
        row.in_quote = (row.unit or ("quoteCoin" if row.side == "Buy" else "")) == "quoteCoin"
    if row.charged is not None:
        row.fills = [kit.FeeRow(cost=cost, currency=coin) for coin, cost in row.charged.items()]
    return parse.order(row, WORDS, symbol, source)


def fill(row: Fill, symbol: str, source: Source) -> models.MyTrade:
    return parse.fill(row, symbol, source, WORDS)


def acknowledged(
    row: Acknowledged, symbol: str, source: Source, asked: models.OrderRequest | None = None
) -> models.Order:
    return parse.order(row, WORDS, symbol, source, asked)


def cancel_report(reply: Reply, market: models.Market, ids: tuple[str, ...]) -> models.CancelReport:
    """Each order has its verdict at the same place of another list."""
    found, told = kit.decode_rows(Canceled, reply, *LIST), kit.bodies(reply, *LIST)
    said = kit.decode_rows(Verdict, reply, "retExtInfo", "list")
    if not len(found) == len(said) == len(ids):
        raise BadReply(f"{len(ids)} orders were to be canceled, the reply is about {len(said)}")
    done, failed = [], []
    for row, verdict, body, name in zip(found, said, told, ids, strict=True):
        made = kit.read_row(row, acknowledged, market, Source(body))
        if verdict.code == 0:
            done.append(made)
        else:
            why = f"{verdict.msg} (code {verdict.code})"
            failed.append(models.CancelFailure(order_id=made.id or name, reason=why))
    return models.CancelReport(canceled=tuple(done), failed=tuple(failed))


def order_params(market: models.Market, order: models.OrderRequest) -> dict[str, Any]:
    """https://bybit-exchange.github.io/docs/v5/order/create-order"""
    values: dict[str, Any] = {"symbol": market.id, "side": order.side.capitalize()}
    values["orderLinkId"] = order.client_order_id
    if isinstance(order, models.LimitOrder):
        life = _WORD_OF[order.time_in_force]
        limit = {"orderType": "Limit", "qty": order.amount, "price": order.price}
        return values | limit | {"timeInForce": life}
    values["orderType"] = "Market"
    if isinstance(order, models.MarketBuyWithCost):
        return values | {"qty": order.cost, "marketUnit": "quoteCoin"}
    return values | {"qty": order.amount, "marketUnit": "baseCoin"}
