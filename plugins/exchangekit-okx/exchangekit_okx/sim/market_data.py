"""Public endpoints: time, status, instruments with their price limits, books, trades.

Source: https://www.okx.com/docs-v5/en/#order-book-trading-market-data
"""

from __future__ import annotations

from exchangekit.sim import Context, Instrument, Response
from exchangekit.sim.money import plain
from exchangekit_okx.sim import instruments, limits
from exchangekit_okx.sim.answers import ok, refuse
from exchangekit_okx.sim.parameters import Query, listed


def time(ctx: Context) -> Response:
    return ok([{"ts": str(ctx.now)}])


def status(ctx: Context) -> Response:
    """No maintenance is announced: one that the control interface orders answers 50001."""
    return ok([])


def list_instruments(ctx: Context) -> Response:
    query = Query(ctx.request)
    kind = query.need_inst_type()
    ctx.charge(limits.per_type(kind, own=ctx.route.signed))
    if kind == "OPTION" and not (query.get("instFamily") or query.get("uly")):
        raise refuse("50014", "instFamily")
    wanted = query.get("instId")
    if kind != "SPOT":
        return ok([])
    if wanted is not None and ctx.instrument(wanted) is None:
        raise refuse("51001")
    return ok(
        [
            instruments.row(found, halted=ctx.halted(found.symbol), public=not ctx.route.signed)
            for found in ctx.instruments
            if wanted in (None, found.symbol)
        ]
    )


def books(ctx: Context) -> Response:
    return _books(ctx, most=400, tail=("0", "1"), sequence=True)


def books_full(ctx: Context) -> Response:
    return _books(ctx, most=5000, tail=("1",), sequence=False)


def _books(ctx: Context, *, most: int, tail: tuple[str, ...], sequence: bool) -> Response:
    """`tail` follows price and size: a retired field (always "0") and the number of orders."""
    query = Query(ctx.request)
    instrument = listed(ctx, query)
    book = ctx.book(instrument.symbol, query.limit(1, most, "sz"))
    shown: dict[str, object] = {
        side: [[plain(price), plain(amount), *tail] for price, amount in levels]
        for side, levels in (("asks", book.asks), ("bids", book.bids))
    }
    shown["ts"] = str(book.time)
    if sequence:
        shown["seqId"] = book.update_id
    return ok([shown])


def trades(ctx: Context) -> Response:
    query = Query(ctx.request)
    instrument = listed(ctx, query)
    return _trades(ctx, instrument, limit=query.limit(100, 500))


def history_trades(ctx: Context) -> Response:
    """Pages back with ``after`` by trade id (type 1) or by time (type 2), newest first."""
    query = Query(ctx.request)
    instrument = listed(ctx, query)
    limit = query.limit(100, 100)
    kind = query.get("type") or "1"
    after, before = query.integer("after"), query.integer("before")
    if kind not in ("1", "2"):
        raise refuse("51000", "type")
    if kind == "2":
        if before is not None:
            raise refuse("50039")
        return _trades(ctx, instrument, limit=limit, before_time=after)
    return _trades(ctx, instrument, limit=limit, below=after, above=before)


def _trades(
    ctx: Context,
    instrument: Instrument,
    *,
    limit: int,
    before_time: int | None = None,
    below: int | None = None,
    above: int | None = None,
) -> Response:
    """The newest `limit` trades older than `before_time`, with ids between `above` and `below`."""
    until = None if before_time is None else before_time - 1
    if below is not None:
        # The engine finds trades by time: the trade named tells when, its neighbours may share it.
        anchor = ctx.trades(instrument.symbol, limit=1, from_id=below)
        until = anchor[0].time if anchor else None
    found = ctx.trades(instrument.symbol, limit=limit if below is None else 2 * limit, until=until)
    wanted = [
        trade
        for trade in reversed(found)
        if (below is None or trade.id < below) and (above is None or trade.id > above)
    ]
    return ok(
        [
            {
                "instId": instrument.symbol,
                "side": trade.side,
                "sz": plain(trade.amount),
                "source": "0",
                "px": plain(trade.price),
                "tradeId": str(trade.id),
                "ts": str(trade.time),
            }
            for trade in wanted[:limit]
        ]
    )


def price_limit(ctx: Context) -> Response:
    instrument = listed(ctx, Query(ctx.request))
    highest, lowest = instruments.price_band(instrument, ctx.last_price(instrument.symbol))
    return ok(
        [
            {
                "instType": "SPOT",
                "instId": instrument.symbol,
                "buyLmt": plain(highest),
                "sellLmt": plain(lowest),
                "ts": str(ctx.now),
                "enabled": True,
            }
        ]
    )
