"""What a venue author touches. Pure: no sockets, no clocks, no random numbers."""

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
    Window,
)
from exchangekit.adapter.classify import ErrorTable
from exchangekit.adapter.credentials import Credentials
from exchangekit.adapter.operations import OPERATIONS
from exchangekit.adapter.prehash import DeclaredPrehash
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
    params,
)
from exchangekit.adapter.signing import Signer, SortedQueryHmac, Stamp

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
    "DeclaredPrehash",
    "Environment",
    "ErrorTable",
    "Fence",
    "LimitScope",
    "Origin",
    "Outgoing",
    "Page",
    "Reply",
    "Request",
    "Shape",
    "Signer",
    "SortedQueryHmac",
    "Stamp",
    "VenueCode",
    "Window",
    "build_request",
    "encode_json",
    "params",
]
