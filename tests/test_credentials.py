"""Where keys come from, in which order, and that they never show anywhere."""

from __future__ import annotations

import copy
import json
import logging
import os
import pickle
import re
import sys
import traceback
import types
from collections.abc import Iterator
from pathlib import Path
from types import MappingProxyType
from typing import Any, ClassVar

import pytest
from pydantic import SecretStr
from support.helpers import Either, sync_toy
from support.toy import (
    KEY,
    SECRET,
    Entry,
    PassphraseToy,
    Script,
    SyncToy,
    ToyAdapter,
    lost,
    plugin_of,
    refusal,
    reply,
    timed_out,
)

from exchangekit import Credentials, OrderEvent, connect_sync, hookimpl
from exchangekit.adapter import Environment, Shape
from exchangekit.credentials import load_credentials
from exchangekit.errors import ConfigurationError, ExchangeError, MalformedCredentials, Outcome
from exchangekit.plugins import load

START = "EXCHANGEKIT_TOYPASS_"
NAMES = ("API_KEY", "API_SECRET", "PASSPHRASE")


class Keyring:
    """A fake of the module `keyring`: what it holds, and how it fails."""

    def __init__(self, held: dict[str, str], failure: Exception | None = None) -> None:
        self.held = held
        self.failure = failure
        self.asked: list[tuple[str, str]] = []

    def get_password(self, service: str, name: str) -> str | None:
        self.asked.append((service, name))
        if self.failure is not None:
            raise self.failure
        return self.held.get(name)


class KeyringError(Exception):
    pass


class NoKeyringError(KeyringError, RuntimeError):
    pass


@pytest.fixture
def keyring(monkeypatch: pytest.MonkeyPatch) -> Keyring:
    """An empty system keyring in the place of this machine's."""
    fake = Keyring({})
    module, errors = types.ModuleType("keyring"), types.ModuleType("keyring.errors")
    module.get_password = fake.get_password  # type: ignore[attr-defined]
    module.errors = errors  # type: ignore[attr-defined]
    errors.KeyringError, errors.NoKeyringError = KeyringError, NoKeyringError  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "keyring", module)
    monkeypatch.setitem(sys.modules, "keyring.errors", errors)
    return fake


@pytest.fixture(autouse=True)
def _no_keyring(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    monkeypatch.chdir(tmp_path)


def values(found: Credentials | None) -> tuple[str, str, str | None] | None:
    if found is None:
        return None
    phrase = found.passphrase.get_secret_value() if found.passphrase else None
    return found.api_key.get_secret_value(), found.secret.get_secret_value(), phrase


def keys_of(source: str) -> tuple[str, str, str]:
    return (f"key-of-{source}", f"sec-of-{source}", f"phrase-of-{source}")


def put(source: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, keyring: Keyring) -> Any:
    """Have `source` hold its keys; arguments for `load_credentials`."""
    rows = dict(zip((START + name for name in NAMES), keys_of(source), strict=True))
    if source == "argument":
        return dict(zip(("api_key", "secret", "passphrase"), keys_of(source), strict=True))
    if source == "environment":
        for name, value in rows.items():
            monkeypatch.setenv(name, value)
    elif source == "dotenv":
        (tmp_path / ".env").write_text("".join(f"{name}='{v}'\n" for name, v in rows.items()))
    elif source == "directory":
        folder = tmp_path / "secrets"
        folder.mkdir(exist_ok=True)
        for name, value in rows.items():
            (folder / name).write_text(value + "\n")
        return {"secrets_dir": folder}
    else:
        keyring.held.update(rows)
    return {}


ORDER = ("argument", "environment", "dotenv", "directory", "keyring")


@pytest.mark.parametrize("first", range(len(ORDER)))
def test_the_first_source_that_has_them_wins(
    first: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, keyring: Keyring
) -> None:
    arguments: dict[str, Any] = {}
    for source in ORDER[first:]:
        arguments |= put(source, monkeypatch, tmp_path, keyring)
    found = load_credentials(PassphraseToy(), **arguments)
    assert values(found) == keys_of(ORDER[first])
    assert bool(keyring.asked) is (ORDER[first] == "keyring")


def test_no_source_at_all_is_no_error() -> None:
    assert load_credentials(PassphraseToy()) is None


def test_each_value_comes_from_the_first_source_that_has_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, keyring: Keyring
) -> None:
    monkeypatch.setenv(START + "API_KEY", "hidden")
    monkeypatch.setenv(START + "API_SECRET", "from-environment")
    (tmp_path / ".env").write_text(f"{START}API_SECRET=hidden\n")
    keyring.held[START + "PASSPHRASE"] = "from-keyring"
    found = load_credentials(PassphraseToy(), api_key="from-argument")
    assert values(found) == ("from-argument", "from-environment", "from-keyring")


