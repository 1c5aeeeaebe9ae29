"""OKX's error codes and what they mean.

The official lists: https://www.okx.com/docs-v5/en/#error-code-rest-api-public (50000 to 54999) and
https://www.okx.com/docs-v5/en/#error-code-rest-api-account (59000 to 59999). Here is all of them
that can answer a request about a spot order, a spot account or public data, and the order refusals
of other products too: a refusal that is not in the table leaves open whether an order exists.
Codes of bots, transfers, withdrawals, sub-accounts and account settings are left out.

The codes come in ``code`` or, per order, in ``sCode``; they are the same codes. Almost all of them
come with HTTP 200. Nothing is listed as `refused`: that 50001 (HTTP 503) or 50026 (HTTP 500) prove
that nothing happened is documented nowhere.
"""

from exchangekit.adapter import ErrorTable
from exchangekit.errors import (
    AccountRestricted,
    AuthenticationError,
    AuthorizationError,
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
    OrderExpired,
    OrderNotFound,
    OrderNotOpen,
    Outcome,
    PermissionDenied,
    RateLimited,
    RequestTimeout,
    UnknownSymbol,
    VenueUnavailable,
)

_ELSEWHERE = (
    "A key works in one environment only: live and demo are the global site (www.okx.com), eea and"
    " eea-demo are for accounts of my.okx.com, us and us-demo for those of app.okx.com. Pass"
    ' environment="eea" (or the one that it was made in) to connect, or check the key.'
)

