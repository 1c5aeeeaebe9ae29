"""What a venue author touches. Pure: no sockets, no clocks, no random numbers.

    from exchangekit import adapter as kit

gives all of it by one name: what describes requests and replies, the kit's rows, how rows become
models (``kit.parse``), paging, and the constructors of models. Only the models themselves and the
errors are imported from `exchangekit.models` and `exchangekit.errors`. What only authors need is
loaded when it is asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from exchangekit.adapter.base import (
    LIMIT_FOK,
    LIMIT_GTC,
    LIMIT_IOC,
    LIMIT_POST_ONLY,
    Adapter,
    Capabilities,
    Environment,
    Fence,
    Shape,
)
from exchangekit.adapter.classify import ErrorTable, no_envelope
from exchangekit.adapter.credentials import Credentials
from exchangekit.adapter.decode import (
    average,
    decode,
    decode_any,
    lookup,
    maybe_utc,
    milliseconds,
    non_zero,
    number,
    peek,
    step_of,
    utc,
)
from exchangekit.adapter.limit_headers import Remaining
from exchangekit.adapter.lists import Listing, Window
from exchangekit.adapter.operations import OPERATIONS
from exchangekit.adapter.request import (
    Call,
    Cost,
    LimitScope,
    Origin,
    Outgoing,
    Page,
    Reply,
    Request,
    VenueCode,
    build_request,
    encode_json,
    encode_query,
    params,
    percent_encode,
)
from exchangekit.adapter.signing import (
    NoSigner,
    Signer,
    SigningText,
    SortedQueryHmac,
    Stamp,
)
from exchangekit.models.account import (
    make_api_key_info,
    make_balance,
    make_balances,
    make_trading_fee,
)
from exchangekit.models.market import make_market
from exchangekit.models.market_data import make_order_book, make_status, make_ticker, make_trade
from exchangekit.models.numbers import WIDE
from exchangekit.models.orders import make_countdown, make_fee, make_my_trade, make_order

if TYPE_CHECKING:
    from exchangekit.adapter import parse, rows
    from exchangekit.adapter.account_rows import KeyRow, RatesRow
    from exchangekit.adapter.choices import either, every, largest, smallest, total
    from exchangekit.adapter.cursors import by_cursor, last_row, page_number, told_at
    from exchangekit.adapter.market_rows import MarketRow
    from exchangekit.adapter.markets import listing
    from exchangekit.adapter.marks import (
        Among,
        Blank,
        ByAsset,
        Commas,
        Decimals,
        Except,
        InText,
        Iso,
        Mark,
        Means,
        Microseconds,
        Milliseconds,
        Nanoseconds,
        Negated,
        Percent,
        Ratio,
        Seconds,
        Text,
    )
    from exchangekit.adapter.paging import (
        Ask,
        Listed,
        Span,
        Timed,
        by_id,
        by_id_whole,
        by_time,
        closed,
        inside,
    )
    from exchangekit.adapter.parse import Words
    from exchangekit.adapter.prehash import DeclaredPrehash
    from exchangekit.adapter.replies import (
        by_symbol,
        parse_first,
        parse_row,
        parse_rows,
        read_row,
        read_rows,
    )
    from exchangekit.adapter.rows import (
        AccountRow,
        Always,
        BalanceRow,
        BookRow,
        CandleRow,
        FeeRow,
        FillRow,
        Id,
        LevelRow,
        Number,
        OrderRow,
        Row,
        TickerRow,
        TradeRow,
        WideBookRow,
        bodies,
        decode_at,
        decode_each,
        decode_rows,
        named,
    )

_MODULES = ("parse", "rows")
_PLACES = {
    "KeyRow": "account_rows",
    "RatesRow": "account_rows",
    "either": "choices",
    "every": "choices",
    "largest": "choices",
    "smallest": "choices",
    "total": "choices",
    "MarketRow": "market_rows",
    "by_cursor": "cursors",
    "last_row": "cursors",
    "page_number": "cursors",
    "told_at": "cursors",
    "listing": "markets",
    "Among": "marks",
    "Blank": "marks",
    "ByAsset": "marks",
    "Commas": "marks",
    "Decimals": "marks",
    "Except": "marks",
    "InText": "marks",
    "Iso": "marks",
    "Mark": "marks",
    "Means": "marks",
    "Microseconds": "marks",
    "Milliseconds": "marks",
    "Nanoseconds": "marks",
    "Negated": "marks",
    "Percent": "marks",
    "Ratio": "marks",
    "Seconds": "marks",
    "Text": "marks",
    "Ask": "paging",
    "Listed": "paging",
    "Span": "paging",
    "Timed": "paging",
    "by_id": "paging",
    "by_id_whole": "paging",
    "by_time": "paging",
    "closed": "paging",
    "inside": "paging",
    "Words": "parse",
    "DeclaredPrehash": "prehash",
    "by_symbol": "replies",
    "parse_first": "replies",
    "parse_row": "replies",
    "parse_rows": "replies",
    "read_row": "replies",
    "read_rows": "replies",
    "AccountRow": "rows",
    "Always": "rows",
    "BalanceRow": "rows",
    "BookRow": "rows",
    "CandleRow": "rows",
    "FeeRow": "rows",
    "FillRow": "rows",
    "Id": "rows",
    "LevelRow": "rows",
    "Number": "rows",
    "OrderRow": "rows",
    "Row": "rows",
    "TickerRow": "rows",
    "TradeRow": "rows",
    "WideBookRow": "rows",
    "bodies": "rows",
    "decode_at": "rows",
    "decode_each": "rows",
    "decode_rows": "rows",
    "named": "rows",
}

__all__ = [
    "LIMIT_FOK",
    "LIMIT_GTC",
    "LIMIT_IOC",
    "LIMIT_POST_ONLY",
    "OPERATIONS",
    "WIDE",
    "AccountRow",
    "Adapter",
    "Always",
    "Among",
    "Ask",
    "BalanceRow",
    "Blank",
    "BookRow",
    "ByAsset",
    "Call",
    "CandleRow",
    "Capabilities",
    "Commas",
    "Cost",
    "Credentials",
    "Decimals",
    "DeclaredPrehash",
    "Environment",
    "ErrorTable",
    "Except",
    "FeeRow",
    "Fence",
    "FillRow",
    "Id",
    "InText",
    "Iso",
    "KeyRow",
    "LevelRow",
    "LimitScope",
    "Listed",
    "Listing",
    "Mark",
    "MarketRow",
    "Means",
    "Microseconds",
    "Milliseconds",
    "Nanoseconds",
    "Negated",
    "NoSigner",
    "Number",
    "OrderRow",
    "Origin",
    "Outgoing",
    "Page",
    "Percent",
    "RatesRow",
    "Ratio",
    "Remaining",
    "Reply",
    "Request",
    "Row",
    "Seconds",
    "Shape",
    "Signer",
    "SigningText",
    "SortedQueryHmac",
    "Span",
    "Stamp",
    "Text",
    "TickerRow",
    "Timed",
    "TradeRow",
    "VenueCode",
    "WideBookRow",
    "Window",
    "Words",
    "average",
    "bodies",
    "build_request",
    "by_cursor",
    "by_id",
    "by_id_whole",
    "by_symbol",
    "by_time",
    "closed",
    "decode",
    "decode_any",
    "decode_at",
    "decode_each",
    "decode_rows",
    "either",
    "encode_json",
    "encode_query",
    "every",
    "inside",
    "largest",
    "last_row",
    "listing",
    "lookup",
    "make_api_key_info",
    "make_balance",
    "make_balances",
    "make_countdown",
    "make_fee",
    "make_market",
    "make_my_trade",
    "make_order",
    "make_order_book",
    "make_status",
    "make_ticker",
    "make_trade",
    "make_trading_fee",
    "maybe_utc",
    "milliseconds",
    "named",
    "no_envelope",
    "non_zero",
    "number",
    "page_number",
    "params",
    "parse",
    "parse_first",
    "parse_row",
    "parse_rows",
    "peek",
    "percent_encode",
    "read_row",
    "read_rows",
    "rows",
    "smallest",
    "step_of",
    "told_at",
    "total",
    "utc",
]


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return import_module(f"{__name__}.{name}")
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(f"{__name__}.{_PLACES[name]}"), name)
    globals()[name] = found  # so that it is looked for once
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
