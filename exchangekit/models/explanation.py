"""The exact request that an order would become: what `explain_order` answers."""

from __future__ import annotations

from decimal import Decimal

from exchangekit.models.base import Model
from exchangekit.models.market import Problem
from exchangekit.models.orders import LimitOrder, MarketBuyWithCost, MarketOrder


class OrderExplanation(Model):
    """What would be sent, what the market's filters say, and what it would cost. Nothing is sent.

    ``target`` is path and query as they would go out (the signature and key left out),
    ``string_to_sign`` the exact text that is signed, ``[key]`` standing for the API key, and
    ``signed_parts`` what it is made of, by name; ``signed_with`` is how: the kind of the secret
    (the usual one, without a key), hash and encoding. ``problems`` is empty for a legal order.
    ``cost`` is quote (price x amount; None where only the market decides), ``maker_fee``
    and ``taker_fee`` are quote or base, in ``fee_currency``, at the public rates; None where the
    venue publishes none.
    """

    venue: str
    order: LimitOrder | MarketOrder | MarketBuyWithCost
    method: str
    url: str
    target: str
    headers: dict[str, str]
    body: str
    string_to_sign: str | None
    problems: tuple[Problem, ...]
    cost: Decimal | None
    maker_fee: Decimal | None
    taker_fee: Decimal | None
    fee_currency: str | None
    notes: tuple[str, ...] = ()
    signed_parts: tuple[tuple[str, str], ...] = ()
    signed_with: str | None = None

    def __str__(self) -> str:
        lines = [f"{self.method} {self.url}{self.target}"]
        lines += [f"  {name}: {value}" for name, value in self.headers.items()]
        if self.body:
            lines.append(f"  body: {self.body}")
        if self.string_to_sign is not None:
            written = self.string_to_sign.replace("\n", "\\n")
            lines.append(f"  signed text: {written}")
            names = [name for name, _ in self.signed_parts]
            if "".join(text for _, text in self.signed_parts) == self.string_to_sign:
                lines.append(f"  which is: {', '.join(names)}")
            if self.signed_with is not None:
                lines.append(f"  signed with: {self.signed_with}")
        lines += [f"  refused: {problem.message}" for problem in self.problems]
        if self.cost is not None:
            lines.append(f"  cost: {self.cost:f}")
        for name, fee in (("maker", self.maker_fee), ("taker", self.taker_fee)):
            if fee is not None:
                lines.append(f"  fee as {name}: {fee:f} {self.fee_currency}")
        return "\n".join(lines + [f"  note: {note}" for note in self.notes])
