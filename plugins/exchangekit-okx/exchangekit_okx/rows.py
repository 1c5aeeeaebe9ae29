"""How OKX spells what it says, what its words mean, and how it wants to be told.

https://www.okx.com/docs-v5/en/ — rows stand in ``data``; "" is for what is not there. Charges are
negative numbers and rebates positive ones.
"""

from decimal import Decimal
from functools import partial
from typing import Any

from msgspec import Struct

from exchangekit import models
from exchangekit.adapter import Reply, VenueCode, parse, rows
from exchangekit.adapter.decode import average, lookup, number, utc
from exchangekit.adapter.markets import listing
from exchangekit.adapter.marks import Among, Blank, Negated
from exchangekit.adapter.rows import Always, Number, decode_at, decode_rows, named
from exchangekit.errors import BadReply
from exchangekit.models import Liquidity, OrderStatus, OrderType, Side, Source
from exchangekit.models import TimeInForce as Tif
from exchangekit.models.account import make_api_key_info, make_trading_fee
from exchangekit.models.market import make_market
from exchangekit.models.market_data import make_status
from exchangekit.models.numbers import WIDE
from exchangekit.models.orders import make_countdown

# Without "utc", bars of six hours and more open by the clock of UTC+8.
TIMEFRAMES = {name: name for name in ("1m", "3m", "5m", "15m", "30m")}
TIMEFRAMES |= {"1h": "1H", "2h": "2H", "4h": "4H", "6h": "6Hutc", "12h": "12Hutc"}
TIMEFRAMES |= {"1d": "1Dutc", "1w": "1Wutc", "1M": "1Mutc"}

WORDS = parse.Words(
    sides={"buy": Side.BUY, "sell": Side.SELL},
    types={
        "limit": (OrderType.LIMIT, Tif.GTC),
        "post_only": (OrderType.LIMIT, Tif.POST_ONLY),
        "ioc": (OrderType.LIMIT, Tif.IOC),
        "fok": (OrderType.LIMIT, Tif.FOK),
        "elp": (OrderType.LIMIT, None),
        "market": (OrderType.MARKET, None),
    },
    statuses={
        "live": OrderStatus.OPEN,
        "partially_filled": OrderStatus.OPEN,
        "filled": OrderStatus.CLOSED,
        "canceled": OrderStatus.CANCELED,
        "mmp_canceled": OrderStatus.CANCELED,
    },
    roles={"T": Liquidity.TAKER, "M": Liquidity.MAKER},
)
ACTIVE = {"live": True, "suspend": False, "preopen": False, "test": False}
UNDER_WAY = dict.fromkeys(("ongoing", "pre_open"), True)
UNDER_WAY |= dict.fromkeys(("scheduled", "completed", "canceled"), False)

# A key belongs to one region and to live or demo trading; elsewhere it "doesn't exist".
# https://www.okx.com/docs-v5/en/#overview-production-trading-services (www.okx.com in 2025;
# clients of 2026 give openapi.okx.com as the global REST address), and the same section of
# https://my.okx.com/docs-v5/en/ (Europe) and https://app.okx.com/docs-v5/en/ (United States,
# Australia); https://github.com/ccxt/ccxt has those hosts too, as myokx and okxus.
_HOSTS = {"live": "www", "openapi": "openapi", "eea": "eea", "us": "us"}
_DEMO = (("x-simulated-trading", "1"),)
PLACES: dict[str, tuple[str, tuple[tuple[str, str], ...]]] = {}
for _name, _host in _HOSTS.items():
    PLACES[_name] = (f"https://{_host}.okx.com", ())
    PLACES["demo" if _name == "live" else f"{_name}-demo"] = (f"https://{_host}.okx.com", _DEMO)

FIRST = ("data", 0)
_FIRST_MS = 10**11  # as seconds it lies in the year 5138
_TYPE_OF = {meaning: word for word, meaning in WORDS.types.items()}
_TRADING = {"5", "8", "9"}  # as a whole, in batches of accounts, in batches of products


class Verdict(Struct, rename="camel"):
    """What a row of a POST's reply says of itself; of any type, lest an error be missed."""

    s_code: Any = None
    s_msg: Any = None
    sub_code: Any = None
    ord_id: Any = None
    cl_ord_id: Any = None


class Envelope(Struct):
    code: Any = None
    msg: Any = None


class Verdicts(Struct):
    data: list[Verdict]


class Event(Struct, rename="camel"):
    title: str
    state: str
    service_type: str
    env: str | None = None
    end: int | None = None


class Instrument(Struct, rename="camel"):
    inst_id: str
    inst_type: str
    base_ccy: str
    quote_ccy: str
    state: str
    tick_sz: Number
    lot_sz: Number
    min_sz: Number
    max_lmt_sz: Number = None
    max_mkt_sz: Number = None
    max_lmt_amt: Number = None
    max_mkt_amt: Number = None


