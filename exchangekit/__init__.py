"""exchangekit: one strategy, many crypto exchanges.

>>> from exchangekit import connect_sync
>>> with connect_sync("mexc") as mexc:  # doctest: +SKIP
...     print(mexc.fetch_ticker("BTC/USDT").last)
"""

from exchangekit.adapter import Credentials
from exchangekit.connect import connect, connect_sync, requires
from exchangekit.errors import *  # noqa: F403 - the tree is the public interface
from exchangekit.errors import __all__ as _errors
from exchangekit.exchange import DeadMansSwitch, Exchange, SyncDeadMansSwitch, SyncExchange
from exchangekit.failover import *  # noqa: F403
from exchangekit.failover import __all__ as _failover
from exchangekit.hookspecs import (
    OrderEvent,
    OrderIntent,
    ReplyEvent,
    RequestEvent,
    WaitEvent,
    hookimpl,
)
from exchangekit.journal import Journal
from exchangekit.models import *  # noqa: F403
from exchangekit.models import __all__ as _models
from exchangekit.runtime.transports import Timeouts

__version__ = "0.1.0"

__all__ = [
    "Credentials",
    "DeadMansSwitch",
    "Exchange",
    "Journal",
    "OrderEvent",
    "OrderIntent",
    "ReplyEvent",
    "RequestEvent",
    "SyncDeadMansSwitch",
    "SyncExchange",
    "Timeouts",
    "WaitEvent",
    "connect",
    "connect_sync",
    "hookimpl",
    "requires",
]
__all__ += _errors
__all__ += _failover
__all__ += _models
