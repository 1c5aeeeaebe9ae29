"""The doctor against judges of other minds: every case of its tables is sent to a simulated venue.

The simulated venues check signatures with code of their own. What they refuse for its signature,
stamp or key the doctor must have named; what the doctor calls clean they must let in.
"""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from support import doctor_declared_cases, doctor_header_cases, doctor_query_cases
from support.captures import NOW
from support.patience import PATIENCE
from support.traders import KEYS

from exchangekit.doctor.captured import Captured
from exchangekit.doctor.case import Keys
from exchangekit.doctor.examining import examine
from exchangekit.doctor.reading import read
from exchangekit.plugins import installed
from exchangekit.sim import SimulatedVenue, VenueClock

# The venues' own codes for who is asking, when, and how it is signed.
REFUSED = {
    "mexc": r"(400|602|10072|70000[1-58]|700013) ",
    "binance": r"(-1021|-1022|-2014|-2015|-1101|-1131) |-110[02] .*(timestamp|signature|recvW)",
    "okx": r"(5010\d|5011\d|50006) ",
    "bybit": r"(1000[2-5]|10010|33004) |10001 empty value",
    "bitget": r"400(0[1-9]|1[0-8]|3[67]) ",
}


@pytest.fixture(scope="module", params=tuple(REFUSED))
def judge(request: pytest.FixtureRequest) -> Iterator[tuple[str, SimulatedVenue]]:
    """A venue whose time stands still at the moment of the cases."""
    keys = KEYS[request.param]
    with SimulatedVenue(
        installed().simulated()[request.param],
        key=keys["api_key"],
        secret=keys["secret"],
        passphrase=keys.get("passphrase", ""),
        clock=VenueClock(fixed_at=NOW),
    ) as simulated:
        simulated.control.limits(enabled=False)
        yield request.param, simulated


def answer(url: str, sent: Captured) -> str:
    """The venue's own code and words for exactly these bytes."""
    place = urlsplit(url)
    body = sent.body.encode()
    lines = [f"{sent.method} {sent.target} HTTP/1.1", f"Host: {place.netloc}", "Connection: close"]
    lines += [f"{name}:{value}" for name, value in sent.headers or ()]
    lines.append(f"Content-Length: {len(body)}")
    with socket.create_connection((place.hostname or "", place.port or 80), timeout=PATIENCE) as to:
        to.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        got = b"".join(iter(lambda: to.recv(65536), b""))
    head, _, reply = got.partition(b"\r\n\r\n")
    if head.split(b" ")[1] == b"404":
        return "no such path"
    try:
        told = json.loads(reply)
    except ValueError:
        return "unreadable"
    if not isinstance(told, dict):
        return ""
    return f"{told.get('code', told.get('retCode'))} {told.get('msg', told.get('retMsg'))}"


def texts(venue: str) -> Iterator[tuple[str, str]]:
    if venue == "okx":
        yield from ((case.title, case.make().curl) for case in doctor_header_cases.CASES)
        return
    if venue in doctor_declared_cases.DIALECTS:
        yield from ((case.title, case.sent.curl) for case in doctor_declared_cases.cases(venue))
        return
    for case in doctor_query_cases.CASES:
        yield case.title, case.make(venue).curl
    for title, (whose, _, text) in doctor_query_cases.WARNED.items():
        if whose == venue:
            yield title, text


def test_what_a_venue_refuses_is_named_and_what_is_clean_it_lets_in(
    judge: tuple[str, SimulatedVenue],
) -> None:
    venue, simulated = judge
    keys = KEYS[venue]
    given = Keys(keys["secret"], keys["api_key"], keys.get("passphrase"))
    refused = accepted = 0
    for title, text in texts(venue):
        sent = read(text)
        if " " in sent.target:
            continue  # no HTTP request can say this
        code = answer(simulated.url, sent)
        found = examine(text, installed().adapter(venue), given, now=NOW)
        if re.match(REFUSED[venue], code):
            refused += 1
            assert found.faults, f"{title}: the venue says {code}"
        elif not found.faults:
            accepted += 1
            assert code != "no such path", title
    assert refused > 15
    assert accepted >= 3
