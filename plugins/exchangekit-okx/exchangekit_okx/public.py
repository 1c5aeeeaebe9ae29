"""OKX's public data: the rows of its replies, and the models they become."""

from decimal import Decimal
from functools import partial

from msgspec import Raw, field

from exchangekit.adapter import Reply
from exchangekit.adapter.decode import average, decode, lookup, number, utc
from exchangekit.adapter.markets import read_markets
from exchangekit.models import Market, Markets, Source, VenueState, market_data
from exchangekit.models.market import make_market
from exchangekit_okx.wire import SIDES, Data, Row

# Without "utc", bars of six hours and more open by the clock of UTC+8.
TIMEFRAMES = {name: name for name in ("1m", "3m", "5m", "15m", "30m")}
TIMEFRAMES |= {"1h": "1H", "2h": "2H", "4h": "4H", "6h": "6Hutc", "12h": "12Hutc"}
TIMEFRAMES |= {"1d": "1Dutc", "1w": "1Wutc", "1M": "1Mutc"}
ACTIVE = {"live": True, "suspend": False, "preopen": False, "test": False}
UNDER_WAY = {"ongoing": True, "pre_open": True} | dict.fromkeys(
    ("scheduled", "completed", "canceled"), False
)
TRADING = {"5", "8", "9"}  # as a whole, in batches of accounts, in batches of products


class Time(Row):
    ts: int


class Event(Row):
    title: str
    state: str
    service_type: str
    env: str = ""
    end: str = ""


def read_status(reply: Reply) -> market_data.Status:
    # Events of demo trading (env 2) are told to everybody: they are not the venue's state.
    events = [row for row in decode(Data[Event], reply).data if row.env != "2"]
    now = [row for row in events if lookup(UNDER_WAY, row.state, "state of maintenance")]
    down = [row for row in now if row.service_type in TRADING]
    return market_data.make_status(
        state=VenueState.MAINTENANCE if down else VenueState.OK,
        message="; ".join(f"{row.title} ({row.state})" for row in events) or None,
        until=max((utc(int(row.end)) for row in down if row.end.isdecimal()), default=None),
    )


class Instrument(Row):
    inst_id: str
    inst_type: str
    base_ccy: str
    quote_ccy: str
    state: str
    tick_sz: str
    lot_sz: str
    min_sz: str
    max_lmt_sz: str = ""
    max_mkt_sz: str = ""
    max_lmt_amt: str = ""
    max_mkt_amt: str = ""


def read_listing(reply: Reply) -> Markets:
    rows = decode(Data[Raw], reply).data
    return read_markets(Instrument, rows, "instId", partial(read_market, reply.body))


def read_market(body: bytes, at: int, row: Instrument) -> Market | None:
    if row.inst_type != "SPOT":
        return None
    # maxLmtAmt and maxMktAmt are in US dollars, maxMktSz in USDT, whatever the quote is.
    usd, usdt = row.quote_ccy == "USD", row.quote_ccy == "USDT"
    return make_market(
        symbol=f"{row.base_ccy}/{row.quote_ccy}",
        id=row.inst_id,
        base=row.base_ccy,
        quote=row.quote_ccy,
        active=lookup(ACTIVE, row.state, "state of an instrument"),
        price_step=number(row.tick_sz),
        amount_step=number(row.lot_sz),
        min_amount=number(row.min_sz),
        max_amount=number(row.max_lmt_sz),
        max_cost=number(row.max_lmt_amt) if usd else None,
        market_max_cost=number(row.max_mkt_amt if usd else row.max_mkt_sz if usdt else ""),
        source=Source(body, "data", at),
    )


class Day(Row):
    inst_id: str
    ts: int
    last: Decimal | None
    bid_px: Decimal | None
    bid_sz: Decimal | None
    ask_px: Decimal | None
    ask_sz: Decimal | None
    open24h: Decimal | None
    high24h: Decimal | None
    low24h: Decimal | None
    vol24h: Decimal | None
    vol_ccy24h: Decimal | None = field(name="volCcy24h")


def read_ticker(symbol: str, row: Day, source: Source) -> market_data.Ticker:
    change = None if row.last is None or not row.open24h else row.last - row.open24h
    return market_data.make_ticker(
        symbol=symbol,
        timestamp=utc(row.ts),
        last=row.last,
        bid=row.bid_px,
        bid_volume=row.bid_sz,
        ask=row.ask_px,
        ask_volume=row.ask_sz,
        open=row.open24h,
        high=row.high24h,
        low=row.low24h,
        change=change,
        percentage=None if change is None or not row.open24h else change / row.open24h * 100,
        vwap=average(row.vol_ccy24h, row.vol24h),
        base_volume=row.vol24h,
        quote_volume=row.vol_ccy24h,
        source=source,
    )


class Level(Row, array_like=True):
    px: Decimal
    sz: Decimal


class Book(Row):
    asks: list[Level]
    bids: list[Level]
    ts: int
    seq_id: int | None = None


def read_book(symbol: str, row: Book, source: Source) -> market_data.OrderBook:
    return market_data.make_order_book(
        symbol=symbol,
        bids=tuple([market_data.BookLevel(level.px, level.sz) for level in row.bids]),
        asks=tuple([market_data.BookLevel(level.px, level.sz) for level in row.asks]),
        timestamp=utc(row.ts),
        sequence=row.seq_id,
        source=source,
    )


class Print(Row):
    trade_id: str
    px: Decimal
    sz: Decimal
    side: str
    ts: int


def read_trade(symbol: str, row: Print, source: Source) -> market_data.Trade:
    return market_data.make_trade(
        symbol=symbol,
        id=row.trade_id,
        timestamp=utc(row.ts),
        price=row.px,
        amount=row.sz,
        cost=row.px * row.sz,
        side=lookup(SIDES, row.side, "side"),
        source=source,
    )


class Bar(Row, array_like=True):
    ts: int
    o: Decimal
    h: Decimal
    l: Decimal  # noqa: E741 - the documentation's name
    c: Decimal
    vol: Decimal


def read_candles(span: range, reply: Reply) -> tuple[market_data.Candle, ...]:
    rows = [row for row in decode(Data[Bar], reply).data if row.ts in span]
    rows.sort(key=lambda row: row.ts)
    return tuple([market_data.Candle(utc(r.ts), r.o, r.h, r.l, r.c, r.vol) for r in rows])
