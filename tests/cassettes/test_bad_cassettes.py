"""Cassettes that cannot be used: each is refused with one plain sentence, and nothing is sent."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from exchangekit.testing import Subject
from exchangekit.testing.cassette import (
    CassetteDamaged,
    CassetteError,
    CassetteMissing,
    CassetteOutdated,
    RequestNotRecorded,
    load,
)
from exchangekit.testing.matching import Asked
from exchangekit.testing.nearest import explain
from exchangekit.testing.rig import Rig

Taped = tuple[Subject, Path]


def one_sentence(problem: CassetteError) -> str:
    """The words, which must be one sentence that says what to do."""
    text = str(problem)
    assert text.endswith(".")
    assert "\n" not in text
    assert "make cassettes" in text
    assert len(text) < 700
    return text


def test_a_cassette_that_is_not_there(tmp_path: Path) -> None:
    path = tmp_path / "nowhere.yaml"
    with pytest.raises(CassetteMissing) as missing:
        load(path)
    assert one_sentence(missing.value).startswith(f"there is no cassette {path}")


def test_a_replay_without_its_cassette_says_so(tape: Taped, replay: Callable[..., Any]) -> None:
    about, path = tape
    path.unlink()
    with pytest.raises(CassetteMissing) as missing:
        replay(about)
    assert str(path) in one_sentence(missing.value)


@pytest.mark.parametrize("part", [0.02, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99, 0.9999])
def test_a_cassette_that_was_cut_off(tape: Taped, part: float) -> None:
    _, path = tape
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * part)])
    with pytest.raises(CassetteDamaged) as damaged:
        load(path)
    one_sentence(damaged.value)


def test_a_cassette_cut_off_between_two_requests_says_how_many_are_left(tape: Taped) -> None:
    _, path = tape
    whole = path.read_text()
    path.write_text(whole[: whole.rindex("\n- request:") + 1])
    with pytest.raises(CassetteDamaged, match=r"holds \d+ of \d+ requests, it was cut off"):
        load(path)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"free":"', '"free":"9'),
        ("symbol=BTCUSDT", "symbol=ETHUSDT"),
        ("code: 200", "code: 201"),
        ("method: POST", "method: PUT"),
        ("starts_ms: 17", "starts_ms: 18"),
        ("venue: binance", "venue: mexc"),
        ("origin: simulated venue", "origin: live"),
        ("sanitised: false", "sanitised: true"),
    ],
)
def test_a_cassette_that_was_edited_by_hand(tape: Taped, old: str, new: str) -> None:
    _, path = tape
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(CassetteDamaged) as damaged:
        load(path)
    assert "edited" in one_sentence(damaged.value)


@pytest.mark.parametrize(
    "content",
    [b"", b"\x00\x89PNG\r\n\xff\xfe", b"[1, 2]", b"cassette: 5", b"a: b: c", b"%TAG\n---\n- !!x"],
    ids=["empty", "binary", "list", "number", "no yaml", "tags"],
)
def test_a_file_that_is_no_cassette(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "odd.yaml"
    path.write_bytes(content)
    with pytest.raises(CassetteDamaged) as damaged:
        load(path)
    one_sentence(damaged.value)


def test_a_cassette_is_data_and_runs_nothing(tmp_path: Path) -> None:
    path = tmp_path / "evil.yaml"
    path.write_text("cassette: !!python/object/apply:os.system ['exit 1']\n")
    with pytest.raises(CassetteDamaged):
        load(path)


def test_a_cassette_of_another_format_names_the_version_that_recorded_it(tape: Taped) -> None:
    _, path = tape
    text = path.read_text().replace("format: 1", "format: 9").replace("kit: 0.1.0", "kit: 7.3.1")
    path.write_text(text)
    with pytest.raises(CassetteOutdated) as outdated:
        load(path)
    words = one_sentence(outdated.value)
    assert "format 9" in words
    assert "exchangekit 7.3.1" in words


def test_a_request_that_is_not_recorded_names_the_version_that_recorded(
    tape: Taped, replay: Callable[..., Any]
) -> None:
    about, path = tape
    older = replace(load(path), kit="0.0.7")
    older.save(path)
    with pytest.raises(RequestNotRecorded, match=r"\(exchangekit 0\.0\.7\)"):
        replay(about, run=lambda rig: rig.exchange.fetch_ticker(rig.other))


@pytest.mark.parametrize("mode", ["sync", "async"])
def test_a_request_that_is_not_recorded_names_the_nearest_and_the_difference(
    tape: Taped, replay: Callable[..., Any], mode: str
) -> None:
    about, _ = tape

    def ask(rig: Rig) -> Any:
        return rig.exchange.fetch_ticker(rig.other)

    with pytest.raises(RequestNotRecorded) as missed:
        replay(about, mode, ask)
    words = one_sentence(missed.value)
    assert "GET /api/v3/ticker/24hr is not in it; nearest is its request 2" in words
    assert "the parameter symbol is ETHUSDT, recorded is BTCUSDT" in words


def test_an_order_that_is_not_recorded_is_told_as_that_and_not_as_a_lost_order(
    tape: Taped, replay: Callable[..., Any]
) -> None:
    about, _ = tape

    def order(rig: Rig) -> Any:
        price, amount = rig.price("0.8", "buy"), rig.amount("200")
        return rig.exchange.create_limit_order(
            rig.symbol, "buy", amount, price, client_order_id="another01"
        )

    with pytest.raises(RequestNotRecorded) as missed:
        replay(about, run=order)
    assert re.search("newClientOrderId is another01, recorded is taped0001", str(missed.value))
    assert "POST /api/v3/order" in str(missed.value)


BASE = Asked("GET", "http://v.invalid/a?b=2&a=1", b"", (("x-key", "k"), ("x-time", "1")))
DIFFERENCES = [
    (replace(BASE, method="POST"), "the method is POST, recorded is GET"),
    (replace(BASE, uri="http://v.invalid/c?b=2&a=1"), "the path is /c, recorded is /a"),
    (
        replace(BASE, uri="http://v.invalid/a?a=1&b=2"),
        "the parameters are in another order: a, b, not b, a",
    ),
    (replace(BASE, uri="http://v.invalid/a?b=3&a=1"), "the parameter b is 3, recorded is 2"),
    (replace(BASE, uri="http://v.invalid/a?b=2"), "the parameter a is missing"),
    (replace(BASE, uri="http://v.invalid/a?b=2&a=1&c=1"), "the parameter c is not recorded"),
    (replace(BASE, uri="http://v.invalid/a?b=2&a=1&"), "the parameter  is not recorded"),
    (replace(BASE, body=b"{}"), "the body is '{}', recorded is ''"),
    (replace(BASE, headers=(("x-key", "j"), ("x-time", "1"))), "the header x-key differs"),
    (replace(BASE, headers=(("x-key", "k"),)), "the header x-time is missing"),
    (
        replace(BASE, headers=(("x-key", "k"), ("x-time", "2"))),
        "the header x-time is '2', not '1'",
    ),
    (replace(BASE, headers=(*BASE.headers, ("z", "1"))), "the header z is not recorded"),
]


@pytest.mark.parametrize(("wanted", "words"), DIFFERENCES, ids=[row[1] for row in DIFFERENCES])
def test_what_differs_is_said_in_words(wanted: Asked, words: str) -> None:
    other = replace(BASE, method="DELETE", uri="http://v.invalid/elsewhere")
    told = explain(wanted, [other, BASE])
    assert "nearest is its request 2, GET /a:" in told
    assert words in told


def test_the_difference_of_a_signature_is_told_without_it() -> None:
    held = replace(BASE, uri="http://v.invalid/a?b=2&signature=abc")
    told = explain(replace(BASE, uri="http://v.invalid/a?b=2&signature=def"), [held])
    assert "the parameter signature differs" in told
    assert "abc" not in told
    assert "def" not in told.replace("differs", "")


def test_an_empty_cassette_says_so() -> None:
    assert explain(BASE, []) == "GET /a is not in it: it holds no request at all"
