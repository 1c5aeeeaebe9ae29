"""What goes onto the wire for one request, faults included: the last stop before the socket."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Literal

from exchangekit.sim.context import Context
from exchangekit.sim.dialect import Dialect
from exchangekit.sim.faults import DEEP, HUGE, FaultRule
from exchangekit.sim.http import Response
from exchangekit.sim.limits import Breach, LimitRule

Mode = Literal["send", "close", "reset", "truncate", "drip"]
_HTML: Final = (
    b"<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head>"
    b"<body><h1>Bad Gateway</h1><p>The upstream server did not answer.</p></body></html>"
)
# Where a venue names no limit of its own, a 429 on request is phrased as this one.
_ANY_LIMIT: Final = LimitRule("requests", limit=1200, window_ms=60_000)


@dataclass(frozen=True, slots=True)
class Delivery:
    """`mode`: send all, close or reset without a byte, cut the body short, or drip it.

    `delay` is seconds before anything goes out; a drip is `piece` bytes every `pause` seconds.
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    mode: Mode = "send"
    delay: float = 0.0
    pause: float = 0.0
    piece: int = 1


def deliver(response: Response) -> Delivery:
    """A reply as it should go out."""
    headers = (("Content-Type", response.content_type), *response.headers)
    return Delivery(response.status, headers, response.payload())


def apply_fault(
    delivery: Delivery, rule: FaultRule, dialect: Dialect, ctx: Context | None
) -> Delivery:
    """`delivery` as `rule` spoils it."""
    match rule.action:
        case "delay":
            return replace(delivery, delay=delivery.delay + rule.seconds)
        case "drop":
            return replace(delivery, mode="reset" if rule.reset else "close")
        case "truncate":
            return replace(delivery, mode="truncate")
        case "drip":
            return replace(delivery, mode="drip", pause=rule.seconds, piece=rule.size or 1)
        case "status":
            spoilt = _status(rule, dialect, ctx)
        case "maintenance":
            spoilt = dialect.trouble(ctx, "maintenance", rule.status or 503)
        case "code":
            spoilt = dialect.error(rule.code or "", rule.message, rule.status)
        case _:
            spoilt = _body(delivery, rule)
    if ctx is not None and rule.action in ("status", "maintenance", "code"):
        dialect.decorate(ctx, spoilt)
    fresh = deliver(spoilt)
    return replace(delivery, status=fresh.status, headers=fresh.headers, body=fresh.body)


def _status(rule: FaultRule, dialect: Dialect, ctx: Context | None) -> Response:
    status = rule.status or 500
    if status in (429, 418):
        if ctx is None:
            return dialect.trouble(ctx, "banned" if status == 418 else "limited", status)
        wait = int((rule.seconds or 1) * 1000)
        limit = dialect.limits[0] if dialect.limits else _ANY_LIMIT
        breach = Breach(limit, limit.limit + 1, wait, status == 418, ctx.now + wait)
        return dialect.limited(ctx, breach)
    return dialect.trouble(ctx, "unavailable" if status in (502, 503, 504) else "error", status)


def _body(delivery: Delivery, rule: FaultRule) -> Response:
    status = rule.status or delivery.status
    match rule.action:
        case "html":
            return Response(_HTML, rule.status or 502, content_type="text/html")
        case "empty":
            return Response(b"", status)
        case "non_utf8":
            return Response(b'{"msg":"\xff\xfe\xe9"}', status)
        case "huge":
            return Response(b'["' + b"x" * max(0, (rule.size or HUGE) - 4) + b'"]', status)
        case "deep":
            depth = rule.size or DEEP
            return Response(b"[" * depth + b"]" * depth, status)
        case "reply":
            return Response((rule.body or "").encode(), status, content_type=rule.content_type)
        case _:
            raise ValueError(f"{rule.action} does not spoil a reply")
