"""MEXC's error codes and what they mean.

The official list: https://mexcdevelop.github.io/apidocs/spot_v3_en/#error-code. It lags the live
venue and reuses numbers, so code and message decide together where reports disagree; each
disagreement is noted with who says what. MEXC answers authentication errors with HTTP 400, uses
HTTP-like numbers as codes in the body, and lets its gateway answer with Binance's codes.
Codes of transfers, withdrawals and sub-account keys are left out: the kit has no such operation.
"""

from exchangekit.adapter import ErrorTable
from exchangekit.errors import (
    AccessRefused,
    AccountRestricted,
    AuthenticationError,
    BadRequest,
    ClockSkew,
    DuplicateClientOrderId,
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

_MAINTENANCE = (("maintenance", OnMaintenance), ("", VenueUnavailable))

ERRORS = ErrorTable(
    {
        # Who are you?
        # 400 also carries "The start time cannot be earlier than 90 days" and, in the tests of
        # https://github.com/hummingbot/hummingbot, "duplicate client order id" (never seen live).
        "400": (
            ("api ?key", InvalidApiKey),
            ("signature", InvalidSignature),
            ("duplicate client", DuplicateClientOrderId),
            ("scale is invalid", InvalidOrder),  # of a price or a quantity, with too many digits
            ("", BadRequest),
        ),
        "401": AuthenticationError,
        "10072 700001 -2014": InvalidApiKey,
        "602 700002 -1022": InvalidSignature,
        # Field guides report 700003 as a rate limit; the official list and every live body
        # (https://github.com/hummingbot/hummingbot/issues/7801) say timestamp.
        "700003": (
            ("rate limit|too many|frequen|exceed", RateLimited),
            ("", ClockSkew),
        ),
        # 700005 is a recvWindow above 60000: listed with the clock, as ccxt does.
        "10073 700005 -1021": ClockSkew,
        # Officially a missing order id; live also a missing signature
        # (https://github.com/mexcdevelop/mexc-api-sdk/issues/87). Not "order not found", which
        # could pass for proof that an order does not exist.
        "700004": (("signature", InvalidSignature), ("", BadRequest)),
        # What may you do?
        "-2015": AccessRefused,
        "700006": IpNotAllowed,
        "26 403 700007 30020 70011": PermissionDenied,
        # Officially "transfer is forbidden"; field guides report "Signature mismatch".
        "10211": (("signature", InvalidSignature), ("", PermissionDenied)),
        "10001 10098 10099 60005 730100 140001 140002": AccountRestricted,
        # Limits
        "429 -1003 -1015": RateLimited,
        # Orders
        "10101 30004 30005 88004 88015": InsufficientFunds,
        "10096 10097 10102 30001 30002 30003 30010 30019 30025 30027 30028 30029 30032 30041"
        " 30087 88013 -1111": InvalidOrder,
        # Officially "market order is disabled"; live also "账号暂时不能下单，请联系客服": this
        # account may not place orders, contact support (https://github.com/ccxt/ccxt).
        "30018": (("账号|account", AccountRestricted), ("", InvalidOrder)),
        "-1013 -2010": (
            ("insufficient", InsufficientFunds),
            ("duplicate", DuplicateClientOrderId),
            ("", InvalidOrder),
        ),
        "30000 30016": MarketClosed,
        "-2011": OrderNotOpen,
        "-2013 22222 30026": OrderNotFound,
        # The venue. 500 under maintenance carries `message` where all else carries `msg`.
        "500 503": _MAINTENANCE,
        "504 -1007": RequestTimeout,
        "730000 20002 -1000 -1001 -1006": VenueUnavailable,
        # Requests
        # -1121 is Binance's "Invalid symbol"; live it also said "Invalid interval."
        "-1121": (("interval", BadRequest), ("", UnknownSymbol)),
        # 730001 and 730002 are in the official list twice, for spot and for sub-accounts.
        "730001": (("user", AccountRestricted), ("", UnknownSymbol)),
        # 10007 is "bad symbol" in the English list and "this pair does not support API trading" in
        # the Chinese one; live "symbol not support api" (https://github.com/JKorf/Mexc.Net/issues/13)
        # and "bad symbol" of BTCUSDT while it was closed to the API
        # (https://github.com/ccxt/ccxt/issues/17069).
        "10007": (("support api|支持api", InvalidOrder), ("", UnknownSymbol)),
        "30014 30021": UnknownSymbol,
        "10015 10095 20001 33333 44444 700008 700013 730002 730003 -1100 -1101 -1102 -1104 -1105"
        " -1106 -1120 -1128 -1130": BadRequest,
    },
    # "It is important to NOT treat this as a failure operation": 5XX, and the same as body codes.
    hints={"10007": "MEXC says so of pairs that trade, but not through the API: use another pair."},
    unknown="500 504 730000 20002 -1000 -1001 -1006 -1007",
)
