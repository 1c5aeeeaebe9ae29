"""Examining a captured request offline: read it, see whose it is, hand it to the examiner of the
venue's signing scheme, and let nothing out that opens an account.

A venue's differences come from its adapter: the signer, the addresses, the shape of its keys. This
module names no venue.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from pydantic import SecretStr

from exchangekit.adapter.base import Adapter, Environment
from exchangekit.adapter.private_keys import is_pem, lines_of
from exchangekit.adapter.scheme import scheme_of
from exchangekit.adapter.signing import Signer
from exchangekit.doctor import pieces, prehash, query_signed
from exchangekit.doctor.captured import Captured, Unreadable
from exchangekit.doctor.case import Case, Keys
from exchangekit.doctor.endpoints import is_public, known_requests
from exchangekit.doctor.findings import Examination
from exchangekit.doctor.forms import private_key_of
from exchangekit.doctor.holder import on_this_machine
from exchangekit.doctor.reading import read
from exchangekit.doctor.secrecy import Redactor

_OPENS = {
    "key": "key",
    "signature": "signature",
    "passphrase": "passphrase",
    "signed_passphrase": "passphrase",
}


def examine(
    text: str,
    adapter: Adapter,
    keys: Keys,
    *,
    now: int,
    environment: str = "live",
    base_url: str | None = None,
    others: Mapping[str, type[Adapter]] | None = None,
) -> Examination:
    """What is wrong with the captured request in `text`, fit to be shown.

    `now` (ms) is the moment it is judged at; `others` are adapters by venue, to recognise a
    request that went to another one. Raises Unreadable, whose message repeats nothing of `text`.
    """
    captured = read(text)
    _check_host(captured, adapter, base_url, others or {})
    place = adapter.environments.get(environment) or next(iter(adapter.environments.values()))
    known = known_requests(adapter)
    case = Case(captured, adapter, place, keys, now, known, private_key_of(keys))
    redactor = Redactor(secrets_of(captured, adapter.signer, keys))
    if is_public(known, captured.method, captured.path) and not _has_signature(case):
        made = Examination(
            f"{captured.method} {captured.path}",
            notes=("This is public data: it needs no key and no signature.",),
            checked=True,
        )
    else:
        made = _examiner(adapter)(case, adapter.signer)
    if not made.checked and _has_signature(case):
        note = "No secret was given, so the signature itself was not checked."
        made = replace(made, notes=(*made.notes, note))
    return made.cleaned(redactor)


def _examiner(adapter: Adapter) -> Any:
    scheme = scheme_of(adapter.signer)
    if scheme is not None:
        return query_signed.examine if scheme.pieces is None else prehash.examine
    raise Unreadable(
        f"{adapter.title} signs in a way of its own ({type(adapter.signer).__name__}), which the"
        " doctor cannot take apart"
    )


def secrets_of(captured: Captured, signer: Signer, keys: Keys) -> list[tuple[str, str]]:
    """Everything in the request, or given with it, that must not be shown."""
    found = [
        ("secret", keys.secret or ""),
        ("key", keys.key or ""),
        ("passphrase", keys.passphrase or ""),
    ]
    if is_pem(SecretStr(keys.secret or "")):
        found += [("secret", line) for line in lines_of(SecretStr(keys.secret or ""))]
    scheme = scheme_of(signer)
    for one in scheme.carried if scheme is not None else ():
        label = _OPENS.get(one.part)
        if label is None:
            continue
        if one.where == "header":
            held = captured.header(one.name) or ""
            found += [(label, held), (label, held.strip().strip("\"'"))]
            found.append((label, one.bare(held.strip())))
            continue
        for piece in pieces.split(captured.query if one.where == "query" else captured.body):
            if piece.name == one.name:
                found += [(label, piece.value), (label, piece.raw.partition("=")[2])]
                found.append((label, one.bare(piece.value)))
        for name, value in pieces.body_pairs(captured.body) or ():
            if name == one.name:
                found += [(label, value), (label, one.bare(value))]
    for name, value in captured.headers or ():
        low = name.strip().lower()
        if low in ("authorization", "cookie"):
            found.append((low, value.strip()))
        elif low.endswith(("key", "sign", "signature", "passphrase")):
            label = "signature" if "sign" in low else "passphrase" if "pass" in low else "key"
            found.append((label, value))
            found.append((label, value.strip().strip("\"'")))
    for query in (captured.query, captured.body):
        for piece in pieces.split(query):
            low = piece.name.lower()
            if low in ("signature", "sign"):
                found.append(("signature", piece.value))
                found.append(("signature", piece.raw.partition("=")[2]))
            elif low.endswith(("apikey", "api_key", "secret", "passphrase", "secretkey")):
                found.append(("key", piece.value))
                found.append(("key", piece.raw.partition("=")[2]))
    for name, value in pieces.body_pairs(captured.body) or ():
        if name.lower() in ("signature", "sign", "apikey", "api_key", "secret", "passphrase"):
            found.append(("signature" if "sign" in name.lower() else "key", value))
    return found


def _has_signature(case: Case) -> bool:
    return any(name == "signature" for name, _ in _own_secrets(case))


def _own_secrets(case: Case) -> list[tuple[str, str]]:
    return [one for one in secrets_of(case.captured, case.adapter.signer, Keys()) if one[1]]


def _check_host(
    captured: Captured,
    adapter: Adapter,
    base_url: str | None,
    others: Mapping[str, type[Adapter]],
) -> None:
    """Raises Unreadable for a request that went somewhere else."""
    host = captured.host
    if host is None or on_this_machine(host):
        return
    own = [one.base_url for one in adapter.environments.values()]
    if base_url is not None:
        own.append(base_url)
    if any(_same_house(host, url) for url in own):
        return
    name = host.rpartition(":")[0] or host
    for venue, other in others.items():
        if any(_same_house(host, one.base_url) for one in _places(other)):
            raise Unreadable(
                f"this is a request to {other.title} ({name}), not to {adapter.title}: name the"
                f" venue {venue} instead of {adapter.venue}"
            )
    known = ", ".join(dict.fromkeys(urlsplit(url).hostname or "" for url in own))
    raise Unreadable(
        f"this is no request to {adapter.title}: it goes to another host than {known} (give the"
        " address with --base-url if it is right)"
    )


def _places(adapter: type[Adapter]) -> tuple[Environment, ...]:
    return tuple(adapter.environments.values())


def _same_house(host: str, base_url: str) -> bool:
    """Whether both are in the same domain: venues have regional and spare hosts beside the one
    that is documented."""
    place = urlsplit(base_url).netloc.lower()
    if host == place:
        return True
    ours = (urlsplit(base_url).hostname or "").split(".")
    theirs = host.partition(":")[0].split(".")
    return len(ours) > 1 and not ours[-1].isdigit() and ours[-2:] == theirs[-2:]
