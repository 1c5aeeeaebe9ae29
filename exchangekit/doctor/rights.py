"""What one signed request tells of a key: is it accepted, from here, and what may it do. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from exchangekit.doctor.findings import Line, Verdict
from exchangekit.errors import (
    AccessRefused,
    AccountRestricted,
    AuthenticationError,
    ClockSkew,
    ExchangeError,
    InvalidApiKey,
    InvalidNonce,
    InvalidPassphrase,
    InvalidSignature,
    IpNotAllowed,
    PermissionDenied,
)
from exchangekit.models.account import ApiKeyInfo

SIGNATURE, IP, PERMISSIONS, EXPIRY = "signature", "ip rule", "permissions", "expiry"
CHECKS = (SIGNATURE, IP, PERMISSIONS, EXPIRY)
SOON = timedelta(days=7)
_UNKNOWN = "Not known: the signed request failed."

# Which check a refusal belongs to, the narrower class first, and what to do beyond its own hint.
_BLAMED: tuple[tuple[type[ExchangeError], str, str], ...] = (
    (ClockSkew, SIGNATURE, "Look at the clock line above."),
    (
        InvalidSignature,
        SIGNATURE,
        "The secret does not belong to this key: copy both again, or make a new key.",
    ),
    (InvalidPassphrase, SIGNATURE, ""),
    (InvalidNonce, SIGNATURE, ""),
    (InvalidApiKey, SIGNATURE, ""),
    (IpNotAllowed, IP, ""),
    (PermissionDenied, PERMISSIONS, ""),
    (AccountRestricted, PERMISSIONS, ""),
    (AuthenticationError, SIGNATURE, ""),
    (AccessRefused, SIGNATURE, ""),
)


def refused(error: ExchangeError) -> list[Line]:
    """The lines for a signed request that failed."""
    for kind, check, more in _BLAMED:
        if isinstance(error, kind):
            advice = more or error.hint
            return _blame(check, error, advice)
    said = f"The signed request failed: {error.message}."
    advice = error.hint or "Try again later: this says nothing about the key."
    lines = [Line(SIGNATURE, Verdict.FAIL, _sentence(said), advice)]
    return lines + [Line(name, Verdict.SKIP, _UNKNOWN) for name in CHECKS[1:]]


def _blame(check: str, error: ExchangeError, advice: str | None) -> list[Line]:
    said = f"Refused: {error.message}"
    if error.code and error.code not in said:
        said += f" (code {error.code})"
    lines = []
    for name in CHECKS:
        if name == check:
            lines.append(Line(name, Verdict.FAIL, _sentence(said), advice))
        elif name == SIGNATURE:
            told = "Not judged: the venue refused for another reason."
            lines.append(Line(name, Verdict.SKIP, told))
        else:
            lines.append(Line(name, Verdict.SKIP, _UNKNOWN))
    return lines


def accepted(what: str, info: ApiKeyInfo | None, now: datetime) -> list[Line]:
    """The lines for a signed request (`what`) that was answered `now`; `info` is what the venue
    tells of the key, None where it tells nothing."""
    lines = [Line(SIGNATURE, Verdict.PASS, f"Accepted ({what}).")]
    if info is None:
        untold = "The venue does not tell what a key may do."
        return lines + [Line(name, Verdict.SKIP, untold) for name in CHECKS[1:]]
    return [*lines, _ip_rule(info), _permissions(info), _expiry(info, now)]


def _ip_rule(info: ApiKeyInfo) -> Line:
    if info.ip_restricted is None:
        said = "The venue does not tell whether the key is bound to addresses; this one may use it."
        return Line(IP, Verdict.SKIP, said)
    if info.ip_restricted:
        count = f"{len(info.ips)} listed" if info.ips else "listed"
        said = f"The key works from {count} addresses only, and this is one of them."
        return Line(IP, Verdict.PASS, said)
    advice = "Bind it to this machine's address on the venue's API page: a stolen key is useless."
    return Line(IP, Verdict.WARN, "The key works from any address.", advice)


def _permissions(info: ApiKeyInfo) -> Line:
    told = (("read", info.can_read), ("trade", info.can_trade), ("withdraw", info.can_withdraw))
    may = ", ".join(name for name, can in told if can) or "nothing"
    said = f"The key may: {may}."
    if info.can_withdraw:
        advice = (
            "Take the permission to withdraw away from it: no trading program needs it, and whoever"
            " steals the key can empty the account."
        )
        return Line(PERMISSIONS, Verdict.WARN, said, advice)
    if info.can_trade is False:
        advice = "Orders will be refused. Enable spot trading for the key if it is to trade."
        return Line(PERMISSIONS, Verdict.WARN, said, advice)
    if info.can_withdraw is None:
        said += " Whether it may withdraw, the venue does not tell."
    return Line(PERMISSIONS, Verdict.PASS, said)


def _expiry(info: ApiKeyInfo, now: datetime) -> Line:
    """A venue that tells no end may have one all the same: nothing is called endless."""
    if info.expires is None:
        return Line(EXPIRY, Verdict.SKIP, "The venue tells of no end of the key.")
    ends, left = f"{info.expires:%Y-%m-%d %H:%M} UTC", info.expires - now
    advice = "Renew it or make a new one in time: without it no order can be placed or canceled."
    unbound = ""
    if info.ip_restricted is False:
        unbound = " It is bound to no address."
        advice += " Venues that end such keys leave those alone that are bound to addresses."
    if left <= timedelta(0):
        said = f"The key ended, or lost its right to trade, on {ends}.{unbound}"
        return Line(EXPIRY, Verdict.WARN, said, advice)
    said = f"The key ends, or loses its right to trade, in {_span(left)}, on {ends}.{unbound}"
    if left <= SOON:
        return Line(EXPIRY, Verdict.WARN, said, advice)
    return Line(EXPIRY, Verdict.PASS, said)


def _span(left: timedelta) -> str:
    if left.days:
        return "a day" if left.days == 1 else f"{left.days} days"
    return f"{left // timedelta(hours=1)} h {left // timedelta(minutes=1) % 60} min"


def _sentence(said: str) -> str:
    return said if said.endswith((".", "!", "?", "…")) else said + "."
