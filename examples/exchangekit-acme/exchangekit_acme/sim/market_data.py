"""What Acme tells everybody: https://docs.acme.example/v1#market-data"""

from decimal import Decimal

from exchangekit.sim import Context, Handler, Instrument, Response, Route
from exchangekit.sim.money import plain
from exchangekit_acme.sim.answers import result
from exchangekit_acme.sim.parameters import Asked


def _open(path: str, handler: Handler, operation: str, weight: int = 1) -> Route:
    return Route("GET", f"/v1/{path}", handler, operation, counts=("address",), weight=weight)


def routes() -> list[Route]:
    return [
        _open("time", lambda ctx: result({"at": ctx.now}), "fetch_time"),
        _open("markets", markets, "fetch_markets", 10),
        _open("ticker", lambda ctx: result(ticker(ctx, Asked(ctx).market())), "fetch_ticker"),
        _open("tickers", tickers, "fetch_tickers", 20),
        _open("book", book, "fetch_order_book", 2),
        _open("trades", trades, "fetch_trades", 2),
        _open("bars", bars, "fetch_ohlcv", 2),
    ]


def markets(ctx: Context) -> Response:
    rows = [
        {
            "name": one.symbol,
            "base": one.base,
            "quote": one.quote,
            "state": "halted" if ctx.halted(one.symbol) else "trading",
            "price": {"tick": plain(one.tick)},
            "size": {
                "lot": plain(one.step),
                "least": plain(one.min_amount),
                "most": plain(one.max_amount),
            },
            "worth": {"least": plain(one.min_notional)},
        }
        for one in ctx.instruments
    ]
    return result(rows)


def ticker(ctx: Context, market: Instrument) -> dict[str, object]:
    day = ctx.ticker(market.symbol)
    change = day.last / day.open - 1
    return {
        "market": market.symbol,
        "at": day.time,
        "last": plain(day.last),
        "bid": present(day.bid),
        "bid_size": present(day.bid_amount),
        "ask": present(day.ask),
        "ask_size": present(day.ask_amount),
        "open": plain(day.open),
        "high": plain(day.high),
        "low": plain(day.low),
        "change": plain(change.quantize(Decimal("0.0001"))),
        "volume": plain(day.volume),
        "turnover": plain(day.quote_volume),
    }


def present(number: Decimal | None) -> str | None:
    return None if number is None else plain(number)


def tickers(ctx: Context) -> Response:
    return result([ticker(ctx, one) for one in ctx.instruments])


def book(ctx: Context) -> Response:
    asked = Asked(ctx)
    seen = ctx.book(asked.market().symbol, min(asked.whole("depth", 10), 50))
    sides = {"bids": seen.bids, "asks": seen.asks}
    levels = {
        name: [[plain(price), plain(size)] for price, size in side] for name, side in sides.items()
    }
    return result({**levels, "version": seen.update_id, "at": seen.time})


def trades(ctx: Context) -> Response:
    asked = Asked(ctx)
    rows = [
        {
            "id": one.id,
            "at": one.time,
            "price": plain(one.price),
            "size": plain(one.amount),
            "sold": one.side == "sell",
        }
        for one in ctx.trades(asked.market().symbol, limit=min(asked.whole("count", 50), 100))
    ]
    return result(rows)


def bars(ctx: Context) -> Response:
    asked = Asked(ctx)
    lengths = {"60": "1m", "300": "5m", "3600": "1h", "86400": "1d"}
    since, until = asked.whole("since", -1), asked.whole("until", -1)
    rows = [
        [bar.start, *(plain(n) for n in (bar.open, bar.high, bar.low, bar.close, bar.volume))]
        for bar in ctx.candles(
            asked.market().symbol,
            lengths[asked.one_of("seconds", *lengths)],
            limit=min(asked.whole("count", 100), 300),
            since=None if since < 0 else since,
            until=None if until < 0 else until,
        )
    ]
    return result(rows)
