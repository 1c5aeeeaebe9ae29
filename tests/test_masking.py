"""What a venue quotes of a key is not shown, however it is written and wherever a text is cut."""

from __future__ import annotations

import html
import json
from urllib.parse import quote, quote_plus

import pytest
from support.stepper import Stepper, policy
from support.toy import Script, get, refusal, reply

from exchangekit.adapter import Call, Credentials
from exchangekit.adapter.decode import decode
from exchangekit.errors import BadReply, ExchangeError
from exchangekit.excerpts import excerpt

SECRET = "s/3cr+t \"<'ä&=%"
KEYS = Credentials("an-api-key-0123", SECRET, "pass & phrase")


@pytest.mark.parametrize(
    "written",
    [
        SECRET,
        quote(SECRET),
        quote(SECRET, safe=""),
        quote_plus(SECRET),
        quote(SECRET, safe="").lower().replace("s%2f3cr%2bt", "s%2f3cr%2bt"),
        json.dumps(SECRET)[1:-1],
        json.dumps(SECRET, ensure_ascii=False)[1:-1],
        json.dumps(SECRET)[1:-1].replace("/", "\\/"),
        html.escape(SECRET),
        html.escape(SECRET, quote=False),
        html.escape(SECRET).replace("&#x27;", "&#39;"),
    ],
)
def test_a_secret_is_masked_however_it_is_written(written: str) -> None:
    assert KEYS.mask(f"you sent {written}, which is wrong") == "you sent […], which is wrong"


@pytest.mark.parametrize("held", ["an-api-key-0123", "pass &amp; phrase", "pass+%26+phrase"])
def test_key_and_passphrase_are_masked_too(held: str) -> None:
    assert held not in KEYS.mask(f"<b>{held}</b>")


@pytest.mark.parametrize("before", range(130, 165))
def test_no_half_of_a_key_is_left_where_an_excerpt_is_cut(before: int) -> None:
    text = "x " * (before // 2) + "y" * (before % 2) + " an-api-key-0123 and more " * 9
    shown = KEYS.mask(excerpt(text))
    assert "an-api" not in shown
    assert len(shown) <= 170


def test_a_long_token_at_the_edge_of_what_is_looked_at_is_masked_whole() -> None:
    text = " " * 600 + "k" * 60 + " " * 500
    assert "kkk" not in excerpt(text)


def test_neither_cause_nor_context_of_an_error_shows_what_the_venue_quoted() -> None:
    def parse(answer: object) -> None:
        try:
            raise ValueError(f"context with {SECRET}")
        except ValueError as problem:
            raise BadReply("it cannot be read") from KeyError(str(problem))

    steps = Stepper(Script([reply({})]))
    with pytest.raises(ExchangeError) as caught:
        steps.run(policy(credentials=KEYS).call("fetch_status", Call(get("/status"), parse)))
    shown, link = "", caught.value
    chain: list[BaseException] = [link]
    for one in chain:
        shown += repr(one)
        chain += [more for more in (one.__cause__, one.__context__) if more not in (None, *chain)]
    assert "3cr" not in shown


def test_a_refusal_that_quotes_the_key_in_json_shows_none_of_it() -> None:
    steps = Stepper(Script([refusal(-2015, f"key {SECRET} is not known")]))
    with pytest.raises(ExchangeError) as caught:
        steps.run(policy(credentials=KEYS).call("fetch_status", Call(get("/status"), decode)))
    assert "3cr" not in str(caught.value)
    assert "3cr" not in str(caught.value.venue_message)
