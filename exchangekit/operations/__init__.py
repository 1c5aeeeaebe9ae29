"""Every operation, written once as flows. `Exchange` and `SyncExchange` carry them out.

- `interface.py`: `Operations`, what serves an exchange. Signatures, documentation and results stand
  there and nowhere else. A double for your tests, a recording or several venues are one, too.
- `venue.py`: `OneVenue`, the Operations of one venue. It only puts its parts together:
  `market_data`, `candles`, `account`, `history`, `trading`, `explain`, `raw`.
- `connection.py`: `Connection`, what the parts need of a connection: to find a market, to know what
  the venue has, its time, and to carry a call out. Each part is given it and has nothing else; no
  part inherits from another or calls what another one serves.
- `arguments.py`, `requirements.py`, `timeframes.py`: plain functions, imported by name.

So a name has one home: after ``self.connection.`` it is in `connection.py`, after another ``self.``
in the same class, and bare it is imported at the top of the file. (Not yet so: what `trading` and
`explain` share about orders is in `placing`, a class that both derive from.)
"""

from __future__ import annotations

from exchangekit.operations.answer import answer
from exchangekit.operations.connection import Connection
from exchangekit.operations.hooks import Hooks
from exchangekit.operations.interface import Operations, Pages
from exchangekit.operations.requirements import missing
from exchangekit.operations.venue import OneVenue
from exchangekit.runtime.effects import Flow

__all__ = [
    "Connection",
    "Flow",
    "Hooks",
    "OneVenue",
    "Operations",
    "Pages",
    "answer",
    "missing",
]
