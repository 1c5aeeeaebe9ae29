"""Every venue with every private key that it takes: signed by the kit, verified by the simulated
venue with code of its own, examined by the doctor, and the same checks as with an HMAC."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from support.traders import KEYS, VENUES

from exchangekit import MalformedCredentials, connect_sync
from exchangekit.adapter import Credentials, Origin, Request, Stamp, params
from exchangekit.adapter.scheme import KeyKind
from exchangekit.credentials import kinds_of
from exchangekit.doctor.case import Keys
from exchangekit.doctor.examining import examine as diagnose
from exchangekit.errors import InvalidSignature
from exchangekit.plugins import installed
from exchangekit.sim import SimulatedVenue
from exchangekit.testing import examine, subject_of
from exchangekit.testing.private_keys import OTHER, PRIVATE, public_of

pytest.importorskip("cryptography")
KINDS = {venue: kinds_of(installed().adapter(venue)) for venue in VENUES}
TAKEN = [(venue, kind) for venue in VENUES for kind in KINDS[venue] if kind != "hmac"]
KEY, PHRASE, NOW = "uploaded-key-0123456789", "a-passphrase-0123", 1_790_000_000_000
GROUPS = {2, 3, 11, 13, 14}


@pytest.fixture
def venue(request: pytest.FixtureRequest) -> Iterator[SimulatedVenue]:
    name, kind = request.param
    dialect = installed().simulated()[name]
    with SimulatedVenue(
        dialect, key=KEY, passphrase=PHRASE, public_key=public_of(PRIVATE[kind])
    ) as running:
        yield running


def test_these_venues_take_these_private_keys() -> None:
    """As their documentation says; what a venue does not document is not taken."""
    assert {name: kinds[1:] for name, kinds in KINDS.items()} == {
        "binance": ("ed25519", "rsa"),
        "bitget": ("rsa",),
        "bitgetuta": ("rsa",),
        "bybit": ("rsa",),
        "mexc": (),
        "okx": (),
    }


@pytest.mark.parametrize(("name", "kind"), TAKEN)
def test_every_check_of_signatures_secrets_errors_and_clocks_passes(
    name: str, kind: KeyKind
) -> None:
    about = subject_of(name, kind=kind)
    try:
        found = list(examine(about, GROUPS, ways=("sim-sync",)))
    finally:
        about.stop()
    assert [one for one in found if one.result == "failed"] == []
    assert len([one for one in found if one.result == "passed"]) > 20


def opened(venue: SimulatedVenue, secret: str) -> Any:
    name = venue.venue.name
    phrase = {"passphrase": PHRASE} if installed().adapter(name).signer.needs_passphrase else {}
    return connect_sync(
        name, base_url=venue.url, api_key=KEY, secret=secret, journal=None, **phrase
    )


@pytest.mark.parametrize(
    ("venue", "kind"), [(one, one[1]) for one in TAKEN], indirect=["venue"], ids=map(str, TAKEN)
)
def test_an_order_is_placed_and_canceled_and_a_strangers_key_is_refused(
    venue: SimulatedVenue, kind: KeyKind
) -> None:
    with opened(venue, PRIVATE[kind].replace("\n", "\\n")) as exchange:
        price = (exchange.fetch_ticker("BTC/USDT").last * 8 / 10).quantize(1)
        made = exchange.create_limit_order("BTC/USDT", "buy", "0.01", price)
        assert exchange.cancel_order(made.id, "BTC/USDT").id == made.id
    for secret in (OTHER[kind], "a-secret-0123456789"):
        with opened(venue, secret) as stranger, pytest.raises(InvalidSignature):
            stranger.fetch_balance()


@pytest.mark.parametrize("name", VENUES)
@pytest.mark.parametrize("kind", PRIVATE)
def test_a_key_that_a_venue_does_not_take_is_refused_before_anything_is_sent(
    name: str, kind: KeyKind
) -> None:
    if kind in KINDS[name]:
        return
    phrase = {"passphrase": PHRASE} if installed().adapter(name).signer.needs_passphrase else {}
    with pytest.raises(MalformedCredentials, match="expected a secret for an HMAC"):
        connect_sync(
            name, api_key=KEYS[name]["api_key"], secret=PRIVATE[kind], journal=None, **phrase
        )


@pytest.mark.parametrize(("name", "kind"), TAKEN)
def test_the_doctor_knows_a_right_request_from_one_that_another_key_signed(
    name: str, kind: KeyKind
) -> None:
    adapter = installed().adapter(name)
    asked = Request(method="GET", path="/some/private/path", params=params(a=1), signed=True)
    host = next(iter(adapter.environments.values())).base_url
    held = Credentials(KEYS[name]["api_key"], PRIVATE[kind], PHRASE)
    made = adapter.signer.sign(asked, held, Stamp(NOW - 100, 5000), Origin(host))
    headers = " ".join(f"-H '{header}: {value}'" for header, value in made.headers)
    curl = f"curl '{host}{made.target}' {headers}"

    def told(secret: str) -> set[str]:
        found = diagnose(curl, adapter, Keys(secret, passphrase=PHRASE), now=NOW)
        assert PRIVATE[kind].split("\n")[1] not in repr(found)
        return {one.name for one in found.faults}

    assert told(PRIVATE[kind]) == set()
    assert told(OTHER[kind]) == {"wrong_secret"}
