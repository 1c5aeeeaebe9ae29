"""How Binance refuses: its codes with their usual words and HTTP statuses.

`refusal` is raised anywhere in the dialect and ends the request. Nothing here decides what is
wrong; it only knows how Binance says it.

Source: https://developers.binance.com/docs/binance-spot-api-docs/errors
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from exchangekit.sim import Answer, Response

# code: (HTTP status, message)
MESSAGES: Final[Mapping[int, tuple[int, str]]] = MappingProxyType(
    {
        -1000: (500, "An unknown error occurred while processing the request."),
        -1001: (500, "Internal error; unable to process your request. Please try again."),
        -1002: (401, "You are not authorized to execute this request."),
        -1003: (429, "Too many requests queued."),
        -1006: (
            500,
            "An unexpected response was received from the message bus. Execution status unknown.",
        ),
        -1007: (
            504,
            "Timeout waiting for response from backend server. "
            "Send status unknown; execution status unknown.",
        ),
        -1008: (
            503,
            "Server is currently overloaded with other requests. "
            "Please try again in a few minutes.",
        ),
        -1010: (400, "ERROR_MSG_RECEIVED."),
        -1013: (400, "Filter failure: LOT_SIZE"),
        -1014: (400, "Unsupported order combination."),
        -1015: (429, "Too many new orders."),
        -1016: (503, "This service is no longer available."),
        -1020: (400, "This operation is not supported."),
        -1021: (400, "Timestamp for this request is outside of the recvWindow."),
        -1022: (400, "Signature for this request is not valid."),
        -1023: (400, "Start time is greater than end time."),
        -1100: (400, "Illegal characters found in a parameter."),
        -1101: (400, "Too many parameters sent for this endpoint."),
        -1102: (400, "A mandatory parameter was not sent, was empty/null, or malformed."),
        -1103: (400, "An unknown parameter was sent."),
        -1104: (400, "Not all sent parameters were read."),
        -1105: (400, "A parameter was empty."),
        -1106: (400, "A parameter was sent when not required."),
        -1111: (400, "Precision is over the maximum defined for this asset."),
        -1112: (400, "No orders on book for symbol."),
        -1114: (400, "TimeInForce parameter sent when not required."),
        -1115: (400, "Invalid timeInForce."),
        -1116: (400, "Invalid orderType."),
        -1117: (400, "Invalid side."),
        -1118: (400, "New client order ID was empty."),
        -1119: (400, "Original client order ID was empty."),
        -1120: (400, "Invalid interval."),
        -1121: (400, "Invalid symbol."),
        -1122: (400, "Invalid symbolStatus."),
        -1127: (400, "More than 24 hours between startTime and endTime."),
        -1128: (400, "Combination of optional parameters invalid."),
        -1130: (400, "Invalid data sent for a parameter."),
        -1131: (400, "recvWindow must be less than 60000"),
        -1134: (400, "strategyType was less than 1000000."),
        -1136: (400, "Invalid newOrderRespType"),
        -1139: (400, "Invalid ticker type."),
        -1145: (400, "Invalid cancelRestrictions"),
        -1151: (400, "Symbol is present multiple times in the list."),
        -1194: (400, "Invalid value for time unit; expected either MICROSECOND or MILLISECOND."),
        -1220: (400, "The symbol's status does not match the requested symbolStatus."),
        -2010: (400, "Account has insufficient balance for requested action."),
        -2011: (400, "Unknown order sent."),
        -2013: (400, "Order does not exist."),
        -2014: (401, "API-key format invalid."),
        -2015: (401, "Invalid API-key, IP, or permissions for action."),
        -2016: (400, "No trading window could be found for the symbol. Try ticker/24hrs instead."),
        -2021: (409, "Order cancel-replace partially failed."),
        -2022: (400, "Order cancel-replace failed."),
        -2026: (
            400,
            "Order was canceled or expired with no executed qty over 90 days ago "
            "and has been archived.",
        ),
        -2039: (400, "Client order ID is not correct for this order ID."),
    }
)

# Refusals of the matching engine share one code; only their words tell them apart.
NO_FUNDS: Final = "Account has insufficient balance for requested action."
WOULD_TAKE: Final = "Order would immediately match and take."
DUPLICATE: Final = "Duplicate order sent."
CLOSED: Final = "Market is closed."
NO_BOOK: Final = "Order book liquidity is less than symbol minimum quantity."


def envelope(code: int, message: str | None = None, status: int | None = None) -> Response:
    """Binance's error body: the code as a JSON number, the words as `msg`."""
    usual_status, usual = MESSAGES.get(code, (400, "This operation is not supported."))
    return Response(
        {"code": code, "msg": usual if message is None else message},
        usual_status if status is None else status,
    )


def refusal(code: int, message: str | None = None, status: int | None = None) -> Answer:
    """To raise: the request ends here, with this answer."""
    return Answer(envelope(code, message, status))


def filter_failure(name: str, code: int = -1013) -> Answer:
    """To raise: a number breaks the filter `name`."""
    return refusal(code, f"Filter failure: {name}")
