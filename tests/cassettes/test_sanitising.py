"""What is recorded from a real venue holds nothing of its user: canaries are looked for."""

from __future__ import annotations

import base64
import urllib.parse
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from support.traders import VENUES

from exchangekit import Credentials
from exchangekit.plugins import installed
from exchangekit.sim import SimulatedVenue
from exchangekit.testing import Subject, subject_of
from exchangekit.testing.cassette import load
from exchangekit.testing.check import Check
from exchangekit.testing.checks.tour import read_everything, trade_everything
from exchangekit.testing.recording import record_real
from exchangekit.testing.rig import Rig
from exchangekit.testing.runs import on_cassette
from exchangekit.testing.sanitise import Sanitiser

KEY = "CANARYkeyCANARY0123456789"
SECRET = "CANARYsecretCANARY0123456789abcdef"
PASSPHRASE = "CANARYphraseCANARY"


def session(rig: Rig) -> None:
    read_everything(rig)
    trade_everything(rig)


SESSION = Check(99, "session", session)


@pytest.fixture(params=VENUES)
def recorded(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[Subject, Path, list[str]]:
    """A cassette "from the testnet", and the signatures that really went out."""
    signatures: list[str] = []
    signed = Rig.signed

    def watched(self: Rig, real: Any, twin: Callable[..., Any]) -> None:
        signatures.extend(value for name, value in real.headers if "SIGN" in name)
        query = urllib.parse.parse_qs(real.target.partition("?")[2])
        signatures.extend(query.get("signature", ()))
        signed(self, real, twin)

    monkeypatch.setattr(Rig, "signed", watched)
    about = subject_of(request.param, cassettes=tmp_path)
    dialect = installed().simulated()[request.param]
    with SimulatedVenue(dialect, key=KEY, secret=SECRET, passphrase=PASSPHRASE) as venue:
        cassette = record_real(
            about,
            SESSION,
            origin="testnet",
            environment=replace(about.adapter.environments["live"], base_url=venue.url),
            credentials=Credentials(KEY, SECRET, PASSPHRASE),
        )
    path = tmp_path / f"{SESSION.id}.yaml"
    cassette.save(path)
    return about, path, signatures


def test_neither_key_nor_secret_nor_passphrase_nor_signature_is_in_the_file(recorded: Any) -> None:
    _, path, signatures = recorded
    text = path.read_text()
    assert len(set(signatures)) >= 10
    for canary in (KEY, SECRET, PASSPHRASE, *signatures):
        for form in (
            canary,
            urllib.parse.quote(canary, safe=""),
            base64.b64encode(canary.encode()).decode().rstrip("="),
            canary.encode().hex(),
        ):
            assert form not in text
    assert "CANARY" not in text


def test_it_says_where_it_comes_from_and_that_it_is_sanitised(recorded: Any) -> None:
    _, path, _ = recorded
    cassette = load(path)
    assert (cassette.origin, cassette.sanitised) == ("testnet", True)
    assert cassette.recorded.startswith("20")


@pytest.mark.parametrize("mode", ["sync", "async"])
def test_it_is_replayed_with_dummy_keys_whose_signatures_must_be_right(
    recorded: Any, mode: Any
) -> None:
    about, path, _ = recorded
    with on_cassette(about, SESSION, mode) as rig:
        session(rig)
    assert len(rig.sent) == len(load(path).interactions)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b'{"uid":"446557","a":1}', b'{"uid":"0","a":1}'),
        (b'{"accountId": 12345}', b'{"accountId": 0}'),
        (b'{"mainUid":"x-1","label":"my \\"bot\\""}', b'{"mainUid":"removed","label":"removed"}'),
        (b'{"ip":"10.1.2.3,10.1.2.4"}', b'{"ip":"removed"}'),
        (b'{"ips":["10.1.2.3"],"email":""}', b'{"ips":[],"email":""}'),
        (b'{"orderId":"12345","price":"1.50"}', b'{"orderId":"12345","price":"1.50"}'),
        (b'{"msg":"key k3y-0f-mine is gone"}', b'{"msg":"key dummykey0000000000000001 is gone"}'),
    ],
)
def test_what_names_the_account_is_replaced_and_everything_else_stays(
    before: bytes, after: bytes
) -> None:
    assert Sanitiser(Credentials("k3y-0f-mine", "s3cret-0f-mine")).body(before) == after


def test_cookies_and_other_headers_of_a_reply_are_not_kept(recorded: Any) -> None:
    _, path, _ = recorded
    names = {name for one in load(path).interactions for name in one["response"]["headers"]}
    assert "content-type" in names
    assert not {"set-cookie", "server", "cf-ray"} & names
