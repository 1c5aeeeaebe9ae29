"""What every signing scheme has in common: the key's header, white space, the way to the venue."""

from __future__ import annotations

import re
from ipaddress import ip_address

from pydantic import SecretStr

from exchangekit.adapter.private_keys import lines_of
from exchangekit.doctor.case import Case

_KEY_HEADER = re.compile(r"(?i)(api-?key|access-?key|mbx-?apikey|-key)$")
_HIDDEN = re.compile(r"(?i)%20|%0a|%0d|%09")
_PASTE = "Paste it again without anything around it."


def on_this_machine(host: str | None) -> bool:
    """Whether the host (with or without a port) is this machine: a simulated venue."""
    name = re.sub(r":\d*$", "", host or "").strip("[]")
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return name == "localhost"


def check_way(case: Case) -> None:
    """How the request travels and what the command around it does to it."""
    found, faults = case.captured, case.faults
    if found.scheme == "http" and not on_this_machine(found.host):
        faults.add(
            "plain_http",
            "The request goes over plain HTTP: everybody on the way can read the key.",
            "Write https:// in the address.",
            certain=False,
        )
    if found.fragment is not None:
        faults.add(
            "fragment",
            "A raw # stands in the address: nothing after it is sent.",
            "Write %23 for a # inside a value.",
        )
    if found.unquoted:
        faults.add(
            "unquoted_command",
            "The address is not in quotation marks: a shell cuts it at the first &.",
            "Put single quotation marks around the address.",
            certain=False,
        )
    if found.headers is None:
        return
    for name, value in case.environment.headers:
        if found.header(name) is None:
            faults.add(
                "header_missing",
                f"Requests to {case.adapter.title} should carry the header {name}: {value}.",
                "Add the header.",
                certain=False,
            )


def check_key(case: Case, header: str) -> None:
    """The API key in its header."""
    found, faults = case.captured, case.faults
    if found.headers is None:
        return
    value = found.header(header)
    if value is None or not value.strip():
        elsewhere = [
            name.strip()
            for name, other in found.headers
            if _KEY_HEADER.search(name.strip()) and other.strip()
        ]
        if value is None and elsewhere:
            faults.add(
                "key_header",
                f"The key stands in {elsewhere[0]}; {case.adapter.title} reads {header}.",
                f"Send it in {header}.",
            )
        else:
            faults.add(
                "key_missing", f"The header {header} is missing.", f"Send the key in {header}."
            )
        return
    judge_key(case, header, value)


def judge_key(case: Case, place: str, value: str) -> None:
    """The API key as it stands in a header or a field."""
    faults = case.faults
    check_surroundings(case, f"the key in {place}", value)
    key = value.strip().strip("\"'")
    shape = case.adapter.key_shape
    if shape is not None and shape.pattern.fullmatch(key) is None:
        faults.add(
            "key_shape",
            f"The key does not look like one of {case.adapter.title} ({shape.description}); it has"
            f" {len(key)} characters.",
            "Check that it is a key of this venue, and all of it.",
            certain=False,
        )
    if case.keys.key is not None and case.keys.key.strip() != key:
        faults.add(
            "key_other",
            "The key in the request is not the one that was given to compare.",
            "Check which key belongs to the secret: each key has a secret of its own.",
        )


def check_surroundings(case: Case, what: str, value: str) -> None:
    """White space and quotation marks around a header's value; the one space after the colon is
    as it should be."""
    inner = value.removeprefix(" ")
    stripped = inner.strip()
    if inner != stripped or _HIDDEN.search(value) or any(letter.isspace() for letter in stripped):
        case.faults.add("white_space", f"There is white space around {what}.", _PASTE)
    if len(stripped) > 1 and stripped[0] == stripped[-1] and stripped[0] in "\"'":
        case.faults.add("quoted", f"There are quotation marks around {what}.", _PASTE)


def check_given(case: Case, *, fits: bool) -> None:
    """The secrets that were given to compare. `fits` says that the signature was made with the
    trimmed secret, so that white space around the given one did no harm to this request."""
    keys = case.keys
    for what, value in (
        ("secret", keys.secret),
        ("key", keys.key),
        ("passphrase", keys.passphrase),
    ):
        if what == "secret" and case.private is not None:
            continue  # the lines of a PEM may stand anywhere
        if value is not None and value != value.strip():
            harmless = fits and what == "secret"
            case.faults.add(
                "white_space",
                f"There is white space around the {what} that was given to compare.",
                _PASTE,
                certain=not harmless,
            )
    secret = (keys.secret or "").strip()
    held = [secret] if case.private is None else lines_of(SecretStr(secret))
    captured = case.captured
    sent = [captured.target, captured.body, *(value for _, value in captured.headers or ())]
    if any(len(part) >= 6 and part in one for part in held for one in sent):
        case.faults.add(
            "secret_sent",
            "The secret itself is in the request.",
            "Never send it. It may be in somebody's log now: make a new key and delete this one.",
        )
