"""How a venue tells of fee rates and of what a key may do, and what that becomes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import ClassVar

from exchangekit.adapter.decode import identity, maybe_utc
from exchangekit.adapter.replies import read_row, told_rows
from exchangekit.adapter.request import Reply
from exchangekit.adapter.rows import decode_at, decode_each
from exchangekit.adapter.spelling import Row
from exchangekit.errors import BadReply
from exchangekit.models.account import (
    ApiKeyInfo,
    TradingFee,
    make_api_key_info,
    make_trading_fee,
)
from exchangekit.models.base import Source
from exchangekit.models.market import Market
from exchangekit.models.markets import Markets

_ANYWHERE = frozenset({"*"})
"""What stands for all addresses."""


class RatesRow(Row, kw_only=True):
    """The account's rates of one market, or of all: 0.001 is 0.1 % (``Percent`` tells of others),
    a rebate is below zero (``Negated`` tells of those that write charges so).

    Where rates are those of a group of markets, ``groups`` are rows of their own, each with its
    ``group``, and ``market_says`` is the field of the market's own row that names its group. They
    count before the rates beside them.
    """

    market_says: ClassVar[str] = ""

    maker: Decimal | None
    taker: Decimal | None
    symbol: str = ""
    group: str | None = None
    groups: Sequence[RatesRow] = ()


class KeyRow(Row, kw_only=True):
    """What a key may do; None where the venue does not say. A default of the class's own stands for
    what its reply proves: ``can_read: bool | None = True``. ``ips`` are the only addresses that the
    key works from; none, or ``*``, are all. ``expires`` is when it ends, 0 or less for never."""

    one_of: ClassVar[tuple[str, ...]] = ("can_read", "can_trade", "can_withdraw")

    can_read: bool | None = None
    can_trade: bool | None = None
    can_withdraw: bool | None = None
    ip_restricted: bool | None = None
    ips: Sequence[str] | None = None
    account_id: str | int | None = None
    label: str | None = None
    expires: int | None = None


def trading_fee(row: RatesRow, symbol: str, source: Source) -> TradingFee:
    """Raises BadReply where a rate is missing."""
    if row.maker is None or row.taker is None:
        raise BadReply(f"the reply does not say the rates of {symbol}")
    return make_trading_fee(source=source, symbol=symbol, maker=row.maker, taker=row.taker)


def trading_fees(
    kind: type[RatesRow], where: Market | Markets, *path: str | int
) -> Callable[[Reply], dict[str, TradingFee]]:
    """The parser of a reply about one market, whose rates stand at `path`; or about all `Markets`,
    whose list stands there: those that are not listed are left out."""

    def one(reply: Reply) -> dict[str, TradingFee]:
        assert isinstance(where, Market)
        row, source = decode_at(kind, reply, *path), Source(reply.body, *path)
        return {where.symbol: read_row(_of_its_group(row, where), trading_fee, where, source)}

    def each(reply: Reply) -> dict[str, TradingFee]:
        assert isinstance(where, Markets)
        listed = where.by_id

        def read(row: RatesRow, source: Source) -> TradingFee | None:
            market = listed.get(row.symbol)
            return None if market is None else trading_fee(row, market.symbol, source)

        found = told_rows(*decode_each(kind, reply, *path), read)
        return {fee.symbol: fee for fee in found}

    return one if isinstance(where, Market) else each


def _of_its_group(row: RatesRow, market: Market) -> RatesRow:
    """The only group, or that which the market says it is in. Raises BadReply."""
    groups = row.groups
    if len(groups) > 1:
        own = (market.raw or {}).get(row.market_says)
        groups = [one for one in groups if own is not None and one.group == own]
        if not groups:
            raise BadReply(f"the reply does not say the rates of {market.symbol}, of group {own}")
    return groups[0] if groups else row


def api_key(kind: type[KeyRow], *path: str | int) -> Callable[[Reply], ApiKeyInfo]:
    """The parser of a reply that says what the key may do, or holds it at `path`."""

    def parse(reply: Reply) -> ApiKeyInfo:
        row, ips = decode_at(kind, reply, *path), None
        if row.ips is not None:
            ips = tuple(ip for ip in row.ips if ip not in _ANYWHERE)
        restricted = row.ip_restricted
        if restricted is None and ips is not None:
            restricted = bool(ips)
        return make_api_key_info(
            source=Source(reply.body, *path),
            can_read=row.can_read,
            can_trade=row.can_trade,
            can_withdraw=row.can_withdraw,
            ip_restricted=restricted,
            ips=ips,
            account_id=None if row.account_id is None else identity(row.account_id),
            label=row.label,
            expires=maybe_utc(row.expires),
        )

    return parse
