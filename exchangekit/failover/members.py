"""The exchanges that a failover is made of, each with the name that ids carry."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from exchangekit.adapter.credentials import AccountId
from exchangekit.errors import ConfigurationError
from exchangekit.exchange.facade import Facade
from exchangekit.failover.ids import key_of
from exchangekit.models.numbers import shown
from exchangekit.operations.interface import Operations
from exchangekit.operations.venue import OneVenue
from exchangekit.runtime.effects import Flow, On
from exchangekit.runtime.policy import Policy


@dataclass(frozen=True, slots=True, eq=False)
class Member:
    """One of the exchanges: what it serves, and the driver that carries its flows out."""

    key: str
    account: AccountId
    exchange: Any
    operations: Operations
    driver: Any

    @property
    def policy(self) -> Policy | None:
        """None for what is not one venue (a double)."""
        served = self.operations
        return served.connection.policy if isinstance(served, OneVenue) else None

    @property
    def journal(self) -> Any:
        """Where its changes are written, None for nowhere."""
        written = self.driver.journal
        return getattr(written, "journal", written)

    def on(self, flow: Flow[Any]) -> On:
        """`flow`, to be carried out by this exchange."""
        return On(self.driver, flow)


def members(exchanges: Iterable[Any], kind: type[Facade]) -> tuple[Member, ...]:
    """The members, in the order of preference. Raises ConfigurationError for a list that no
    failover can be made of."""
    try:
        given = list(exchanges)
    except TypeError:
        raise ConfigurationError(
            f"a failover is made of a list of exchanges, not of {shown(exchanges)}"
        ) from None
    if not given:
        raise ConfigurationError(
            "a failover needs at least one exchange: Failover([connect(...), connect(...)])"
        )
    made: dict[str, Member] = {}
    for number, one in enumerate(given):
        member = _member(one, kind, number)
        other = made.get(member.key)
        if other is not None:
            raise ConfigurationError(_alike(member, other))
        made[member.key] = member
    _one_world(made.values())
    return tuple(made.values())


def _member(one: Any, kind: type[Facade], number: int) -> Member:
    if isinstance(one, str):
        raise ConfigurationError(
            f"exchange {number} of the failover is the word {shown(one)}: pass connect({one!r})"
        )
    if not isinstance(one, kind):
        raise ConfigurationError(
            f"exchange {number} of the failover is a {type(one).__name__}, expected"
            f" {'an' if kind.__name__[0] in 'AE' else 'a'} {kind.__name__}"
        )
    exchange: Any = one
    served: Operations = exchange._operations  # noqa: SLF001 - a failover is an exchange as well
    if isinstance(served, OneVenue):
        account = served.connection.policy.account_id
    else:
        account = AccountId(served.venue, served.environment, served.base_url, served.account)
    return Member(key_of(account), account, one, served, exchange._driver)  # noqa: SLF001


def _alike(one: Member, other: Member) -> str:
    if one.account == other.account:
        return f"the failover has {one.key} twice: {one.account}"
    return (
        f"two exchanges of the failover are called {one.key}, and their order ids could not be told"
        f" apart ({one.account}; {other.account}): give one of them a name with account="
    )


def _one_world(all_of_them: Iterable[Member]) -> None:
    live = {member.key for member in all_of_them if member.account.environment == "live"}
    paper = {
        f"{member.key} ({member.account.environment})"
        for member in all_of_them
        if member.account.environment not in ("live", "test")
    }
    if live and paper:
        raise ConfigurationError(
            f"the failover mixes real money at {', '.join(sorted(live))} with play money at"
            f" {', '.join(sorted(paper))}: an order meant for one may end at the other"
        )
