"""The life of an order, from what a user writes to how it ended.

`order_request` reads a user's arguments, `client_order_id` names the order before anything is
sent, `change` carries a request to place or to cancel and says how it ended, whatever happens.
"""

from exchangekit.orders.again import unless_before
from exchangekit.orders.checks import (
    check_client_order_id,
    check_filters,
    check_supported,
    countdown,
    one_id,
)
from exchangekit.orders.ids import ID_BYTES, client_order_id
from exchangekit.orders.placing import Told, change
from exchangekit.orders.reading import order_request
from exchangekit.orders.resolution import resolution
from exchangekit.orders.resolving import Sources

__all__ = [
    "ID_BYTES",
    "Sources",
    "Told",
    "change",
    "check_client_order_id",
    "check_filters",
    "check_supported",
    "client_order_id",
    "countdown",
    "one_id",
    "order_request",
    "resolution",
    "unless_before",
]
