"""Which transport the checks run on: what the kit takes by itself, or what the environment names.

``EXCHANGEKIT_TESTED_TRANSPORT=httpx`` runs conformance, the fault matrix and chaos on that one. A
cassette is always over httpx, since it is there that vcrpy records and replays.
"""

from __future__ import annotations

import os

from exchangekit.runtime.transports import AUTO

VARIABLE = "EXCHANGEKIT_TESTED_TRANSPORT"


def tested_transport() -> str:
    """Its name, or ``auto``."""
    return os.environ.get(VARIABLE) or AUTO