@named("last", symbol="instId", timestamp=Always("ts"), bid=Always("bidPx"),
       bid_volume=Always("bidSz"), ask=Always("askPx"), ask_volume=Always("askSz"),
       open=Always("open24h"), high=Always("high24h"), low=Always("low24h"),
       base_volume=Always("vol24h"), quote_volume=Always("volCcy24h"))  # fmt: skip
class Ticker(rows.TickerRow):
    """https://www.okx.com/docs-v5/en/#order-book-trading-market-data-get-ticker"""


@named("bids", "asks", timestamp=Always("ts"), sequence="seqId")
class Book(rows.WideBookRow):
    """https://www.okx.com/docs-v5/en/#order-book-trading-market-data-get-order-book"""


@named(Always("side"), symbol="instId", id=Always("tradeId"), price="px", amount="sz",
       timestamp="ts")  # fmt: skip
class Trade(rows.TradeRow):
    """https://www.okx.com/docs-v5/en/#order-book-trading-market-data-get-trades"""


@named(asset="ccy", used="frozenBal", total="cashBal", available="availBal", equity="availEq")
class Asset(rows.BalanceRow, kw_only=True):
    """Account modes whose availBal is "" say availEq. What is frozen may be borrowed: cashBal is
    what the account owns."""

    available: str | None
    equity: str | None = None
    free: Number = None

    def __post_init__(self) -> None:
        equity, self.free = number(self.equity), number(self.available)
        self.free = equity if self.free is None else self.free


@named(assets="details", updated="uTime")
class Account(rows.AccountRow):
    assets: list[Asset]
    updated: int | None


class Rates(Struct, rename="camel"):
    maker: Number
    taker: Number
    group_id: str | None = None


class Fees(Rates):
    fee_group: tuple[Rates, ...] = ()


class Config(Struct):
    uid: str
    perm: str
    ip: str
    label: str


@named("side", symbol="instId", id="ordId", client_order_id="clOrdId", type="ordType",
       status="state", price=Blank("px"), average=Blank("avgPx"), amount="sz", filled="accFillSz",
       in_quote=Among("tgtCcy", "quote_ccy"), fee=Negated(Blank("fee")), fee_currency="feeCcy",
       rebate=Blank("rebate"), rebate_currency="rebateCcy", created="cTime",
       updated="uTime")  # fmt: skip
class Order(rows.OrderRow):
    """The size of a market order is in quote if tgtCcy says so, and of a buy if it says nothing."""

    market_buys_in_quote = True

    side: str
    type: str
    status: str
    amount: Decimal
    filled: Decimal
    created: int
    updated: int


@named(id="ordId", client_order_id="clOrdId")
class Acknowledged(rows.OrderRow):
    symbol: str = ""


@named(created="ts")
class NewOrder(Acknowledged):
    """https://www.okx.com/docs-v5/en/#order-book-trading-trade-post-place-order"""


@named(updated="ts")
class CanceledOrder(Acknowledged):
    """https://www.okx.com/docs-v5/en/#order-book-trading-trade-post-cancel-order"""


@named("side", symbol="instId", id="tradeId", order_id="ordId", bill_id="billId", price="fillPx",
       amount="fillSz", timestamp="ts", role="execType", charged="fee", fee_currency="feeCcy",
       client_order_id="clOrdId")  # fmt: skip
class Fill(rows.FillRow):
    """ts and not fillTime: begin and end filter by it, so windows neither lose nor repeat one."""

    symbol: str
    side: str | None
    bill_id: str
    charged: str | None = None


def charge(written: Decimal | None) -> Decimal | None:
    return written.copy_negate() if written else written


def reason(row: Verdict) -> str:
    said = str(row.s_msg or "")
    return f"{said} (sub-code {row.sub_code})" if row.sub_code else said


def refusal(row: Verdict, message: str, *, refused: bool) -> VenueCode:
    """What `row` says of its order; `message` is that of the whole reply."""
    names = {
        name: str(value) if value else None
        for name, value in (("id", row.ord_id), ("client_order_id", row.cl_ord_id))
    }
    return VenueCode(str(row.s_code), reason(row) or message, refused=refused, **names)


def status(reply: Reply) -> models.Status:
    # Events of demo trading (env 2) are told to everybody: they are not the venue's state.
    events = [row for row in decode_rows(Event, reply, "data") if row.env != "2"]
    now = [row for row in events if lookup(UNDER_WAY, row.state, "state of maintenance")]
    down = [row for row in now if row.service_type in _TRADING]
    return make_status(
        state=models.VenueState.MAINTENANCE if down else models.VenueState.OK,
        message="; ".join(f"{row.title} ({row.state})" for row in events) or None,
        until=max((utc(row.end) for row in down if row.end is not None), default=None),
    )


def market(row: Instrument, source: Source) -> models.Market | None:
    if row.inst_type != "SPOT":
        return None
    # maxLmtAmt and maxMktAmt are in US dollars, maxMktSz in USDT, whatever the quote is.
    usd, usdt = row.quote_ccy == "USD", row.quote_ccy == "USDT"
    return make_market(
        source=source,
        symbol=f"{row.base_ccy}/{row.quote_ccy}",
        id=row.inst_id,
        base=row.base_ccy,
        quote=row.quote_ccy,
        active=lookup(ACTIVE, row.state, "state of an instrument"),
        price_step=row.tick_sz,
        amount_step=row.lot_sz,
        min_amount=row.min_sz,
        max_amount=row.max_lmt_sz or None,
        max_cost=(row.max_lmt_amt or None) if usd else None,
        market_max_cost=row.max_mkt_amt if usd else row.max_mkt_sz if usdt else None,
    )


