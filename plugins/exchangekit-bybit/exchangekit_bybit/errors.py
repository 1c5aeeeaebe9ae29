"""Bybit's error codes and what they mean.

The official list: https://bybit-exchange.github.io/docs/v5/error. Here is all of it that can answer
a request about a spot order, an account or public data, and the order refusals of other products
too: a refusal that is not in the table leaves open whether an order exists. Codes of transfers,
loans, margin settings, bots, earning and institutions' settings are left out.

They come in ``retCode``, nearly all with HTTP 200; those of a batch stand one for each order in
``retExtInfo.list``. Nothing is listed as `refused`: that a code proves something against its HTTP
status is documented nowhere.
"""

from exchangekit.adapter import ErrorTable
from exchangekit.errors import (
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
    Outcome,
    PermissionDenied,
    RateLimited,
    RequestTimeout,
    UnknownSymbol,
    VenueUnavailable,
)

UNIFIED = (
    "This plugin trades on unified accounts: upgrade the account on the venue's page, or use the"
    " key of one that is. Nothing was placed."
)
_ELSEWHERE = (
    "A key works in one environment only: live, testnet and demo have keys of their own, and so"
    " have the regional sites. Pass the one that it was made in to connect, such as"
    ' environment="testnet", or check the key.'
)
_EXPIRED = (
    "Keys without a bound IP address end after a while: make a new one, and bind it to an address."
)

ERRORS = ErrorTable(
    {
        # Who are you? Of a key's end the spot and the derivatives side have a code each.
        "10003 33004 -2015": InvalidApiKey,
        "10004": InvalidSignature,
        "10007": AuthenticationError,
        "10002": ClockSkew,
        # What may you do? 10032 (not in demo trading) is in no official list, seen in the tests of
        # https://github.com/knowm/XChange.
        "10005 10032": PermissionDenied,
        "10010": IpNotAllowed,
        # 10020 (not a unified account) is in no official list: https://github.com/ccxt/ccxt
        "10008 10009 10020 10024 10027 10028 100028 20096 81007 3100197": AccountRestricted,
        "110066 110067 110069 110080 110088 110097 110100 110123..110125 110132 110136": (
            AccountRestricted
        ),
        "170209 170219 170223 170224 170226 170241 170348 170358 170359": AccountRestricted,
        # Too much. 429 is told as a code in the body as well as in the HTTP status.
        "429 10006 10018 10429 20003 30035 170005 170222": RateLimited,
        # Try later.
        "10016": (
            ("time-?out", RequestTimeout),
            ("restart", OnMaintenance),
            ("", VenueUnavailable),
        ),
        "10019 170031": OnMaintenance,
        "110079 170001 170032 170144 170149 170150 170191 170234": VenueUnavailable,
        # 5004 is in no official list: https://github.com/ccxt/ccxt
        "5004 10000 170007 170035 170146 170147 170310": RequestTimeout,
        # The request. 10001 is said of everything that cannot be read.
        "10001": (
            ("sign param|api_?key", AuthenticationError),
            (r"symbols?\b", UnknownSymbol),
            (r"\b(order)?(qty|quantity|price|amount|contracts)\b", InvalidOrder),
            ("", BadRequest),
        ),
        "7001 10017 10404 12201 110018 110019 110049 170105 170201 3100181": BadRequest,
        "170130": (
            (r"\b(order)?(qty|quantity|price|amount|side|type)\b", InvalidOrder),
            ("", BadRequest),
        ),
        "10029 110050 170121 170221": UnknownSymbol,
        # Orders that are not there (any more).
        "110001 170213": OrderNotFound,
        "110008 110010 170139 170142 170143 170190 170212 181017": OrderNotOpen,
        # 10014: the request came twice. 110030 is retired; 20006 is of requests by WebSocket.
        "10014 20006 110030 110072 170141": DuplicateClientOrderId,
        # 131001 and 3200300 are in no official list: https://github.com/ccxt/ccxt
        "110004 110006 110007 110012 110014 110044 110045 110051..110053 131001 170033 170131"
        " 3200300": InsufficientFunds,
        # The symbol does not trade now: not open yet, not for programs, settling.
        "110063 110074 110095 170151 170157": MarketClosed,
        # Orders as they are not accepted. Size, price, value, number of orders:
        "110003 110009 110017 110020 110032 110064 110092..110094 110108 110109 110118 110120"
        " 110121 170124 170132..170134 170136 170137 170140 170148 170192..170200 170203 170204"
        " 170228 170229 170313 170341 170371 170372 170381 170382 170810 30208 30209": InvalidOrder,
        # 12137 and 3100116 are in no official list: https://github.com/ccxt/ccxt
        "12137 3100116": InvalidOrder,
        # type, time in force, attached orders and phase of the market:
        "110057..110062 110098 110099 110103 110119 170115..170117 170145 170159 170202 170206"
        " 170210 170217 170218 170227 170311 170312 170355 170360": InvalidOrder,
        # margin, leveraged tokens, loans:
        "170010 170011 170019 170034 170036 170037 170207 170215 170216 170220 170230 170344 170346"
        " 170709 30133..30136 30256": InvalidOrder,
        # derivatives and options:
        "110005 110011 110013 110015 110016 110021..110029 110031 110033..110043 110046..110048"
        " 110054..110056 110065 110068 110070 110071 110073 110075..110078 110082 110083"
        " 110085..110087 110089 110090 110096 110101 110102 110104..110107 110110..110117 110131"
        " 110135 110137 30228 3100198 3200316 3200317": InvalidOrder,
    },
    # The venue's time ran out, or it failed at an unknown place, or it says of an order that it is
    # busy with it. 170035 says "submitted to the system". 429 asks to try again, and not whether
    # anything was done. 10014 and 20006 say that another request like it came first.
    unknown="429 5004 10000 10014 10016 10019 20006 110079 170001 170007 170032 170035 170144"
    " 170146 170147 170149 170150 170191 170234 170310",
    # Almost every error has HTTP 200 and new codes come every month: on top of a reply, one that
    # this table does not know proves nothing.
    unlisted=Outcome.UNKNOWN,
    # Code -1, under which other things have been seen: "request expired: o@0, now[] diff[]".
    messages=(("^request expired", ClockSkew),),
    hints={
        "10003": _ELSEWHERE,
        "33004 -2015": _EXPIRED,
        "10020 10028 110088 110097": UNIFIED,
        "100028": "The account is a unified one, and this request is for the other kind.",
        "10009": "The venue does not serve the place that the request, or the account, is from.",
        "10032": "Demo trading has not every request that live trading has.",
    },
)
