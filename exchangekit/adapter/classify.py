"""From a venue's error to ours: by code and message together, and whether anything happened.

A table maps the venue's codes to error classes. The same code can mean several things, told
apart by its message; sources that disagree about a code each find their class. A code no table
knows becomes `VenueError`, never a guess.

That a change was refused is believed of the venue's own words only: a code in its own envelope.
Whatever else carries a status of 400 or more (the page of a firewall, a proxy, a network of caches)
may stand in the place of the answer to an order that was carried out. It proves nothing, and it is
not about the key.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

from exchangekit.adapter.request import Reply, Request, VenueCode
from exchangekit.errors import (
    AccessRefused,
    Banned,
    ExchangeError,
    FirewallBlocked,
    GatewayRefused,
    InvalidOrder,
    Outcome,
    PermissionDenied,
    RateLimited,
    RegionBlocked,
    RequestTimeout,
    VenueError,
    VenueUnavailable,
)
from exchangekit.excerpts import excerpt

Meaning = type[ExchangeError] | tuple[tuple[str, type[ExchangeError]], ...]
"""A class, or (pattern, class) pairs tried in order on the message; the pattern "" always fits."""
Compiled = tuple[tuple[re.Pattern[str], type[ExchangeError]], ...]


# What a status means, whoever says it.
_BY_STATUS: Mapping[int, type[ExchangeError]] = {
    408: RequestTimeout,
    418: Banned,
    429: RateLimited,
    451: RegionBlocked,
}
# What it means beside a code of the venue that no table knows, and on a page that is not its own.
_OF_THE_VENUE: Mapping[int, type[ExchangeError]] = {401: AccessRefused, 403: PermissionDenied}
_OF_A_GATEWAY: Mapping[int, type[ExchangeError]] = {403: FirewallBlocked}
# With 403 as well, networks of caches say that they serve a country nothing.
_REGION = re.compile(r"\b(your|this) (country|region)\b|restricted location", re.IGNORECASE)
# The request may have been taken all the same.
_OPEN_STATUSES = frozenset({408, 409, 499})
# Venues wrap successes in these codes: beside an error they prove neither.
_SUCCESSES = frozenset({"0", "00000", "200"})
_WHOLE = re.compile(r"-?[0-9]{1,12}")
_LONGEST_PAUSE = 7 * 24 * 3600.0


class ErrorTable:
    """A venue's error codes.

    Codes may be given together in one string, separated by spaces: each by itself, as a range
    (``51044..51053``, ``-1130..-1100``, ``00171..00174``; both ends included) or as a prefix
    (``512*``). The narrower one decides.

    ``unknown`` are the codes after which a change may or may not have happened; ``refused`` are
    those that prove it did not although the HTTP status (5xx) would leave it open. ``unlisted`` is
    what any other code, which the table does not know, proves under HTTP 2xx: the table of a venue
    that puts every error under HTTP 200 writes this decision down, with its reason. ``hints`` say
    what to do where the class alone does not. ``messages`` are tried on errors whose code is not
    in the table. ``filters`` is a pattern whose first group is the name of the filter that an
    order breaks, as the venue's messages write it.

    Raises TypeError or ValueError for a table that cannot work, and says what was expected.
    """

    def __init__(
        self,
        codes: Mapping[str, Meaning],
        *,
        unknown: str = "",
        refused: str = "",
        unlisted: Outcome = Outcome.UNKNOWN,
        hints: Mapping[str, str] = MappingProxyType({}),
        messages: Iterable[tuple[str, type[ExchangeError]]] = (),
        filters: str | None = None,
    ) -> None:
        from exchangekit.adapter.declared_errors import check_table

        if isinstance(messages, Iterable) and not isinstance(messages, (str, Mapping)):
            messages = tuple(messages)
        check_table(codes, unknown, refused, unlisted, hints, messages, filters)
        self.filters = None if filters is None else re.compile(filters)
        self.codes: dict[str, Compiled] = {}
        self.prefixes: dict[str, Compiled] = {}
        ranges: dict[str, Compiled] = {}
        for names, meaning in codes.items():
            pairs = (("", meaning),) if isinstance(meaning, type) else meaning
            compiled = tuple((re.compile(text, re.IGNORECASE), error) for text, error in pairs)
            for name in names.split():
                kind, members = self.codes, [name]
                if name.endswith("*"):
                    kind, members = self.prefixes, [name[:-1]]
                elif ".." in name:
                    kind, members = ranges, _range(name)
                for member in members:
                    if member in kind:
                        raise ValueError(f"error code {member} is in the table twice")
                    kind[member] = compiled
        self.codes = ranges | self.codes
        self.unknown = frozenset(_listed(unknown))
        self.refused = frozenset(_listed(refused))
        if both := self.unknown & self.refused:
            raise ValueError(
                f"error code {min(both)} is in unknown and in refused: after the one an order may"
                " exist, after the other it cannot"
            )
        self.unlisted = unlisted
        self.hints = {code: hint for names, hint in hints.items() for code in _listed(names)}
        self.messages = tuple((re.compile(text, re.IGNORECASE), error) for text, error in messages)

    def find(self, error: VenueCode) -> type[ExchangeError] | None:
        for pattern, found in (*self._meanings(error.code), *self.messages):
            if pattern.search(error.message):
                return found
        return None

    def lists(self, code: str) -> bool:
        """Whether the table knows the code, whatever its message."""
        return code in self.unknown | self.refused or bool(self._meanings(code))

    def _meanings(self, code: str) -> Compiled:
        if code in self.codes:
            return self.codes[code]
        fitting = [prefix for prefix in self.prefixes if code.startswith(prefix)]
        return self.prefixes[max(fitting, key=len)] if fitting else ()


def _listed(names: str) -> list[str]:
    return [code for name in names.split() for code in (_range(name) if ".." in name else [name])]


def _range(name: str) -> list[str]:
    first, _, last = name.partition("..")
    if not (_WHOLE.fullmatch(first) and _WHOLE.fullmatch(last) and int(first) < int(last)):
        raise ValueError(f"error codes {name}: expected a range such as 51044..51053")
    if len(first) != len(last) and "0" in (first.lstrip("-")[:1], last.lstrip("-")[:1]):
        raise ValueError(f"error codes {name}: expected as many digits at both ends: 00090..00110")
    digits = len(first) if first.lstrip("-").startswith("0") else 0
    return [f"{code:0{digits}d}" for code in range(int(first), int(last) + 1)]


def classify(table: ErrorTable, reply: Reply, error: VenueCode | None) -> ExchangeError | None:
    """The error that a reply means, None for a success.

    `error` is what the venue's envelope says, None where it reports none. ``outcome`` is what the
    reply proves about a request that changes something; the policy drops it for reads.
    """
    if error is None and 200 <= reply.status < 300:
        return None
    own = error is not None and _is_the_venues(table, error, reply.status)
    found = table.find(error) if error is not None and (own or reply.status >= 500) else None
    code = error.code if error is not None else None
    said = excerpt(error.message) if error is not None else excerpt(reply.body)
    kind = found or _by_status(reply.status, said, own=own)
    if found is not None and issubclass(found, RateLimited) and reply.status == 418:
        kind = Banned
    parts = [f"HTTP {reply.status}"] if reply.status != 200 else []
    parts += [f"code {code}"] if code else []
    if not said:
        redirect = 300 <= reply.status < 400
        said = "it redirects elsewhere, which is not followed" if redirect else "no message"
    made = kind(
        f"{said} ({', '.join(parts)})" if parts else said,
        status=reply.status,
        code=code,
        venue_message=said,
        hint=table.hints.get(code) if code else None,
        outcome=_outcome(table, reply.status, error, known=own and found is not None, own=own),
    )
    if isinstance(made, InvalidOrder) and table.filters and (broken := table.filters.search(said)):
        made.filter = broken.group(1).lower()
    if isinstance(made, RateLimited):
        made.retry_after = retry_after(reply)
        if isinstance(made, Banned):
            made.until = ban_end(said)
            if made.retry_after is None and made.until is not None:
                made.retry_after = _seconds_until(made.until, reply)
    return made


def _is_the_venues(table: ErrorTable, error: VenueCode, status: int) -> bool:
    """Whether the venue itself says `error`. Gateways that answer in JSON repeat the status as
    code; a venue that does so too is known for that code, and adds its words."""
    repeats = error.code == str(status)
    if table.lists(error.code):
        return bool(error.message) or not repeats
    return bool(error.code and error.message) and not repeats


def _by_status(status: int, said: str, *, own: bool) -> type[ExchangeError]:
    if status >= 500:
        return VenueUnavailable
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    if status == 403 and _REGION.search(said):
        return RegionBlocked
    if own or 200 <= status < 300:
        return _OF_THE_VENUE.get(status, VenueError)
    return _OF_A_GATEWAY.get(status, GatewayRefused)


def _outcome(
    table: ErrorTable, status: int, error: VenueCode | None, *, known: bool, own: bool
) -> Outcome:
    if error is None or error.code in table.unknown:
        return Outcome.UNKNOWN
    if error.code in table.refused or (known and status < 500):
        return Outcome.REFUSED
    refusing = 400 <= status < 500 and status not in _OPEN_STATUSES
    if own and refusing and error.code not in _SUCCESSES:
        return Outcome.REFUSED
    if 200 <= status < 300 and error.refused:
        return Outcome.REFUSED
    if 200 <= status < 300 and own:
        return table.unlisted
    return Outcome.UNKNOWN


def retry_after(reply: Reply) -> float | None:
    """The ``Retry-After`` header in seconds (number or HTTP date), at most a week; None where it
    is missing or makes no sense."""
    value = reply.headers.get("retry-after", "").strip()
    if not value:
        return None
    if value.isdecimal():
        return min(float(value[:20]), _LONGEST_PAUSE)
    end = _moment(value)
    return None if end is None else _seconds_until(end, reply)


def _seconds_until(end: datetime, reply: Reply) -> float | None:
    """Counted from the moment at which the reply says it was made (its ``Date``); None without."""
    made = _moment(reply.headers.get("date", ""))
    return None if made is None else min(max(0.0, (end - made).total_seconds()), _LONGEST_PAUSE)


def _moment(value: str) -> datetime | None:
    from email.utils import parsedate_to_datetime

    try:
        moment = parsedate_to_datetime(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return moment if moment.tzinfo is not None else None  # "-0000": the zone is not known


def ban_end(message: str) -> datetime | None:
    """``… banned until 1659146400000 …`` as a time."""
    match = re.search(r"until (\d{13})\b", message)
    if match is None:
        return None
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=int(match.group(1)))


def no_envelope(adapter: object, reply: Reply, request: Request) -> VenueCode | None:
    """``error_in`` of an adapter whose venue's envelope is not written down yet: no body tells of
    an error, and the HTTP status alone decides."""
    return None
