"""What a venue author touches. Pure: no sockets, no clocks, no random numbers."""

from exchangekit.adapter.base import (
    LIMIT_FOK,
    LIMIT_GTC,
    LIMIT_IOC,
    LIMIT_POST_ONLY,
    OPERATIONS,
    Adapter,
    Capabilities,
    Environment,
    Shape,
    Window,
)
from exchangekit.adapter.credentials import Credentials
from exchangekit.adapter.failures import ErrorTable, VenueCode
from exchangekit.adapter.signing import PassphrasePrehash, Signer, SortedQueryHmac, Stamp
from exchangekit.adapter.wire import (
    Call,
    Cost,
    LimitScope,
    Outgoing,
    Page,
    Reply,
    Request,
    encode_json,
    params,
    request,
)

__all__ = [
    "LIMIT_FOK",
    "LIMIT_GTC",
    "LIMIT_IOC",
    "LIMIT_POST_ONLY",
    "OPERATIONS",
    "Adapter",
    "Call",
    "Capabilities",
    "Cost",
    "Credentials",
    "Environment",
    "ErrorTable",
    "LimitScope",
    "Outgoing",
    "Page",
    "PassphrasePrehash",
    "Reply",
    "Request",
    "Shape",
    "Signer",
    "SortedQueryHmac",
    "Stamp",
    "VenueCode",
    "Window",
    "encode_json",
    "params",
    "request",
]
