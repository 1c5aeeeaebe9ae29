"""Order safety that needs no venue: client order ids. Journal and resolution build on it."""

from exchangekit.orders.ids import ID_BYTES, client_order_id

__all__ = ["ID_BYTES", "client_order_id"]
