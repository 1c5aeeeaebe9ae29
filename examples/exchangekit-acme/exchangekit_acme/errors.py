"""Acme's error codes and what they mean: https://docs.acme.example/v1#errors"""

from exchangekit.adapter import ErrorTable
from exchangekit.errors import (
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
    UnknownSymbol,
    VenueUnavailable,
)

ERRORS = ErrorTable(
    {
        # Who are you?
        "unknown_key": InvalidApiKey,
        "bad_signature": InvalidSignature,
        "bad_timestamp": ClockSkew,
        # What may you do?
        "foreign_address": IpNotAllowed,
        "not_permitted": PermissionDenied,
        "too_many_requests": RateLimited,
        # Requests
        "bad_parameter span_too_long": BadRequest,
        "no_such_market": UnknownSymbol,
        # Orders; "refused" is one code for many reasons, and only its text tells them apart
        "refused": (
            ("insufficient", InsufficientFunds),
            ("label is taken", DuplicateClientOrderId),
            ("halted", MarketClosed),
            ("", InvalidOrder),
        ),
        "no_such_order": OrderNotFound,
        "order_is_over": OrderNotOpen,
        # The venue
        "maintenance": OnMaintenance,
        "internal": VenueUnavailable,
    },
    # "The order may have been taken": https://docs.acme.example/v1#errors
    unknown="internal",
    # Under HTTP 200 stands every refusal, and any other code says no more than that it is none.
    unlisted=Outcome.UNKNOWN,
)
