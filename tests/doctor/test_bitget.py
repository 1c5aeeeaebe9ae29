"""The doctor on Bitget: what it says of a captured request, and of an account in the other mode.

The simulated venue, which checks signatures with code of its own, judges each capture too.
"""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest
from support.captures import NOW, base64_of, hex_of
from support.commands import Command, key_variables
from support.patience import PATIENCE
from support.traders import KEYS

from exchangekit import connect_sync
from exchangekit.doctor.case import Keys
from exchangekit.doctor.examining import examine
from exchangekit.doctor.reading import read
from exchangekit.errors import Outcome, PermissionDenied
from exchangekit.plugins import installed
from exchangekit.sim import SimulatedVenue, VenueClock

MINE = KEYS["bitget"]
ASSETS = "/api/v2/spot/account/assets"
PLACE = "/api/v2/spot/trade/place-order"
ORDER = json.dumps(
    {"symbol": "BTCUSDT", "side": "buy", "orderType": "limit", "price": "9", "size": "1"}
)


@dataclass(frozen=True)
class Capture:
    """A request as it was sent; `signed` is what was signed of it, where that is something else."""

    target: str = f"{ASSETS}?coin=USDT"
    method: str = "GET"
    body: str = ""
    stamp: str = str(NOW - 200)
    signed: str | None = None
    key: str = MINE["api_key"]
    secret: str = MINE["secret"]
    passphrase: str = MINE["passphrase"]
    in_hex: bool = False

    @property
    def curl(self) -> str:
        text = self.signed or f"{self.stamp}{self.method}{self.target}{self.body}"
        made = (hex_of if self.in_hex else base64_of)(text, self.secret)
        headers = {
            "ACCESS-KEY": self.key,
            "ACCESS-SIGN": made,
            "ACCESS-TIMESTAMP": self.stamp,
            "ACCESS-PASSPHRASE": self.passphrase,
        } | ({"Content-Type": "application/json"} if self.body else {})
        words = [f"curl -X {self.method} 'https://api.bitget.com{self.target}'"]
        words += [f"-H '{name}: {value}'" for name, value in headers.items()]
        return " ".join(words + ([f"--data-raw '{self.body}'"] if self.body else []))


CASES = [
    ("a GET as it should be", Capture(), (), "00000"),
    (
        "a POST as it should be",
        Capture(PLACE, "POST", ORDER),
        (),
        "40019",  # the venue misses `force`: it was let in
    ),
    (
        "the query not signed",
        Capture(signed=f"{NOW - 200}GET{ASSETS}"),
        ("query_signed",),
        "40009",
    ),
    (
        "the body not signed",
        Capture(PLACE, "POST", ORDER, signed=f"{NOW - 200}POST{PLACE}"),
        ("body_signed",),
        "40009",
    ),
    ("a digest in hex", Capture(in_hex=True), ("signature_form",), "40009"),
    (
        "a time in seconds",
        Capture(stamp=str(NOW // 1000)),
        ("timestamp_seconds", "timestamp_format"),
        "40005",
    ),
    ("an old time", Capture(stamp=str(NOW - 60_000)), ("timestamp_stale",), "40008"),
    (
        "another secret",
        Capture(secret="0" * 64),
        ("wrong_secret",),
        "40009",
    ),
    (
        "another passphrase",
        Capture(passphrase="Another-1"),
        ("passphrase_other",),
        "40012",
    ),
]


@pytest.fixture(scope="module")
def judge() -> Iterator[SimulatedVenue]:
    with SimulatedVenue(
        installed().simulated()["bitget"],
        key=MINE["api_key"],
        secret=MINE["secret"],
        passphrase=MINE["passphrase"],
        clock=VenueClock(fixed_at=NOW),
    ) as venue:
        yield venue


@pytest.mark.parametrize(
    ("capture", "faults", "code"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_what_is_wrong_with_a_captured_request_is_named_and_the_venue_agrees(
    judge: SimulatedVenue, capture: Capture, faults: tuple[str, ...], code: str
) -> None:
    keys = Keys(MINE["secret"], MINE["api_key"], MINE["passphrase"])
    found = examine(capture.curl, installed().adapter("bitget"), keys, now=NOW)
    sent = read(capture.curl)
    link = http.client.HTTPConnection(urlsplit(judge.url).netloc, timeout=PATIENCE)
    link.request(sent.method, sent.target, sent.body.encode() or None, dict(sent.headers or ()))
    told = json.loads(link.getresponse().read())
    link.close()
    assert [fault.name for fault in found.faults] == list(faults)
    assert told["code"] == code


@pytest.mark.parametrize(
    ("venue", "account", "code", "other"),
    [("bitget", "unified-1", "40085", "bitgetuta"), ("bitgetuta", "classic-1", "40084", "bitget")],
)
def test_an_account_in_the_other_mode_is_told_which_venue_answers_it(
    command: Command,
    monkeypatch: pytest.MonkeyPatch,
    venue: str,
    account: str,
    code: str,
    other: str,
) -> None:
    keys = KEYS[venue]
    for variable, value in key_variables(venue).items():
        monkeypatch.setenv(variable, value)
    dialect = installed().simulated()[venue]
    with SimulatedVenue(
        dialect, key=keys["api_key"], secret=keys["secret"], passphrase=keys["passphrase"]
    ) as running:
        running.control.key(keys["api_key"], account=account)
        seen = command(venue, "--base-url", running.url)
        options = {"base_url": running.url, "env_file": None, **keys}
        with (
            connect_sync(venue, **options) as exchange,
            pytest.raises(PermissionDenied) as refused,
        ):
            exchange.create_limit_order("BTC/USDT", "buy", "0.001", "50000")
        assert running.control.orders() == []
    told = " ".join(seen.out.split())
    assert seen.code == 1
    assert f"code {code}" in told
    assert f'Connect to "{other}"' in told
    assert "Nothing was placed" in told
    assert refused.value.outcome is Outcome.REFUSED
    assert refused.value.hint is not None
    assert f'Connect to "{other}"' in refused.value.hint
