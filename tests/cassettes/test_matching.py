"""A cassette answers a request only when every byte of it that matters is what was recorded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from exchangekit import BadRequest, Credentials
from exchangekit.adapter import Outgoing
from exchangekit.testing import Subject, subject_of
from exchangekit.testing.cassette import RequestNotRecorded, load
from exchangekit.testing.check import Check
from exchangekit.testing.recording import record_simulated
from exchangekit.testing.rig import Rig
from exchangekit.testing.sanitise import DUMMY_KEY, DUMMY_PASSPHRASE

Taped = tuple[Subject, Path]


class Changing:
    """A signer that changes what goes out."""

    def __init__(self, right: Any, change: Callable[[Outgoing], Outgoing]) -> None:
        self.right, self.change = right, change
        self.needs_passphrase = right.needs_passphrase
        self.scheme = right.scheme
        self.own_params = right.own_params
        self.signs_body = right.signs_body

    def explain(self, *given: Any) -> Any:
        return self.right.explain(*given)

    def sign(self, *given: Any) -> Outgoing:
        return self.change(self.right.sign(*given))


def spoilt(about: Subject, change: Callable[[Outgoing], Outgoing]) -> Subject:
    kind = type(about.adapter)
    adapter = type("Changed", (kind,), {"signer": Changing(kind.signer, change)})()
    return replace(about, adapter=adapter)


def _pairs(made: Outgoing, change: Callable[[list[str]], list[str]]) -> Outgoing:
    path, mark, query = made.target.partition("?")
    return replace(made, target=path + mark + "&".join(change(query.split("&")))) if mark else made


@pytest.mark.parametrize("mode", ["sync", "async"])
def test_what_was_recorded_sync_is_replayed_sync_and_async(
    taped: Taped, replay: Callable[..., Any], mode: str
) -> None:
    about, path = taped
    about.stop()
    before = path.read_bytes()
    replay(about, mode)
    assert path.read_bytes() == before


def test_nothing_is_sent_while_replaying(tape: Taped, replay: Callable[..., Any]) -> None:
    about, _ = tape
    about.stop()
    replay(about)
    assert about._running is None


def test_recording_twice_gives_the_same_file(
    taped: Taped, record: Callable[[Subject], Any]
) -> None:
    about, path = taped
    before = path.read_bytes()
    again = record(about)
    assert not again.save(path)
    assert path.read_bytes() == before
    path.unlink()
    assert again.save(path)
    assert path.read_bytes() == before


def test_the_signature_of_a_simulated_recording_is_kept_and_must_be_right(
    taped: Taped, replay: Callable[..., Any]
) -> None:
    about, _ = taped
    other = Credentials(DUMMY_KEY, "another-secret-than-the-one-used", DUMMY_PASSPHRASE)
    with pytest.raises(RequestNotRecorded, match=r"sign.* differs") as missed:
        replay(about, run=lambda rig: rig.open(credentials=other).fetch_balance())
    assert "another-secret" not in str(missed.value)


CHANGES = {
    "swapped": lambda made: _pairs(made, lambda pairs: [pairs[1], pairs[0], *pairs[2:]]),
    "added": lambda made: _pairs(made, lambda pairs: ["extra=1", *pairs]),
    "lower hex": lambda made: replace(made, target=made.target.replace("%2C", "%2c")),
    "encoded letter": lambda made: replace(
        made, target=made.target.replace("symbol=B", "symbol=%42")
    ),
    "trailing mark": lambda made: replace(made, target=made.target + "&"),
    "method": lambda made: replace(made, method="PUT"),
    "header": lambda made: replace(made, headers=(*made.headers, ("X-EXTRA", "1"))),
    "no headers": lambda made: replace(made, headers=()),
    "body": lambda made: replace(made, body=made.body + b" "),
}


@pytest.mark.parametrize("change", sorted(CHANGES.keys() - {"lower hex"}))
def test_a_request_that_differs_in_one_thing_finds_no_answer(
    tape: Taped, replay: Callable[..., Any], change: str
) -> None:
    about, _ = tape
    with pytest.raises(RequestNotRecorded):
        replay(spoilt(about, CHANGES[change]))


def test_a_parameter_encoded_in_another_way_finds_no_answer(
    tmp_path: Path, replay: Callable[..., Any]
) -> None:
    def ask(rig: Rig) -> None:
        request = rig.adapter.fetch_balance().request
        odd = replace(request, params=(*request.params, ("odd", "a,b")))
        call = replace(rig.adapter.fetch_balance(), request=odd)
        rig.refused(lambda: rig.run(lambda kit: kit.call("fetch_balance", call)), BadRequest)

    about = subject_of("binance", cassettes=tmp_path)
    try:
        record_simulated(about, Check(99, "session", ask)).save(tmp_path / "99_session.yaml")
    finally:
        about.stop()
    replay(about, run=ask)
    with pytest.raises(RequestNotRecorded, match="odd is a%2cb, recorded is a%2Cb"):
        replay(spoilt(about, CHANGES["lower hex"]), run=ask)


def test_a_request_is_answered_as_often_as_it_was_recorded(
    tape: Taped, replay: Callable[..., Any]
) -> None:
    about, path = tape

    def twice(rig: Rig) -> None:
        rig.exchange.fetch_ticker(rig.symbol)
        rig.exchange.fetch_ticker(rig.symbol)
        rig.exchange.fetch_ticker(rig.symbol)

    assert str(load(path).interactions).count("/api/v3/ticker/24hr") == 2
    with pytest.raises(RequestNotRecorded, match="was recorded 2 times and is asked for once more"):
        replay(about, run=twice)


def test_the_address_of_the_simulation_is_in_no_cassette(tape: Taped) -> None:
    assert b"127.0.0.1" not in tape[1].read_bytes()