markets = listing(Instrument, market, "instId", "data")


def ticker(row: Ticker, symbol: str, source: Source) -> models.Ticker:
    if row.last is not None and row.open:
        row.change = WIDE.subtract(row.last, row.open)
        row.percentage = average(row.change.scaleb(2), row.open)
    row.vwap = average(row.quote_volume, row.base_volume)
    return parse.ticker(row, symbol, source)


def fees(reply: Reply, market: models.Market) -> dict[str, models.TradingFee]:
    """The rates of the market's fee group; those beside the groups are older than groups are."""
    row, source, symbol = decode_at(Fees, reply, *FIRST), Source(reply.body, *FIRST), market.symbol
    rates: tuple[Rates, ...] = row.fee_group or (row,)
    if len(rates) > 1:
        own = (market.raw or {}).get("groupId")
        rates = tuple(group for group in rates if group.group_id == own)
    maker, taker = (charge(rates[0].maker), charge(rates[0].taker)) if rates else (None, None)
    if maker is None or taker is None:
        raise BadReply(f"the reply does not say the rates of {symbol}")
    return {symbol: make_trading_fee(source=source, symbol=symbol, maker=maker, taker=taker)}


def api_key(reply: Reply) -> models.ApiKeyInfo:
    row = decode_at(Config, reply, *FIRST)
    may, ips = row.perm.split(","), tuple(ip for ip in row.ip.split(",") if ip)
    return make_api_key_info(
        source=Source(reply.body, *FIRST),
        can_read="read_only" in may,
        can_trade="trade" in may,
        can_withdraw="withdraw" in may,
        ip_restricted=bool(ips),
        ips=ips,
        account_id=row.uid,
        label=row.label,
    )


order = parse.order_reader(WORDS)


def trade(row: Trade, symbol: str, source: Source) -> models.Trade:
    return parse.trade(row, symbol, source, WORDS)


def fill(row: Fill, symbol: str, source: Source) -> models.MyTrade:
    """Two fills share a trade's id where an account trades with itself; no two share a bill."""
    row.id, row.fee = row.id or row.bill_id, charge(number(row.charged))
    return parse.fill(row, symbol, source, WORDS)


def acknowledged(
    row: rows.OrderRow,
    symbol: str,
    source: Source,
    asked: models.OrderRequest | None = None,
    id: str | None = None,
) -> models.Order:
    row.id = row.id or id or ""
    return parse.order(row, WORDS, symbol, source, asked)


def countdown(reply: Reply) -> models.Countdown:
    """The documented times of this reply are in seconds, unlike all others of the venue: a number
    that can only be milliseconds is taken for them."""
    at = decode_at(int, reply, *FIRST, "triggerTime")
    moment = None if at == 0 else utc(at if at >= _FIRST_MS else at * 1000)
    return make_countdown(source=Source(reply.body, *FIRST), triggers=moment)


def cancel_report(reply: Reply, market: models.Market, ids: tuple[str, ...]) -> models.CancelReport:
    found, said = decode_rows(CanceledOrder, reply, "data"), decode_rows(Verdict, reply, "data")
    told = rows.bodies(reply, "data")
    if len(found) != len(ids):
        raise BadReply(f"{len(ids)} orders were to be canceled, the reply is about {len(found)}")
    done, failed = [], []
    for at, (row, verdict) in enumerate(zip(found, said, strict=True)):
        if verdict.s_code == "0":
            read = partial(acknowledged, id=ids[at])
            done.append(parse.read_row(row, read, market, Source(told[at])))
        else:
            why = f"{reason(verdict)} (code {verdict.s_code})"
            failed.append(models.CancelFailure(order_id=str(row.id) or ids[at], reason=why))
    return models.CancelReport(canceled=tuple(done), failed=tuple(failed))


def order_params(market: models.Market, order: models.OrderRequest) -> dict[str, Any]:
    """https://www.okx.com/docs-v5/en/#order-book-trading-trade-post-place-order"""
    values: dict[str, Any] = {"instId": market.id, "tdMode": "cash", "side": order.side}
    values["clOrdId"] = order.client_order_id
    if isinstance(order, models.LimitOrder):
        kind = _TYPE_OF[OrderType.LIMIT, order.time_in_force]
        return values | {"ordType": kind, "px": order.price, "sz": order.amount}
    # Without banAmend the venue shrinks a market order to what the balance can pay for.
    values |= {"ordType": "market", "banAmend": True}
    if isinstance(order, models.MarketBuyWithCost):
        return values | {"tgtCcy": "quote_ccy", "sz": order.cost}
    return values | {"tgtCcy": "base_ccy", "sz": order.amount}
