"""Requests to a venue that counts each of its endpoints by itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from exchangekit.adapter.request import Cost, LimitScope, Request, build_request


@dataclass(frozen=True, slots=True)
class Endpoints:
    """The endpoints under one ``path``, each for so many requests in ``seconds``: of an account
    where they are ``signed``, else of an address. ``beside`` is what every request counts, too.

        ask = kit.Endpoints("/api/v5/", seconds=2)
        ask("GET market/ticker", 20, instId="BTC-USDT")

    asks ``GET /api/v5/market/ticker?instId=BTC-USDT``, 20 of which the venue takes in two seconds.
    What is no GET changes something, unless it says ``changes=False``. The rest is `build_request`.
    """

    path: str
    seconds: float
    signed: bool = False
    beside: tuple[Cost, ...] = ()

    def __call__(
        self,
        endpoint: str,
        most: int,
        /,
        *,
        per: str = "",
        weight: int = 1,
        seconds: float | None = None,
        counter: str = "",
        beside: tuple[Cost, ...] = (),
        **values: Any,
    ) -> Request:
        """`per` is what is counted apart, a market say; `counter` another endpoint, where this one
        counts with that; `seconds` and `beside` are this request's own."""
        method, path = endpoint.split(" ")
        scope = LimitScope.ACCOUNT if self.signed else LimitScope.IP
        counted = f"{counter or endpoint} {per}".rstrip()
        cost = Cost(counted, weight, most, seconds or self.seconds, scope)
        costs = cost, *self.beside, *beside
        marks = {"signed": self.signed, "changes": method != "GET"} | values
        return build_request(f"{method} {self.path}{path}", *costs, **marks)
