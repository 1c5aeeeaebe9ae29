"""What both APIs are: one gateway, that counts, lets in and says no in the same words.

Source: https://www.bitget.com/api-doc/common/intro
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar, Final, TypeAlias

from exchangekit.sim import (
    ApiKey,
    Breach,
    Context,
    Dialect,
    Handler,
    Instrument,
    LimitRule,
    RawRequest,
    Rejection,
    Response,
    Route,
    Trouble,
)
from exchangekit.sim.keys import Permission
from exchangekit_bitget.sim.shared import instruments
from exchangekit_bitget.sim.shared.answers import fault, refusal_of
from exchangekit_bitget.sim.shared.records import snowflake
from exchangekit_bitget.sim.shared.security import authenticate

# Method, path below _ROOT, handler, operation, requests per second: of an address for public
# endpoints, else of an account.
Endpoints: TypeAlias = Iterable[tuple[str, str, Handler, str, int]]
_ROOT: Final = "/api"
_TOTAL: Final = LimitRule("total", 6000, 60_000, "ip")


def limits_of(public: Endpoints, private: Endpoints) -> tuple[LimitRule, ...]:
    return (
        _TOTAL,
        *(LimitRule(name, most, 1000, "ip") for _, _, _, name, most in public),
        *(LimitRule(name, most, 1000, "account") for _, _, _, name, most in private),
    )


class GatewayDialect(Dialect):
    """Either API, for a regular user: says which endpoints there are and whom it does not serve."""

    public: ClassVar[Endpoints]
    private: ClassVar[Endpoints]
    elsewhere: ClassVar[tuple[str, str]]
    """What the names of the accounts begin with that the other API serves, and the code for it."""
    rejections: ClassVar[Mapping[type[Rejection], str]]
    open_to_all: ClassVar[frozenset[str]] = frozenset()
    """The operations that a key needs no right for."""

    def instruments(self) -> Sequence[Instrument]:
        return instruments.instruments()

    def routes(self) -> Sequence[Route]:
        return [
            Route(method, _ROOT + path, handler, name, signed=signed, counts=("total", name))
            for signed, listed in ((False, self.public), (True, self.private))
            for method, path, handler, name, _ in listed
        ]

    def authenticate(self, ctx: Context) -> ApiKey:
        if ctx.route.operation in self.open_to_all:
            return authenticate(ctx, None, self.elsewhere)
        right: Permission = "read" if ctx.route.method == "GET" else "trade"
        return authenticate(ctx, right, self.elsewhere)

    def order_id(self, number: int, now: int) -> str:
        return str(snowflake(now, number))

    # --- refusals --------------------------------------------------------------------------------
    def rejected(self, ctx: Context, rejection: Rejection) -> Response:
        refusal = refusal_of(rejection, self.rejections)
        return fault(refusal.code, refusal.message, now=ctx.now)

    def limited(self, ctx: Context, breach: Breach) -> Response:
        """418 only where a fault asks for it: no ban is documented."""
        return fault("429", status=418 if breach.banned else None, now=ctx.now)

    def trouble(self, ctx: Context | None, kind: Trouble, status: int) -> Response:
        now = ctx.now if ctx is not None else 0
        if kind in ("limited", "banned"):
            return fault("429", status=status, now=now)
        code = "40200" if kind == "maintenance" else "40015" if kind == "error" else "40604"
        return fault(code, status=status, now=now)

    def error(self, code: str, message: str | None, status: int | None) -> Response:
        return fault(code, message, status)

    def unknown_path(self, request: RawRequest, allowed: Sequence[str]) -> Response:
        return fault("405" if allowed else "40404")
