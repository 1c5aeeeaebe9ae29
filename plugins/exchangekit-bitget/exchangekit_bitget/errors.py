"""Bitget's error codes and what they mean, of both its APIs.

The venue's pages (https://www.bitget.com/api-doc/spot/error-code/restapi and its sisters) list them
by message only; what a code means follows from the bodies that are pasted in
https://github.com/ccxt/ccxt and from the groups in https://github.com/JKorf/Bitget.Net. Errors come
with an HTTP status of 400 or more and the venue's envelope. Codes from 25000 to 25999 and above
95000 are the unified account's: https://www.bitget.com/api-doc/uta/error-code/restapi, which has no
statuses and says of none what it proves. Codes of derivatives, margin, transfers
and copy trading are left out, and so are the codes from 30000 to 35999 of a retired API, but for
what could hide an order.
"""

from exchangekit.adapter import ErrorTable
from exchangekit.errors import (
    AccountRestricted,
    BadRequest,
    ClockSkew,
    DuplicateClientOrderId,
    InsufficientFunds,
    InvalidApiKey,
    InvalidOrder,
    InvalidPassphrase,
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

UNIFIED = (
    "This key belongs to a unified account. Those answer Bitget's unified API (v3) only, which is"
    " the venue bitgetuta here; this one speaks the classic API (v2). Nothing was placed. Connect"
    ' to "bitgetuta" with the same key.'
)
CLASSIC = (
    "This key belongs to a classic account, or has no right on a unified one. Classic accounts"
    " answer Bitget's classic API (v2) only, which is the venue bitget here; this one speaks the"
    ' unified API (v3). Nothing was placed. Connect to "bitget" with the same key.'
)

_ELSEWHERE = (
    "A key works in one environment only. For one that was made in demo trading pass"
    ' environment="demo" to connect; real keys need "live".'
)

ERRORS = ErrorTable(
    {
        # Who are you?
        "40001 40006 40037 40041 40099": InvalidApiKey,
        "40002 40003 40009 40506 40507": InvalidSignature,
        # 40012 says "apikey/password is incorrect", and a key that is wrong has codes of its own.
        "40011 40012 40036": InvalidPassphrase,
        # 40078 is listed with them, beside 40079 (a receiveWindow of more than a minute).
        "40004 40005 40008 40078 40911": ClockSkew,
        # What may you do? 25245, 40084 and 40085: the account has the other API.
        "25245 25620 40014 40016 40021 40040 40084 40085 40301": PermissionDenied,
        "22010 40018 40038 49003": IpNotAllowed,
        "40000 40013 40022 40023 40024 40025 40026 40027 40035 40100 40101 40111 40710 40916 59005"
        " 59006": AccountRestricted,
        "25005 25006 25007 25008 25012 95001 95006 95007": AccountRestricted,
        "40103 40104": (("region|country|kyc|identity", AccountRestricted), ("", BadRequest)),
        # Too much. 30007 was "invalid Content_Type" once, and is a limit by newer lists.
        "429 25004": RateLimited,
        "30007": (("content.?type", BadRequest), ("", RateLimited)),
        # Try later.
        "30009 30019 30030 30037 30038": VenueUnavailable,
        "40015 40400 40604 40725 40846 43059": VenueUnavailable,
        "19000 31027 45001 49040 50010 50031 59021 59046 80002": VenueUnavailable,
        "25000 25003 25113 25114": VenueUnavailable,
        "40200": OnMaintenance,
        # Sources disagree: "sign signature error", or a request that timed out.
        "40010": (("sign", InvalidSignature), ("", RequestTimeout)),
        "25001 40910": RequestTimeout,
        # The request. 40017 and 25200 are about any parameter, of an order or of a question.
        "25200 40017 400172": (
            (r"\b(price|size|qty|amount|quantity)\b", InvalidOrder),
            ("", BadRequest),
        ),
        # A parameter that is unknown is often the market: "Parameter ADAUSDT_UMCBL does not exist"
        # in https://github.com/ccxt/ccxt/issues/21163
        "40034": ((r"parameter (?-i:[A-Z0-9_]+) does not exist", UnknownSymbol), ("", BadRequest)),
        "25100 40072 40102 40309 40845 50028": UnknownSymbol,
        "00001 00171 00172 01001 01002 20001 31002 31003 40007 40019 40020 40053 40056 40057 40058"
        " 40059 40079 40201 40302 40303 40304 40305 40306 40402 40404 40408 40409 40500 40700 40704"
        " 40705 40707 40724 40811 40812 40813 40924 40925 41002 41101 42072 43111 43130 48001 48002"
        " 70006 70007 70008 70101 70103 70104 80001": BadRequest,
        "25002 25201 25238 25240 95011": BadRequest,
        # Orders that are not there (any more): the venue says 43001 of both.
        "25204 31007 40109 40768 40819 43001 43025 45057 80011": OrderNotFound,
        "22001": OrderNotOpen,
        "25212 40786 43118 45034 50060": DuplicateClientOrderId,
        "40708": (("duplic|client", DuplicateClientOrderId), ("", BadRequest)),
        "40711 40712 40754 40762 40798 43012 43132 45002 49023 50020 59011 59022 59042 60013": (
            InsufficientFunds
        ),
        "25202 25203 25219 25220": InsufficientFunds,
        # The symbol does not trade now: not opened yet, suspended, under maintenance.
        "40308 40844 41113 41114 43115 43119 43120 50025 50026 50027 50030": MarketClosed,
        "25013 25101 25102 25103 25106": MarketClosed,
        # Orders as they are not accepted. Of the unified account:
        "25205 25206 25207 25208 25209 25210 25211 25213 25214 25215 25216 25230 25233 25234 25241"
        " 25243 25244 25610 25611": InvalidOrder,
        # Size, value and number of orders:
        "40108 40723 40761 43005 43006 43007 43010 43027 43037 43038 43041 43042 43128 45103 45104"
        " 45110 45111 45112 45113 45114 45118 50017 50048": InvalidOrder,
        # price and precision:
        "40706 40787 40808 40815 40816 41103 41117 43008 43009 43011 43028 43039 43040 43058 43123"
        " 43125 45035 45115 49024 49026 50018 50021 50046 50047": InvalidOrder,
        # order type and phase of the market:
        "40401 40774 40824 40917 45122 45123": InvalidOrder,
    },
    # Failures within the venue, at an unknown place, and one code that may be a time-out.
    unknown="19000 25000 25001 25003 25113 25114 30009 30019 30030 30037 30038 31027 40010 40015"
    " 40200 40400 40604 40725 40846 40910 43059 45001 49040 50010 50031 59021 59046 80002",
    hints={
        "25245 40084": CLASSIC,
        "40085": UNIFIED,
        "40012": "Is the passphrase the one that this key was made with?",
        "40099": _ELSEWHERE,
    },
)
