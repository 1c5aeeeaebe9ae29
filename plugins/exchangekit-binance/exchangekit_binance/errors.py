"""Binance's error codes and what they mean.

The official list: https://github.com/binance/binance-spot-api-docs/blob/master/errors.md. Several
codes carry many messages, and only the message tells what happened. Codes of FIX, WebSocket and
SBE sessions are left out. Old codes that the list has dropped but servers still send are kept.
"""

from exchangekit.adapter import ErrorTable
from exchangekit.errors import (
    AccessRefused,
    AccountRestricted,
    BadRequest,
    Banned,
    ClockSkew,
    DuplicateClientOrderId,
    ExchangeError,
    InsufficientFunds,
    InvalidApiKey,
    InvalidOrder,
    InvalidSignature,
    IpNotAllowed,
    MarketClosed,
    OnMaintenance,
    OrderNotFound,
    OrderNotOpen,
    PermissionDenied,
    RateLimited,
    RequestTimeout,
    UnknownSymbol,
    VenueUnavailable,
)

_BY_THE_ENGINE: tuple[tuple[str, type[ExchangeError]], ...] = (
    ("insufficient balance", InsufficientFunds),
    ("duplicate order", DuplicateClientOrderId),
    ("market is closed", MarketClosed),
    ("unknown.order", OrderNotOpen),
    ("check origclordid", BadRequest),
    ("disabled on this account|account may not place", AccountRestricted),
    ("symbol is (not permitted|restricted) for this account", AccountRestricted),
    ("trading is not enabled|not whitelisted for api key", PermissionDenied),
)
"""Messages shared by -1010, -1013, -2010, -2011 and -2038."""

ERRORS = ErrorTable(
    {
        # Who are you, and what may you do? -2015 is one code for a wrong key, a wrong address and
        # a missing permission, and -1002 does not tell either.
        # -2008 is in no official list: "Invalid Api-Key ID." of a key made elsewhere, such as on
        # the testnet (https://github.com/sammchardy/python-binance/issues/1155).
        "-2008 -2014": InvalidApiKey,
        "-1022": InvalidSignature,
        "-1021": ClockSkew,
        "-2015 -1002 -1099": AccessRefused,
        "-1005 -1011": IpNotAllowed,
        "-1109": PermissionDenied,
        # Limits
        "-1003": (("banned until", Banned), ("", RateLimited)),
        # -1008 comes with HTTP 503, but says that the server was too busy to take the request.
        "-1008 -1015 -1034": RateLimited,
        # The venue. -1016 is a service that shuts down; -1000 has carried "System is under
        # maintenance." as well (https://github.com/ccxt/ccxt).
        "-1000 -1001 -1004 -1006": (("maintenance", OnMaintenance), ("", VenueUnavailable)),
        "-1007": RequestTimeout,
        "-1016": OnMaintenance,
        # Orders
        "-1013 -2010 -2038": (*_BY_THE_ENGINE, ("", InvalidOrder)),
        "-1010": (*_BY_THE_ENGINE, ("filter failure|not support", InvalidOrder)),
        "-2011": (
            ("cancel restrictions|change no state", InvalidOrder),
            *_BY_THE_ENGINE,
            ("", OrderNotOpen),
        ),
        # Futures use -2021, -2022 and -2026 for refusals; for spot the first two are
        # cancelReplace, and the last an order without fills that was archived after 90 days.
        "-2021 -2022": InvalidOrder,
        "-2026": (("reduceonly", InvalidOrder), ("", OrderNotFound)),
        "-2013 -2039": OrderNotFound,
        "-1014 -1020 -1106 -1111 -1112 -1114 -1115 -1116 -1117 -1158 -1160 -1165 -1166 -1168 -1196"
        " -1197 -1198 -1199 -1210 -1211 -1222 -1223 -1224 -1225": InvalidOrder,
        "-1220": MarketClosed,
        # Requests
        "-1121": UnknownSymbol,
        "-1023 -1100 -1101 -1102 -1103 -1104 -1105 -1108 -1110 -1113 -1118 -1119 -1120 -1122 -1125"
        " -1127 -1128 -1130 -1131 -1134 -1135 -1136 -1139 -1145 -1151 -1182 -1194 -2016"
        " -2043": BadRequest,
    },
    # -2021: one half of a cancelReplace happened, the other did not.
    unknown="-1000 -1001 -1006 -1007 -2021",
    refused="-1008",
    messages=[("under maintenance", OnMaintenance)],
    filters=r"Filter failure: (\w+)",
)
