"""exchangekit: one strategy, many crypto exchanges.

>>> from exchangekit import connect_sync
>>> with connect_sync("mexc") as mexc:  # doctest: +SKIP
...     print(mexc.fetch_ticker("BTC/USDT").last)
"""

import typing as _typing

from exchangekit.adapter import Credentials
from exchangekit.connect import connect, connect_sync, requires
from exchangekit.errors import *  # noqa: F403 - the tree is the public interface
from exchangekit.errors import __all__ as _errors
from exchangekit.exchange import DeadMansSwitch, Exchange, SyncDeadMansSwitch, SyncExchange
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

if _typing.TYPE_CHECKING:
    from exchangekit.failover import *  # noqa: F403

__version__ = "0.1.0"

__all__ = [
    "Candidate",
    "Circuit",
    "ConsolidatedBook",
    "Credentials",
    "DeadMansSwitch",
    "Exchange",
    "Failover",
    "FailoverEvent",
    "HealthEvent",
    "HealthSettings",
    "Holdings",
    "Journal",
    "Kind",
    "NoVenue",
    "OrderAdapted",
    "OrderEvent",
    "OrderIntent",
    "OrderMoved",
    "PartialAnswer",
    "Ranking",
    "ReplyEvent",
    "RequestEvent",
    "State",
    "SyncDeadMansSwitch",
    "SyncExchange",
    "SyncFailover",
    "Timeouts",
    "VenueLevel",
    "View",
    "WaitEvent",
    "best_depth",
    "best_price",
    "connect",
    "connect_sync",
    "hookimpl",
    "preference",
    "requires",
]
__all__ += _errors
__all__ += _models


def __getattr__(name: str) -> object:
    if name in __all__:  # of several venues: loaded when it is wanted
        from exchangekit import failover

        return getattr(failover, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