ERRORS = ErrorTable(
    {
        # Who are you? 401 has been seen as a code in the body.
        "401 50107 50108 50109 50114": AuthenticationError,
        "50101 50103 50111 50119 59506 60032": InvalidApiKey,
        "50104 50105": InvalidPassphrase,
        "50106 50113": InvalidSignature,
        # 50036: expTime lies in the past, so the clock is wrong or the request was under way for
        # too long. Either way it was refused; a fresh clock and a fresh expTime help.
        "50036 50102 50112": ClockSkew,
        # What may you do?
        "50030 50041 50120 51035 51411 54042 54046 59500 59604": PermissionDenied,
        "50035 50110 50118 50121": IpNotAllowed,
        "50038 50053 50067 54008": AuthorizationError,
        # 51024 stands among the trade errors, but each of its many messages is about an account
        # that is blocked, frozen, closed or not verified. 4088 (identity) is in no official list:
        # https://github.com/ccxt/ccxt quotes it.
        "4088 50007 50008 50009 50012 50017 50018 50019 50020 50021 50022 50023 50027 50028 50029"
        " 50032 50033 50051 50052 50059 50060 50075 50100 51009 51024 51155 51824 51825 54092"
        " 59508 59510 59519 59550": AccountRestricted,
        # 51010: not in this account mode; 59113: not in this region before a second identity check.
        "51010 59113": AccountRestricted,
        # A product that the account must switch on first; in no stored copy of the lists, seen in
        # the tests of https://github.com/burakoner/OKX.Api.
        "54109": AuthorizationError,
        # Too much.
        "50011 50013 50040 50061 51113 58102": RateLimited,
        # Officially "only one API key" of Fast API; test data of
        # https://github.com/nautechsystems/nautilus_trader has it as a rate limit.
        "50116": (("rate limit", RateLimited), ("", PermissionDenied)),
        # Try later.
        "50001 50005 50026 50046 50062 50064": VenueUnavailable,
        "50004 51054 51149": RequestTimeout,
        # Bodies {"code": 500, "msg": "Internal Server Error"}: https://github.com/ccxt/ccxt
        "500 502 503 504": VenueUnavailable,
        # The request.
        # Officially an empty body; nautilus_trader's test data says "Internal server error".
        "50000": (("server error|unavailable", VenueUnavailable), ("", BadRequest)),
        "50002 50006 50010 50014 50015 50016 50024 50025 50039 50042 50044 50045 50047 50076 50077"
        " 50115 51003 51111 51175 51176 51403 51407 51409 51413 51600 51601 51602": BadRequest,
        # "Pair ID or name doesn't match the order info": a wrong question, which must not pass for
        # proof that there is no such order.
        "51408": BadRequest,
        # "Canceled - order count exceeds the limit": too many in one batch, none of them missing.
        "51406": BadRequest,
        # "Parameter … error": what is wrong with a question is not wrong with an order.
        "51000": (
            (r"\b(instId|instType|ordId|bar|after|before|begin|end|limit)\b", BadRequest),
            ("", InvalidOrder),
        ),
        "51001 51012 51014 51026 51069 54007 54029": UnknownSymbol,
        # Orders that are not there (any more).
        "51063 51603": OrderNotFound,
        "51400 51401 51402 51405 51410 51416 51503 51509 51510": OrderNotOpen,
        # Two messages: it timed out, or the order was triggered and cannot be canceled.
        "51412": (("timed out", RequestTimeout), ("", OrderNotOpen)),
        "50071 51011 51016 51065 51068": DuplicateClientOrderId,
        "50037": OrderExpired,
        "51008 51119 51127 51131 51502 51736 59200 59201 59692 59693": InsufficientFunds,
        # The symbol does not trade now: not listed yet, suspended, settling, in an auction.
        "51021 51022 51027 51028 51029 51030 51087 51110 51197 51404 54072 54094 59402": (
            MarketClosed
        ),
        # Orders as they are not accepted. 51004 stands among the bad requests in some lists; each
        # of its messages says that an order failed for its size. Size, price, number of orders:
        "50122 51004 51005 51006 51007 51020 51025 51031 51033 51101 51102 51103 51104 51105 51106"
        " 51107 51116 51117 51120 51121 51122 51123 51132 51135 51136 51137 51138 51143 51150 51174"
        " 51180 51182 51185 51187 51201 51202 51203 51204 51207 51299 54009 54018 54019 54030 54031"
        " 54043 59118 59123 59124 59401": InvalidOrder,
        # Below the least amount or value, in the words of https://github.com/ccxt/ccxt:
        "51118 54051": InvalidOrder,
        # order type and phase of the market:
        "51015 51036 51037 51038 51056 51066 51109 51124 51140 51142 51181 51196 51205 51507"
        " 54004 54012 54035 54036 54039 54040 54041 54044 54045 54047 54048 54049 54070 54071"
        " 59110 59125": InvalidOrder,
        # attached take profit and stop loss, algo orders:
        "51044 51046 51047 51048 51049 51050 51051 51052 51053 51058 51076 51077 51078 51079 51080"
        " 51081 51082 51083 51084 51085 51086 51088 51089 51090 51091 51092 51093 51094 51095 51096"
        " 51098 51099 51100 51178 51250 51252 51258 51259 51260 51261 51275 51276 51277 51278 51279"
        " 51280 51281 51300 51302 51303 51304 51305 51306 51307 51308 51415 54078 54079": (
            InvalidOrder
        ),
        # too many countdowns of cancel-all-after, each for a tag:
        "51071": InvalidOrder,
        # changes of an order:
        "51075 51500 51501 51505 51506 51508 51511 51512 51513 51514 51521 51522 51523 51524 51525"
        " 51526 51527 51528 51529 51530 51531 51532 51536 51537 51538 51539 51543": InvalidOrder,
        # margin, derivatives, lead traders:
        "50069 50072 51002 51017 51018 51019 51023 51032 51034 51041 51042 51043 51072 51073 51074"
        " 51108 51112 51115 51125 51126 51128 51129 51130 51133 51134 51139 51144 51147 51148 51152"
        " 51156 51159 51162 51163 51165 51166 51167 51168 51169 51170 51171 51173 51177 51179 51186"
        " 51192 51193 51194 51195 51206 51209 51210 51211 51212 51213 51214 51327 51328 51329 51330"
        " 51331 51332 51333 51340 51341 51342 54000 54005 54006 54011 54024 54025 54026 54027 54028"
        " 54073 54075 59523 59524": InvalidOrder,
    },
    # 50004 and, since 2026, 51149 say themselves that they prove neither success nor failure. 50042
    # (repeated request) says that another one like it came first. The others are failures within
    # the venue, at an unknown place.
    unknown="500 502 503 504 50000 50001 50004 50013 50026 50042 51054 51149 51412",
    # Almost every error has HTTP 200, new time-outs too (51149 came in 2026): on top of a reply, a
    # code that this table does not know proves nothing. A row that has such a code and no order id
    # is another thing: see `OkxAdapter.error_in`.
    unlisted=Outcome.UNKNOWN,
    # 60032 is what the WebSocket says for 50119. Regional keys, seen by their owners:
    # https://github.com/nautechsystems/nautilus_trader/issues/4250
    hints={
        "50101 50119 60032": _ELSEWHERE,
        "51010": "Choose another account mode on the venue's page: this one has no such orders.",
        "59113": "Finish the identity check (KYC2) that the venue's page asks for.",
        "54109": "Switch this product on for the account, on the venue's page.",
    },
)
