"""The cassette file: recorded requests and replies, their origin, and whether they are whole.

A cassette that is missing, cut off, edited by hand or of another format is refused with one plain
sentence that says what to do. Nothing here talks to a venue, and nothing is repaired or guessed.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

import yaml

from exchangekit.errors import ExchangeKitError

FORMAT = 1
SIMULATED = "simulated venue"
AGAIN = "record it again with `make cassettes` (python -m exchangekit.testing.record)"

_TITLE = "# Recorded, not written: see docs/cassettes.md. Edited by hand it is refused.\n"


class CassetteError(ExchangeKitError):
    """A cassette cannot be used. Nothing was sent to a venue."""


class CassetteMissing(CassetteError):
    """There is no such file."""


class CassetteDamaged(CassetteError):
    """The file is cut off, edited by hand or no cassette at all."""


class CassetteOutdated(CassetteError):
    """The file was recorded in another format, by another version of the kit."""


class RequestNotRecorded(CassetteError):
    """A request was made that the cassette does not hold."""


@dataclass(slots=True)
class Cassette:
    """``origin`` says who answered: ``simulated venue``, ``testnet``, ``demo`` or ``live``.

    ``starts_ms`` is the venue's time at the beginning, ``seed`` (hex) what random bytes are made
    of, ``ticks`` how many ms each request took (one number: all alike); with them a replay makes
    the same timestamps, signatures and client order ids. ``sanitised`` says that requests are
    signed with the kit's dummy keys instead of those that were used. ``notes`` hold what a check
    wants to find again, ``interactions`` requests and replies in vcrpy's form.
    """

    venue: str
    check: str
    origin: str
    kit: str
    recorded: str
    starts_ms: int
    seed: str
    ticks: list[int]
    sanitised: bool = False
    notes: dict[str, Any] = field(default_factory=dict)
    interactions: list[dict[str, Any]] = field(default_factory=list)

    def save(self, path: Path) -> bool:
        """Write the file, unless it holds the same already; whether it was written."""
        try:
            before = load(path)
        except CassetteError:
            before = None
        if before is not None and _same(before, self):
            return False
        path.parent.mkdir(parents=True, exist_ok=True)
        content = asdict(self)
        interactions = content.pop("interactions")
        head = {"format": FORMAT, "requests": len(interactions), "sha256": _sum(self)} | content
        whole = {"cassette": head, "interactions": interactions}
        dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
        text = yaml.dump(whole, Dumper=dumper, sort_keys=False, allow_unicode=True, width=1 << 20)
        path.write_text(_TITLE + text, encoding="utf-8")
        return True


def load(path: Path) -> Cassette:
    """The cassette at `path`. Raises CassetteMissing, CassetteDamaged or CassetteOutdated."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise CassetteMissing(f"there is no cassette {path}: {AGAIN}.") from None
    except (OSError, UnicodeDecodeError) as problem:
        raise CassetteDamaged(f"the cassette {path} cannot be read ({problem}): {AGAIN}.") from None
    try:
        # The safe loader: a cassette is data, whoever sent it.
        whole = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
    except yaml.YAMLError as problem:
        line = getattr(getattr(problem, "problem_mark", None), "line", None)
        where = "" if line is None else f" at line {line + 1}"
        raise CassetteDamaged(
            f"the cassette {path} is cut off or was edited{where}: {AGAIN}."
        ) from None
    head = whole.get("cassette") if isinstance(whole, Mapping) else None
    if not isinstance(head, Mapping) or "format" not in head:
        raise CassetteDamaged(f"the file {path} is no cassette of exchangekit: {AGAIN}.")
    if head["format"] != FORMAT:
        raise CassetteOutdated(
            f"the cassette {path} is of format {head['format']}, recorded by exchangekit"
            f" {head.get('kit', '(unknown)')}; this version reads format {FORMAT}: {AGAIN}."
        )
    return _checked(path, head, whole.get("interactions"))


def _checked(path: Path, head: Mapping[str, Any], interactions: Any) -> Cassette:
    rows = interactions if isinstance(interactions, list) else []
    expected = head.get("requests")
    if isinstance(expected, int) and len(rows) < expected:
        raise CassetteDamaged(
            f"the cassette {path} holds {len(rows)} of {expected} requests, it was cut off:"
            f" {AGAIN}."
        )
    names = {one.name for one in fields(Cassette)} - {"interactions"}
    if set(head) != names | {"format", "requests", "sha256"}:
        raise CassetteDamaged(f"the head of the cassette {path} was edited: {AGAIN}.")
    made = Cassette(**{name: head[name] for name in names}, interactions=rows)
    if _sum(made) != head["sha256"]:
        raise CassetteDamaged(
            f"the cassette {path} is not as it was recorded, it was edited or cut off: {AGAIN}."
        )
    return made


def _sum(cassette: Cassette) -> str:
    text = json.dumps(asdict(cassette), sort_keys=True, default=_plain, ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _same(one: Cassette, other: Cassette) -> bool:
    """Whether they differ in nothing but the day they were recorded."""
    first, second = asdict(one), asdict(other)
    first["recorded"] = second["recorded"] = ""
    return first == second


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return str(value)
