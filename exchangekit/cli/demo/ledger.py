"""What a simulated venue truly holds, read from its control interface, and the levers the demo
pulls. Knows nothing of what any client believes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from types import TracebackType
from typing import Any, Self

import httpx

_ACCOUNT = "main"


@dataclass(frozen=True, slots=True)
class HeldOrder:
    """An order in the venue's ledger; ``symbol`` is the venue's own name, ``name`` the client order
    id."""

    id: str
    symbol: str
    side: str
    status: str
    filled: Decimal
    cost: Decimal
    fees: dict[str, Decimal]
    name: str | None = None

    def at(self, symbol: str) -> HeldOrder:
        """The same under the `symbol` that is one for all venues."""
        return replace(self, symbol=symbol)


class Ledger:
    """The control interface of one simulated venue."""

    def __init__(self, url: str) -> None:
        # The address is on this machine, whatever proxy the environment names.
        self._http = httpx.Client(base_url=f"{url}/_sim/", trust_env=False, timeout=10)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._http.close()

    def answers(self) -> bool:
        """Whether the venue listens."""
        try:
            self._get("faults")
        except httpx.TransportError:
            return False
        return True

    def orders(self) -> dict[str, HeldOrder]:
        """Every order the venue ever accepted, by its id."""
        return {order["id"]: _order(order) for order in self._get("orders")}

    def totals(self) -> dict[str, Decimal]:
        """What the account holds of each asset, locked funds included."""
        held = self._get("balances")[_ACCOUNT]
        return {asset: Decimal(amounts["total"]) for asset, amounts in held.items()}

    def move_price(self, symbol: str, price: Decimal) -> None:
        """Let the market of the venue's `symbol` trade at `price` now and go on from there."""
        self._put("market", {"symbol": symbol, "price": format(price, "f")})

    def lose_answer(self, nth: int) -> None:
        """Accept the `nth` order from now on, but drop the connection instead of answering."""
        rule = {"operation": "create_order", "action": "drop", "at": "after", "nth": nth}
        self._put("faults", rule)

    def forgive(self) -> None:
        """No more faults."""
        self._http.delete("faults").raise_for_status()

    def _get(self, name: str) -> Any:
        reply = self._http.get(name)
        reply.raise_for_status()
        return reply.json()

    def _put(self, name: str, body: dict[str, object]) -> None:
        self._http.put(name, json=body).raise_for_status()


def _order(shown: dict[str, Any]) -> HeldOrder:
    fees: dict[str, Decimal] = {}
    for fill in shown["fills"]:
        asset = fill["fee_asset"]
        fees[asset] = fees.get(asset, Decimal(0)) + Decimal(fill["fee"])
    return HeldOrder(
        id=shown["id"],
        symbol=shown["symbol"],
        side=shown["side"],
        status=shown["status"],
        filled=Decimal(shown["filled"]),
        cost=sum((Decimal(fill["cost"]) for fill in shown["fills"]), Decimal(0)),
        fees=fees,
        name=shown["client_id"],
    )
