"""OKX's private data: the rows of its replies, and the models they become."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from msgspec import field

from exchangekit import models
from exchangekit.adapter import Reply
from exchangekit.adapter.decode import decode, lookup, maybe_utc, non_zero, number, utc
from exchangekit.errors import BadReply
from exchangekit.models import (
    Liquidity,
    Market,
    Order,
    OrderStatus,
    OrderType,
    Side,
    Source,
    account,
    orders,
)
from exchangekit.models import TimeInForce as Tif
from exchangekit_okx.wire import SIDES, Data, Row, Verdict

TYPES: dict[str, tuple[OrderType, Tif | None]] = {
    "limit": (OrderType.LIMIT, Tif.GTC),
    "post_only": (OrderType.LIMIT, Tif.POST_ONLY),
    "ioc": (OrderType.LIMIT, Tif.IOC),
    "fok": (OrderType.LIMIT, Tif.FOK),
    "elp": (OrderType.LIMIT, None),
    "market": (OrderType.MARKET, None),
}
TYPE_OF = {(kind, tif): word for word, (kind, tif) in TYPES.items()}
STATES = {
    "live": OrderStatus.OPEN,
    "partially_filled": OrderStatus.OPEN,
    "filled": OrderStatus.CLOSED,
    "canceled": OrderStatus.CANCELED,
    "mmp_canceled": OrderStatus.CANCELED,
}
LIQUIDITY = {"T": Liquidity.TAKER, "M": Liquidity.MAKER}


class Asset(Row):
    ccy: str
    frozen_bal: Decimal
    avail_bal: str = ""
    avail_eq: str = ""


class Account(Row):
    details: list[Asset]
    u_time: int


def read_balances(row: Account, source: Source) -> models.Balances:
    held = {}
    for at, asset in enumerate(row.details):
        # Account modes that have no availBal say availEq: what is available all the same.
        free = number(asset.avail_bal or asset.avail_eq)
        if free is None:
            raise BadReply(f"the reply does not say how much {asset.ccy} is available")
        held[asset.ccy] = account.make_balance(
            asset=asset.ccy, free=free, used=asset.frozen_bal, source=source.at("details", at)
        )
    return account.make_balances(assets=held, timestamp=utc(row.u_time), source=source)


class Rates(Row):
    maker: str
    taker: str
    group_id: str = ""


class Fees(Rates):
    fee_group: tuple[Rates, ...] = ()


def read_fees(market: Market, row: Fees, source: Source) -> dict[str, models.TradingFee]:
    """The rates of the market's fee group; those beside the groups are older than groups are."""
    rates: tuple[Rates, ...] = row.fee_group or (row,)
    if len(rates) > 1:
        own = (market.raw or {}).get("groupId")
        rates = tuple(group for group in rates if group.group_id == own)
    maker, taker = (_charge(rates[0].maker), _charge(rates[0].taker)) if rates else (None, None)
    if maker is None or taker is None:
        raise BadReply(f"the reply does not say the rates of {market.symbol}")
    fee = account.make_trading_fee(symbol=market.symbol, maker=maker, taker=taker, source=source)
    return {market.symbol: fee}


class Config(Row):
    uid: str
    perm: str
    ip: str
    label: str


def read_api_key(row: Config, source: Source) -> models.ApiKeyInfo:
    may, ips = row.perm.split(","), tuple(ip for ip in row.ip.split(",") if ip)
    return account.make_api_key_info(
        can_read="read_only" in may,
        can_trade="trade" in may,
        can_withdraw="withdraw" in may,
        ip_restricted=bool(ips),
        ips=ips,
        account_id=row.uid,
        label=row.label,
        source=source,
    )


def order_body(market: Market, order: models.OrderRequest) -> dict[str, Any]:
    body: dict[str, Any] = {"instId": market.id, "tdMode": "cash", "side": order.side}
    body["clOrdId"] = order.client_order_id
    if isinstance(order, models.LimitOrder):
        kind = TYPE_OF[OrderType.LIMIT, order.time_in_force]
        return body | {"ordType": kind, "px": order.price, "sz": order.amount}
    # Without banAmend the venue shrinks a market order to what the balance can pay for.
    body |= {"ordType": "market", "banAmend": True}
    if isinstance(order, models.MarketBuyWithCost):
        return body | {"tgtCcy": "quote_ccy", "sz": order.cost}
    return body | {"tgtCcy": "base_ccy", "sz": order.amount}


class Ack(Verdict):
    """The answer to one order, or one cancellation, of a POST."""

    ord_id: str = ""
    cl_ord_id: str = ""
    ts: str = ""

    @property
    def time(self) -> datetime | None:
        return maybe_utc(int(self.ts)) if self.ts.isdecimal() else None


