"""No error that leaves the kit has passed a frame whose variables hold a key as plain text."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from support.frames import shown
from support.strategies import DECLARED
from support.toy import (
    AsyncToy,
    Entry,
    PassphraseToy,
    Script,
    SyncToy,
    get,
    lost,
    not_connected,
    plugin_of,
    refusal,
    reply,
)

from exchangekit import connect, connect_sync
from exchangekit.adapter import Credentials, Origin, Shape, Stamp
from exchangekit.credentials import load_credentials
from exchangekit.errors import ExchangeKitError, MalformedCredentials
from exchangekit.plugins import load

KEY, SECRET, PHRASE = "canaryKEY0123456", "canarySECRET01234", "canaryPHRASE0123"
WORD = "canary"


class Shaped(PassphraseToy):
    key_shape = Shape(re.compile(r"canaryKEY[0-9]{7}"), "seven digits")


@pytest.fixture(autouse=True)
def _shaped(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    found = load([Entry("toypass", plugin_of(Shaped))])
    monkeypatch.setattr(sys.modules["exchangekit.connect"], "installed", lambda: found)
    monkeypatch.setitem(sys.modules, "keyring", None)
    monkeypatch.chdir(tmp_path)


GOOD: dict[str, Any] = {"api_key": KEY, "secret": SECRET, "passphrase": PHRASE}
WRONG: list[dict[str, Any]] = [
    {"secret": " " + SECRET},
    {"secret": SECRET + "\n"},
    {"secret": SECRET[:9] + " " + SECRET[9:]},
    {"secret": f'"{SECRET}"'},
    {"secret": "-----BEGIN PRIVATE KEY-----" + SECRET},
    {"secret": SECRET + "é"},
    {"secret": SECRET + "\ud800"},
    {"secret": f"<{SECRET}>"},
    {"secret": SECRET.encode()},
    {"secret": [SECRET]},
    {"secret": KEY},
    {"secret": None},
    {"passphrase": PHRASE + " "},
    {"api_key": "canaryOTHER"},
    {"api_key": KEY + " "},
    {"account": "-"},
    {"account": 5},
    {"environment": "moon"},
    {"base_url": "moon"},
    {"proxy": "http://127.0.0.1:1", "transport": None},
    {"recv_window": 0},
    {"max_wait": "x"},
    {"env_file": "nowhere", "secret": None},
    {"secrets_dir": "nowhere", "secret": None},
    {"hooks": 5},
    {"transport": "moon"},
    {"api_secret": SECRET},
    {"apikey": KEY},
]


def ids(value: Any) -> str:
    return " ".join(value) if isinstance(value, dict) else ""


def of_a_file(changes: dict[str, Any]) -> bool:
    """Whether a file can hold it: white space at its ends is not read."""
    (value,) = changes.values()
    return (isinstance(value, str) and value == value.strip()) or value is None


@pytest.mark.parametrize("kind", ["sync", "async"])
@pytest.mark.parametrize("wrapped", [False, True])
@pytest.mark.parametrize("changes", WRONG, ids=ids)
def test_no_error_of_connect_passes_a_frame_that_holds_a_key(
    changes: dict[str, Any], wrapped: bool, kind: str
) -> None:
    toy = SyncToy(Script()) if kind == "sync" else AsyncToy(Script())
    options = {"transport": toy} | GOOD | changes
    if wrapped:
        held = {name: value for name, value in options.items() if WORD in str(value)}
        options |= {name: SecretStr(value) for name, value in held.items()}
    open_it: Callable[..., Any] = connect_sync if kind == "sync" else connect
    with pytest.raises(ExchangeKitError) as caught:
        open_it("toypass", **options)
    assert WORD not in shown(caught.value)


@pytest.mark.parametrize("venue", ["moon", 5, "toypas"])
def test_no_error_of_a_wrong_venue_passes_a_frame_that_holds_a_key(venue: Any) -> None:
    with pytest.raises(ExchangeKitError) as caught:
        connect_sync(venue, **GOOD)
    assert WORD not in shown(caught.value)


@pytest.mark.parametrize(
    "changes",
    [one for one in WRONG if set(one) <= set(GOOD) and of_a_file(one)],
    ids=ids,
)
def test_no_error_of_keys_that_were_found_passes_a_frame_that_holds_one(
    changes: dict[str, Any], tmp_path: Path
) -> None:
    rows = {name: value for name, value in (GOOD | changes).items() if isinstance(value, str)}
    names = {"api_key": "API_KEY", "secret": "API_SECRET", "passphrase": "PASSPHRASE"}
    folder = tmp_path / "keys"
    folder.mkdir()
    for name, value in rows.items():
        held = value.encode("utf-8", "surrogatepass")
        (folder / f"EXCHANGEKIT_TOYPASS_{names[name]}").write_bytes(held)
    with pytest.raises(ExchangeKitError) as caught:
        load_credentials(Shaped(), secrets_dir=folder)
    assert WORD not in shown(caught.value)


def test_a_file_that_cannot_be_read_is_not_shown_with_what_was_read(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(f"EXCHANGEKIT_TOYPASS_API_KEY={KEY}\n".encode() + b"\xff\xfe")
    with pytest.raises(ExchangeKitError) as caught:
        load_credentials(Shaped())
    assert "not UTF-8 text" in str(caught.value)
    assert WORD not in shown(caught.value)


@pytest.mark.parametrize(
    "answer",
    [
        lost(),
        not_connected(),
        RuntimeError("a defect"),
        refusal(-2010, "no"),
        reply(b"no json"),
        reply({"id": ["no id"]}),
    ],
)
@pytest.mark.parametrize("operation", ["create_order", "fetch_balance"])
def test_no_error_of_a_signed_request_passes_a_frame_that_holds_a_key(
    operation: str, answer: Any
) -> None:
    arguments = ("BTC/USDT", "limit", "buy", "1", "10") if operation == "create_order" else ()
    with (
        connect_sync(
            "toypass", transport=SyncToy(Script([answer] * 5)), resolve=False, **GOOD
        ) as exchange,
        pytest.raises(ExchangeKitError) as caught,
    ):
        getattr(exchange, operation)(*arguments)
    assert WORD not in shown(caught.value)


@pytest.mark.parametrize("venue", DECLARED)
@pytest.mark.parametrize("broken", [{"body": None}, {"headers": None}])
def test_a_signer_that_fails_passes_no_frame_that_holds_a_key(
    venue: str, broken: dict[str, Any]
) -> None:
    signer, held = DECLARED[venue], Credentials(KEY, SECRET, PHRASE)
    request = replace(get("/x", signed=True), **broken)
    with pytest.raises(TypeError) as caught:
        signer.sign(request, held, Stamp(1, 1), Origin("https://toy.invalid"))
    assert WORD not in shown(caught.value)


def test_credentials_that_cannot_be_used_pass_no_frame_that_holds_one() -> None:
    with pytest.raises(MalformedCredentials) as caught:
        Credentials(KEY, SECRET + "\ud800")
    assert WORD not in shown(caught.value)
