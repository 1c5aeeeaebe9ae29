"""Acme as something to look into the processes of the checks of recovery with. Here, and not in a
test: a new process imports it by its name."""

from __future__ import annotations

import os
from decimal import Decimal
from typing import Any

from exchangekit_acme.adapter import AcmeAdapter

from support.defects import then


class SaysWhereItRuns(AcmeAdapter):
    def fetch_ticker(self, market: Any) -> Any:
        here = {"last": Decimal(os.getpid())}
        return then(super().fetch_ticker(market), lambda made: made.model_copy(update=here))


class EndsItsProcess(AcmeAdapter):
    def fetch_ticker(self, market: Any) -> Any:
        os._exit(5)


class HandsOutWhatCannotBeTold(AcmeAdapter):
    def fetch_ticker(self, market: Any) -> Any:
        odd = {"last": lambda: None}
        return then(super().fetch_ticker(market), lambda made: made.model_copy(update=odd))
