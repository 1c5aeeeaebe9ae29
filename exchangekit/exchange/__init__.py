"""`Exchange` (async) and `SyncExchange`: what strategies type against, whoever serves them.

Both have the operations of `exchangekit.operations.Operations` as methods of their own, with the
same signatures and words, and carry out its flows: one venue's, or a double's in a test.
"""

from exchangekit.exchange.asynchronous import Exchange
from exchangekit.exchange.switch import DeadMansSwitch, SyncDeadMansSwitch
from exchangekit.exchange.synchronous import SyncExchange

__all__ = ["DeadMansSwitch", "Exchange", "SyncDeadMansSwitch", "SyncExchange"]