@pytest.mark.parametrize("missing", range(3))
def test_a_part_that_is_nowhere_is_named(missing: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for at, name in enumerate(NAMES):
        if at != missing:
            monkeypatch.setenv(START + name, f"value-{at}")
    with pytest.raises(MalformedCredentials) as caught:
        load_credentials(PassphraseToy())
    assert f"set {START}{NAMES[missing]}, or pass it" in str(caught.value)
    assert "value-" not in str(caught.value)


def test_an_empty_variable_is_no_value(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.setenv(START + name, "")
    assert load_credentials(PassphraseToy()) is None


def test_a_passphrase_that_the_venue_does_not_have_is_not_asked_for() -> None:
    found = load_credentials(ToyAdapter(), api_key=KEY, secret=SECRET, passphrase="extra")
    assert values(found) == (KEY, SECRET, None)


def test_names_of_variables_are_read_in_any_case(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in zip(NAMES, keys_of("lower"), strict=True):
        monkeypatch.setenv((START + name).lower(), value)
    assert values(load_credentials(PassphraseToy())) == keys_of("lower")


# Accounts


def test_accounts_have_keys_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    for middle, source in (("", "default"), ("BOT1_", "one"), ("BOT_2_", "two")):
        for name, value in zip(NAMES, keys_of(source), strict=True):
            monkeypatch.setenv(START + middle + name, value)
    adapter = PassphraseToy()
    assert values(load_credentials(adapter)) == keys_of("default")
    for account, source in (("bot1", "one"), ("BOT1", "one"), ("bot_2", "two")):
        found = load_credentials(adapter, account=account)
        assert values(found) == keys_of(source)
        assert found is not None
        assert found.account == account


def test_an_account_without_keys_never_falls_back_on_the_default_ones(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in zip(NAMES, keys_of("default"), strict=True):
        monkeypatch.setenv(START + name, value)
    with pytest.raises(ConfigurationError, match=f"set {START}BOT1_API_KEY and"):
        load_credentials(PassphraseToy(), account="bot1")


def test_several_accounts_are_connected_at_once(
    toy_venue: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for account in ("A", "B"):
        monkeypatch.setenv(f"EXCHANGEKIT_TOY_{account}_API_KEY", f"key-of-{account}")
        monkeypatch.setenv(f"EXCHANGEKIT_TOY_{account}_API_SECRET", f"sec-of-{account}")
    script = Script(standing={"/balance": reply({})})
    with (
        sync_toy(script, keys=False, account="a") as first,
        sync_toy(script, keys=False, account="b") as second,
    ):
        assert (first.account, second.account) == ("a", "b")
        first.fetch_balance()
        second.fetch_balance()
        assert "account='a'" in repr(first)
    sent = [dict(one.headers).get("X-TOY-KEY") for one in script.private]
    assert sent == ["key-of-A", "key-of-B"]


# Files


def test_a_file_that_was_named_must_exist() -> None:
    with pytest.raises(ConfigurationError, match=r"there is no file 'prod\.env' to read keys from"):
        load_credentials(ToyAdapter(), env_file="prod.env")


@pytest.mark.parametrize("there", [True, False])
def test_a_secrets_directory_must_be_one(tmp_path: Path, there: bool) -> None:
    place = tmp_path / "secrets"
    if there:
        place.write_text("a file")
    with pytest.raises(ConfigurationError, match="secrets' is no directory"):
        load_credentials(ToyAdapter(), secrets_dir=place)


def test_files_that_are_not_text_are_said_to_be_so(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"\xff\xfe\x00secret")
    with pytest.raises(ConfigurationError, match=r"keys cannot be read from \.env: not UTF-8 text"):
        load_credentials(ToyAdapter())
    folder = tmp_path / "s"
    folder.mkdir()
    (folder / "EXCHANGEKIT_TOY_API_KEY").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigurationError, match="not UTF-8 text"):
        load_credentials(ToyAdapter(), env_file=None, secrets_dir=folder)


def test_a_dotenv_that_is_switched_off_is_not_read(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("EXCHANGEKIT_TOY_API_KEY=k\nEXCHANGEKIT_TOY_API_SECRET=s\n")
    assert load_credentials(ToyAdapter(), env_file=None) is None
    assert values(load_credentials(ToyAdapter())) == ("k", "s", None)


def test_other_lines_of_a_dotenv_do_not_matter(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(
        "# keys\nDATABASE=x\nexport EXCHANGEKIT_TOY_API_KEY=k\nEXCHANGEKIT_TOY_API_SECRET='s#1'\n"
    )
    assert values(load_credentials(ToyAdapter())) == ("k", "s#1", None)


# The keyring


def test_the_keyring_is_asked_under_the_names_of_the_variables(keyring: Keyring) -> None:
    keyring.held["EXCHANGEKIT_TOY_BOT_API_KEY"] = "k"
    keyring.held["EXCHANGEKIT_TOY_BOT_API_SECRET"] = "s"
    assert values(load_credentials(ToyAdapter(), account="bot")) == ("k", "s", None)
    assert ("exchangekit", "EXCHANGEKIT_TOY_BOT_API_KEY") in keyring.asked


@pytest.mark.parametrize(
    ("failure", "warned"),
    [(NoKeyringError("none"), False), (KeyringError("locked"), True), (OSError("dbus"), True)],
)
def test_a_keyring_that_cannot_be_read_does_not_stop_public_data(
    keyring: Keyring, failure: Exception, warned: bool, caplog: pytest.LogCaptureFixture
) -> None:
    keyring.failure = failure
    with caplog.at_level(logging.WARNING, "exchangekit.credentials"):
        assert load_credentials(ToyAdapter()) is None
    assert ("the system keyring could not be read" in caplog.text) is warned


# The shape of a key


class Shaped(ToyAdapter):
    key_shape = Shape(re.compile(r"tk[0-9a-f]{8}"), "tk and eight digits")


def test_a_key_of_another_shape_is_refused_with_a_hint() -> None:
    with pytest.raises(MalformedCredentials) as caught:
        load_credentials(Shaped(), api_key="k3y0fAn0ther", secret=SECRET)
    text = str(caught.value)
    assert "does not look like one (tk and eight digits); this one has 12 characters" in text
    assert "another venue" in text
    assert "k3y0fAn0ther" not in text


def test_a_key_for_an_address_of_ones_own_may_have_any_shape() -> None:
    assert load_credentials(Shaped(), api_key="K", secret="S", own_address=True) is not None
    assert load_credentials(Shaped(), api_key="tk01234567", secret=SECRET) is not None


# Never shown

CANARY_KEY, CANARY_SECRET, CANARY_PHRASE = (
    "canaryKEY0123456",
    "canarySECRET01234",
    "canaryPHRASE0123",
)
CANARIES = (CANARY_KEY, CANARY_SECRET, CANARY_PHRASE)


def credentials() -> Credentials:
    return Credentials(CANARY_KEY, CANARY_SECRET, CANARY_PHRASE, "main")


def shows_nothing(text: str) -> None:
    for canary in CANARIES:
        assert canary not in text


def test_credentials_show_nothing_of_themselves() -> None:
    made = credentials()
    for shown in (
        repr(made),
        str(made),
        f"{made}",
        repr([made]),
        repr(made.secret),
        f"{made!r:>9}",
    ):
        shows_nothing(shown)
    assert repr(made) == "Credentials(account='main', api_key='**********')"


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_credentials_are_not_pickled(protocol: int) -> None:
    with pytest.raises(TypeError, match="never pickled or copied"):
        pickle.dumps(credentials(), protocol)


@pytest.mark.parametrize("way", [copy.copy, copy.deepcopy])
def test_credentials_are_not_copied(way: Any) -> None:
    with pytest.raises(TypeError, match="never pickled or copied"):
        way(credentials())


def test_credentials_are_not_serialised() -> None:
    with pytest.raises(TypeError):
        json.dumps(credentials())
    with pytest.raises(TypeError):
        vars(credentials())
    with pytest.raises(TypeError, match="never pickled"):
        credentials().__getstate__()


def test_an_exchange_is_not_pickled_or_copied(toy_venue: None) -> None:
    with sync_toy() as exchange:
        for way in (pickle.dumps, copy.copy, copy.deepcopy):
            with pytest.raises(TypeError, match="holds a connection and keys"):
                way(exchange)


def test_equal_credentials_are_equal() -> None:
    assert credentials() == credentials()
    assert hash(credentials()) == hash(credentials())
    assert credentials() != Credentials(CANARY_KEY, CANARY_SECRET)
    assert credentials() != CANARY_KEY


def test_masking_leaves_other_words_and_short_keys_alone() -> None:
    made = credentials()
    assert made.mask(f"key {CANARY_KEY} is bad") == "key […] is bad"
    assert Credentials("K", "S", "P").mask("Some PARKING") == "Some PARKING"


def faults() -> Iterator[tuple[str, Any]]:
    quoted = " ".join(CANARIES)
    yield "refused", refusal(-2010, quoted)
    yield "not known", refusal(-9999, quoted, 400)
    yield "broken", reply(f'{{"id": ["{quoted}"'.encode())
    yield "another shape", reply({"id": {CANARY_KEY: CANARY_SECRET}})
    yield "page", reply(f"<html><p>{quoted}</p></html>".encode(), 502)
    yield "limited", refusal(-1003, quoted, 429, retry_after="99")
    yield "banned", refusal(-1003, quoted, 418)
    yield "timed out", timed_out()
    yield "lost", lost()
    yield "transport", RuntimeError("boom")


@pytest.mark.parametrize("kind", ["sync", "async"])
@pytest.mark.parametrize(
    ("name", "fault"), list(faults()), ids=lambda value: value if isinstance(value, str) else ""
)
def test_no_fault_shows_a_key_in_its_text_its_chain_or_the_log(
    toy_venue: None, kind: str, name: str, fault: Any, caplog: pytest.LogCaptureFixture
) -> None:
    keys = {"api_key": SecretStr(CANARY_KEY), "secret": SecretStr(CANARY_SECRET)}
    with caplog.at_level(logging.DEBUG), pytest.raises(ExchangeError) as caught:
        Either(kind, Script([fault]), **keys).call(
            "create_order", "BTC/USDT", "limit", "buy", "1", "10"
        )
    shown = "".join(traceback.format_exception(caught.value)) + repr(caught.value) + caplog.text
    error: BaseException | None = caught.value
    while error is not None:
        shown += f"{error} {error!r} {error.args} {vars(error)}"
        error = error.__cause__
    shown += repr(pickle.dumps(caught.value))
    assert CANARY_KEY not in shown
    assert CANARY_SECRET not in shown


def test_the_error_of_a_key_that_cannot_be_right_shows_no_key_in_its_chain() -> None:
    with pytest.raises(MalformedCredentials) as caught:
        load_credentials(
            PassphraseToy(), api_key=CANARY_KEY, secret=CANARY_SECRET + "\n", passphrase=" "
        )
    shows_nothing("".join(traceback.format_exception(caught.value)))


def test_errors_survive_pickling() -> None:
    with pytest.raises(ExchangeError) as caught:
        raise ExchangeError("no", venue="toy", operation="x", code="-1", hint="Look.")
    again = pickle.loads(pickle.dumps(caught.value))
    assert str(again) == str(caught.value) == "toy x: no. Look."
    assert vars(again) == vars(caught.value)


# Keys that cannot be right and public data

ORDER_ARGUMENTS = ("BTC/USDT", "limit", "buy", "1", "10")


@pytest.mark.parametrize("kind", ["sync", "async"])
@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ({"API_KEY": KEY, "API_SECRET": '"quoted"'}, "the api_secret has quotation marks"),
        ({"API_KEY": "your_api_key", "API_SECRET": SECRET}, "the api_key is a placeholder"),
        ({"API_KEY": KEY}, "found only api_key: set EXCHANGEKIT_TOY_API_SECRET"),
    ],
)
def test_a_malformed_key_that_was_found_stops_no_public_data(
    toy_venue: None,
    kind: str,
    rows: dict[str, str],
    words: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    for name, value in rows.items():
        monkeypatch.setenv(f"EXCHANGEKIT_TOY_{name}", value)
    script = Script(standing={"/ticker": reply({"last": "1"})})
    either = Either(kind, script, keys=False)
    with caplog.at_level(logging.WARNING, "exchangekit.credentials"):
        assert either.call("fetch_ticker", "BTC/USDT").last == 1
    assert words in caplog.text
    for operation, arguments in (("fetch_balance", ()), ("create_order", ORDER_ARGUMENTS)):
        with pytest.raises(MalformedCredentials, match=words):
            either.call(operation, *arguments)
    assert {one.path for one in script.private} == {"/ticker"}
    for value in rows.values():
        assert value not in caplog.text


def test_a_dotenv_that_cannot_be_read_stops_no_public_data(toy_venue: None, tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"\xff\xfe\x00secret")
    script = Script(standing={"/ticker": reply({"last": "1"})})
    with sync_toy(script, keys=False, env_file=".env") as exchange:
        assert exchange.fetch_ticker("BTC/USDT").last == 1
        for _ in range(2):
            with pytest.raises(MalformedCredentials, match="not UTF-8 text"):
                exchange.fetch_balance()
    assert {one.path for one in script.private} == {"/ticker"}


def test_a_malformed_key_that_is_passed_is_refused_at_once(
    toy_venue: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(MalformedCredentials, match="white space around"):
        sync_toy(api_key=KEY + " ", secret=SECRET)
    monkeypatch.setenv("EXCHANGEKIT_TOY_API_SECRET", '"quoted"')
    with pytest.raises(MalformedCredentials, match="quotation marks"):
        sync_toy(keys=False, api_key=KEY)


def test_an_order_that_a_malformed_key_stops_is_told_as_not_sent(
    toy_venue: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Hears:
        heard: ClassVar[list[OrderEvent]] = []

        @hookimpl
        def exchangekit_on_order_outcome(self, event: OrderEvent) -> None:
            self.heard.append(event)

    monkeypatch.setenv("EXCHANGEKIT_TOY_API_KEY", KEY)
    with (
        sync_toy(keys=False, hooks=[Hears()]) as exchange,
        pytest.raises(MalformedCredentials),
    ):
        exchange.create_order(*ORDER_ARGUMENTS)
    (event,) = Hears.heard
    assert event.outcome is Outcome.NOT_SENT


# Where they come from


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("argument", "arguments"),
        ("environment", "the environment"),
        ("dotenv", "the file .env"),
        ("directory", "the directory "),
        ("keyring", "the system keyring"),
    ],
)
def test_where_keys_come_from_is_known_and_logged_once_without_them(
    source: str,
    words: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    keyring: Keyring,
    caplog: pytest.LogCaptureFixture,
) -> None:
    arguments = put(source, monkeypatch, tmp_path, keyring)
    found = load_credentials(PassphraseToy(), **arguments)
    assert found is not None
    assert found.source.startswith(words)
    venues = load([Entry("toypass", plugin_of(PassphraseToy))])
    monkeypatch.setattr(sys.modules["exchangekit.connect"], "installed", lambda: venues)
    with caplog.at_level(logging.INFO, "exchangekit.credentials"):
        connect_sync("toypass", transport=SyncToy(Script()), **arguments).close()
    (line,) = caplog.messages
    assert line == f"ToyPass: the key comes from {found.source}"
    for value in keys_of(source):
        assert value not in line


def test_keys_of_several_sources_say_which_is_whose(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("EXCHANGEKIT_TOY_API_KEY", KEY)
    (tmp_path / ".env").write_text(f"EXCHANGEKIT_TOY_API_SECRET={SECRET}\n")
    found = load_credentials(ToyAdapter())
    assert found is not None
    assert found.source == "api_key from the environment, api_secret from the file .env"


# Files that somebody else can write


def dotenv(tmp_path: Path, mode: int) -> Path:
    file = tmp_path / ".env"
    file.write_text(f"EXCHANGEKIT_TOY_API_KEY={KEY}\nEXCHANGEKIT_TOY_API_SECRET={SECRET}\n")
    file.chmod(mode)
    return file


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o644, 0o664])
def test_a_dotenv_of_ones_own_is_read(tmp_path: Path, mode: int) -> None:
    dotenv(tmp_path, mode)
    assert values(load_credentials(ToyAdapter())) == (KEY, SECRET, None)


@pytest.mark.parametrize("mode", [0o602, 0o646, 0o666, 0o777])
def test_a_dotenv_that_everybody_may_write_is_refused(tmp_path: Path, mode: int) -> None:
    dotenv(tmp_path, mode)
    with pytest.raises(ConfigurationError, match=r"\.env are not used: everybody may write") as it:
        load_credentials(ToyAdapter())
    assert f"mode is {mode:04o}" in str(it.value)
    assert "chmod o-w .env" in str(it.value)
    assert KEY not in str(it.value)


def test_a_dotenv_of_somebody_else_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = dotenv(tmp_path, 0o600).stat().st_uid
    monkeypatch.setattr(os, "geteuid", lambda: owner + 1)
    with pytest.raises(ConfigurationError, match="belongs to somebody else") as caught:
        load_credentials(ToyAdapter())
    assert f"user {owner}, this program runs as {owner + 1}" in str(caught.value)


def test_a_dotenv_that_holds_no_key_of_the_venue_may_be_anybodys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dotenv(tmp_path, 0o666)
    assert load_credentials(PassphraseToy()) is None
    monkeypatch.setenv("EXCHANGEKIT_TOY_API_KEY", "k")
    monkeypatch.setenv("EXCHANGEKIT_TOY_API_SECRET", "s")
    assert values(load_credentials(ToyAdapter())) == ("k", "s", None)


@pytest.mark.parametrize("name", ["", "EXCHANGEKIT_TOY_API_SECRET"])
def test_a_secrets_directory_that_everybody_may_write_is_refused(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "secrets"
    folder.mkdir()
    for variable, value in (("API_KEY", KEY), ("API_SECRET", SECRET)):
        (folder / f"EXCHANGEKIT_TOY_{variable}").write_text(value)
    assert values(load_credentials(ToyAdapter(), secrets_dir=folder)) == (KEY, SECRET, None)
    (folder / name).chmod(0o777)
    with pytest.raises(ConfigurationError, match="are not used: everybody may write that"):
        load_credentials(ToyAdapter(), secrets_dir=folder)


def test_a_dotenv_that_is_refused_stops_no_public_data_unless_it_was_named(
    toy_venue: None, tmp_path: Path
) -> None:
    file = dotenv(tmp_path, 0o666)
    script = Script(standing={"/ticker": reply({"last": "1"})})
    with sync_toy(script, keys=False, env_file=".env") as exchange:
        assert exchange.fetch_ticker("BTC/USDT").last == 1
        with pytest.raises(ConfigurationError, match="everybody may write"):
            exchange.fetch_balance()
    assert {one.path for one in script.private} == {"/ticker"}
    with pytest.raises(ConfigurationError, match="everybody may write"):
        sync_toy(keys=False, env_file=file)


# Where they go


@pytest.mark.parametrize("kind", ["sync", "async"])
@pytest.mark.parametrize("passed", [True, False])
@pytest.mark.parametrize(
    "address", ["http://venue.invalid", "HTTP://venue.invalid", "http://10.0.0.1:80", "http://sim"]
)
def test_no_key_goes_over_plain_http_to_another_machine(
    toy_venue: None, kind: str, passed: bool, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = Script(standing={"/ticker": reply({"last": "1"}), "/balance": reply({})})
    either = Either(kind, script, keys=False, base_url=address)
    assert either.call("fetch_ticker", "BTC/USDT").last == 1
    if passed:
        either.options |= {"api_key": KEY, "secret": SECRET}
        with pytest.raises(ConfigurationError, match="unencrypted"):
            either.call("fetch_ticker", "BTC/USDT")
    else:
        monkeypatch.setenv("EXCHANGEKIT_TOY_API_KEY", KEY)
        monkeypatch.setenv("EXCHANGEKIT_TOY_API_SECRET", SECRET)
        assert either.call("fetch_ticker", "BTC/USDT").last == 1
    with pytest.raises(ConfigurationError, match="insecure_http=True"):
        either.call("fetch_balance")
    assert {one.path for one in script.private} == {"/ticker"}
    either.options["insecure_http"] = True
    either.call("fetch_balance")
    assert script.private[-1].path == "/balance"


@pytest.mark.parametrize(
    "address",
    [
        "https://venue.invalid",
        "http://127.0.0.1:8801",
        "http://127.9.9.9",
        "http://localhost:1",
        "http://[::1]:1",
    ],
)
def test_a_key_goes_over_tls_and_to_this_machine(toy_venue: None, address: str) -> None:
    script = Script(standing={"/balance": reply({})})
    with sync_toy(script, base_url=address) as exchange:
        exchange.fetch_balance()
    assert len(script.asked("/balance")) == 1


def test_an_environment_of_a_plugin_that_is_not_encrypted_gets_no_key(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Plain(ToyAdapter):
        environments = MappingProxyType({"live": Environment("http://toy.invalid")})

    venues = load([Entry("toy", plugin_of(Plain))])
    monkeypatch.setattr(sys.modules["exchangekit.connect"], "installed", lambda: venues)
    with pytest.raises(ConfigurationError, match="unencrypted"):
        sync_toy()


@pytest.mark.parametrize("value", [1, "yes", None])
def test_insecure_http_is_said_plainly(toy_venue: None, value: Any) -> None:
    with pytest.raises(ConfigurationError, match=r"insecure_http is .*, expected True or False"):
        sync_toy(insecure_http=value)