def read_created(market: Market, order: models.OrderRequest, row: Ack, source: Source) -> Order:
    """What was asked, and what the venue says to it."""
    return orders.make_order(
        symbol=market.symbol,
        side=order.side,
        type=order.type,
        id=row.ord_id or None,
        client_order_id=row.cl_ord_id or order.client_order_id,
        time_in_force=order.time_in_force if isinstance(order, models.LimitOrder) else None,
        price=order.price if isinstance(order, models.LimitOrder) else None,
        amount=None if isinstance(order, models.MarketBuyWithCost) else order.amount,
        requested_cost=order.cost if isinstance(order, models.MarketBuyWithCost) else None,
        timestamp=row.time,
        source=source,
    )


def read_canceled(market: Market, id: str | None, row: Ack, source: Source) -> Order:
    return orders.make_order(
        symbol=market.symbol,
        id=row.ord_id or id,
        client_order_id=row.cl_ord_id or None,
        updated=row.time,
        source=source,
    )


def read_cancel_report(market: Market, ids: tuple[str, ...], reply: Reply) -> models.CancelReport:
    rows = decode(Data[Ack], reply).data
    if len(rows) != len(ids):
        raise BadReply(f"{len(ids)} orders were to be canceled, the reply is about {len(rows)}")
    canceled, failed = [], []
    for at, row in enumerate(rows):
        if row.s_code == "0":
            canceled.append(read_canceled(market, ids[at], row, Source(reply.body, "data", at)))
        else:
            reason = f"{row.reason} (code {row.s_code})"
            failed.append(models.CancelFailure(order_id=row.ord_id or ids[at], reason=reason))
    return models.CancelReport(canceled=tuple(canceled), failed=tuple(failed))


class Placed(Row):
    inst_id: str
    page_id: str = field(name="ordId")
    moment: int = field(name="cTime")
    u_time: int
    side: str
    ord_type: str
    state: str
    sz: Decimal
    acc_fill_sz: Decimal
    px: str
    avg_px: str
    cl_ord_id: str = ""
    tgt_ccy: str = ""
    fee: str = ""
    fee_ccy: str = ""
    rebate: str = ""
    rebate_ccy: str = ""


def read_order(symbol: str, row: Placed, source: Source) -> Order:
    kind, time_in_force = lookup(TYPES, row.ord_type, "order type")
    side = lookup(SIDES, row.side, "side")
    # sz of a market order is in quote if tgtCcy says so, and of a buy if it says nothing.
    unit = row.tgt_ccy or ("quote_ccy" if side is Side.BUY else "base_ccy")
    in_quote = kind is OrderType.MARKET and unit == "quote_ccy"
    filled = row.acc_fill_sz
    average_price = non_zero(number(row.avg_px)) if filled else None
    return orders.make_order(
        symbol=symbol,
        side=side,
        type=kind,
        id=row.page_id,
        client_order_id=row.cl_ord_id or None,
        status=lookup(STATES, row.state, "order status"),
        time_in_force=time_in_force,
        price=non_zero(number(row.px)),
        amount=None if in_quote else row.sz,
        requested_cost=row.sz if in_quote else None,
        filled=filled,
        # Nobody says the cost: this one is as exact as the venue's average price.
        cost=average_price * filled if average_price else None if filled else Decimal(0),
        average=average_price,
        fees=_fees(row),
        timestamp=utc(row.moment),
        updated=utc(row.u_time),
        source=source,
    )


class Fill(Row):
    inst_id: str
    page_id: str = field(name="billId")
    # ts and not fillTime: begin and end filter by it, so windows neither lose nor repeat a fill.
    moment: int = field(name="ts")
    trade_id: str
    ord_id: str
    side: str
    fill_px: Decimal
    fill_sz: Decimal
    cl_ord_id: str = ""
    fee: str = ""
    fee_ccy: str = ""
    exec_type: str = ""


def read_fill(symbol: str, row: Fill, source: Source) -> models.MyTrade:
    fee = _charge(row.fee)
    return orders.make_my_trade(
        symbol=symbol,
        id=row.trade_id,
        order_id=row.ord_id,
        timestamp=utc(row.moment),
        side=lookup(SIDES, row.side, "side"),
        price=row.fill_px,
        amount=row.fill_sz,
        cost=row.fill_px * row.fill_sz,
        fee=None if fee is None else orders.make_fee(currency=row.fee_ccy, cost=fee),
        liquidity=LIQUIDITY.get(row.exec_type, Liquidity.UNKNOWN),
        client_order_id=row.cl_ord_id or None,
        source=source,
    )


def _fees(row: Placed) -> tuple[models.Fee, ...] | None:
    if row.fee == "" and row.rebate == "":
        return None
    paid = ((row.fee_ccy, _charge(row.fee)), (row.rebate_ccy, _charge(row.rebate)))
    return tuple(orders.make_fee(currency=currency, cost=cost) for currency, cost in paid if cost)


def _charge(written: str) -> Decimal | None:
    """The venue writes charges as negative numbers and rebates as positive ones."""
    number_there = number(written)
    return number_there.copy_negate() if number_there else number_there
