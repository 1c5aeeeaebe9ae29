"""What a venue has counted, and whether a request may go out.

`Limits` is what the policy asks. Its answers are flows, so that the counters may stand anywhere:
`LocalLimits` keeps them in this process and asks for nothing but the time; a store that several
machines share yields whatever it must ask of that store, and nothing else of the kit changes.
"""

from exchangekit.runtime.limits.base import Hold, Kind, Limits, kind_of
from exchangekit.runtime.limits.local import (
    Counted,
    Limiter,
    LocalLimits,
    ScopeLimits,
    forget_shared_limits,
    shared_limits,
)

__all__ = [
    "Counted",
    "Hold",
    "Kind",
    "Limiter",
    "Limits",
    "LocalLimits",
    "ScopeLimits",
    "forget_shared_limits",
    "kind_of",
    "shared_limits",
]
