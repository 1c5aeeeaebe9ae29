"""Several venues behind one exchange: who of them is well, and who is asked."""

from exchangekit.failover.circuits import Circuit, HealthSettings, State
from exchangekit.failover.errors import NoVenue, PartialAnswer
from exchangekit.failover.events import FailoverEvent, OrderAdapted, OrderMoved
from exchangekit.failover.exchange import Failover, SyncFailover
from exchangekit.failover.health import HealthEvent, Kind
from exchangekit.failover.ranking import Candidate, Ranking, best_depth, best_price, preference
from exchangekit.failover.views import ConsolidatedBook, Holdings, VenueLevel, View

__all__ = [
    "Candidate",
    "Circuit",
    "ConsolidatedBook",
    "Failover",
    "FailoverEvent",
    "HealthEvent",
    "HealthSettings",
    "Holdings",
    "Kind",
    "NoVenue",
    "OrderAdapted",
    "OrderMoved",
    "PartialAnswer",
    "Ranking",
    "State",
    "SyncFailover",
    "VenueLevel",
    "View",
    "best_depth",
    "best_price",
    "preference",
]
