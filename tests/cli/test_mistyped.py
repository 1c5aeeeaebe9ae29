"""Every argument and every option of every command, mistyped once: one sentence, exit code 2 (or 1
where only the venue can know), nothing on standard output.

The table is held to the commands themselves: an argument without a case is a failure.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import typer
from support.commands import Command, key_variables

from exchangekit.cli.app import app
from exchangekit.sim import SimulatedVenue

Path = tuple[str, ...]
Running = tuple[str, SimulatedVenue]

RIGHT: dict[str, list[str]] = {
    "venues": [],
    "markets": ["binance"],
    "ticker": ["binance", "BTC/USDT"],
    "book": ["binance", "BTC/USDT"],
    "candles": ["binance", "BTC/USDT"],
    "trades": ["binance", "BTC/USDT"],
    "balance": ["binance"],
    "order place": ["binance", "BTC/USDT", "buy", "0.001"],
    "order show": ["binance", "BTC/USDT", "1"],
    "order cancel": ["binance", "BTC/USDT", "1"],
    "order open": ["binance", "BTC/USDT"],
    "fees": ["binance", "BTC/USDT"],
    "journal": [],
    "reconcile": ["binance"],
    "halt": ["binance", "a reason"],
    "lift": ["binance"],
    "journal export": ["out.jsonl"],
    "journal prune": ["--older-than", "90d"],
    "monitor": ["binance"],
    "doctor": ["binance"],
    "sim": ["binance"],
    "new-venue": ["zeta"],
    "demo": ["binance"],
}
"""How each command is typed."""

EVERYWHERE: dict[str, tuple[str, int, str]] = {
    "venue": ("binanse", 2, "Did you mean 'binance'?"),
    "symbol": ("BTC/USTD", 2, "BTC/USDT"),
    "symbols": ("BTC/USTD", 2, "BTC/USDT"),
    "environment": ("lvie", 2, "it has: live, testnet, demo"),
    "base_url": ("htp:/127.0.0.1", 2, "base_url is not an address such as"),
    "account": ("my bot", 2, "not letters, digits and underscores"),
    "client_order_id": ("nosuchname1", 1, "order"),
    "id": ("99999999999", 1, "order"),
    "venues": ("binanse", 2, "There is no simulated venue 'binanse'"),
    "seed": ("seven", 2, "--seed"),
}
"""What is mistyped, the exit code, and words of the sentence."""

PARTICULAR: dict[tuple[str, str], tuple[str, int, str]] = {
    ("markets", "quote"): ("USTD", 2, "did you mean USDT"),
    ("book", "depth"): ("ten", 2, "--depth"),
    ("candles", "timeframe"): ("1hour", 2, "Binance has: 1s, 1m"),
    ("candles", "limit"): ("0", 2, "--limit"),
    ("candles", "since"): ("yesterday", 2, "expected 2026-01-31"),
    ("trades", "limit"): ("100000", 2, "at most 1000 trades"),
    ("order place", "side"): ("bye", 2, "expected one of: buy, sell"),
    ("order place", "amount"): ("0,001", 2, "amount is '0,001'"),
    ("order place", "cost"): ("1OO", 2, "cost is '1OO'"),
    ("order place", "limit"): ("5e", 2, "price is '5e'"),
    ("order place", "time_in_force"): ("gct", 2, "gtc, post_only, ioc, fok"),
    ("order place", "client_order_id"): ("my order", 1, "Leave it out"),
    ("doctor", "request"): ("nonsense", 2, "expected a URL, a curl command"),
    ("doctor", "secret_env"): ("NOT_SET", 2, "--secret-env"),
    ("doctor", "key_env"): ("NOT_SET", 2, "--key-env"),
    ("doctor", "passphrase_env"): ("NOT_SET", 2, "--passphrase-env"),
    ("doctor", "sent_at"): ("noon", 2, "--sent-at is no time"),
    ("journal", "since"): ("yesterday", 2, "expected 2026-01-31"),
    ("journal", "file"): ("nowhere.journal", 2, "There is no journal nowhere.journal"),
    ("journal export", "target"): ("nowhere/a", 2, "nowhere/a cannot be written: No such file"),
    ("journal prune", "older_than"): ("90", 2, "expected days or hours such as 90d or 36h"),
    ("halt", "reason"): (" ", 2, "expected words for whoever finds trading halted"),
    ("monitor", "venues"): ("binanse", 2, "Did you mean 'binance'?"),
    ("monitor", "every"): ("often", 2, "--every"),
    ("sim", "key"): ("", 2, "--key is empty"),
    ("sim", "secret"): ("a b", 2, "--secret is empty or has spaces"),
    ("sim", "public_key"): ("nowhere.pem", 2, "nowhere.pem: No such file"),
    ("sim", "passphrase"): ("Schlüssel", 2, "--passphrase is empty or has"),
    ("sim", "port"): ("88O1", 2, "--port"),
    ("new-venue", "name"): ("Zeta!", 2, "lower-case letters and digits"),
    ("new-venue", "dir"): ("nowhere", 2, "no folder nowhere"),
}

INSTEAD_OF_AMOUNT = {"cost"}
INSTEAD_OF_ID = {"client_order_id"}
WITH_REQUEST = {"secret_env", "key_env", "passphrase_env", "sent_at"}


def leaves(found: Any, path: Path = ()) -> Iterator[tuple[str, Any]]:
    inner = getattr(found, "commands", None)
    if inner is None:
        yield " ".join(path), found
        return
    if found.invoke_without_command and path:
        yield " ".join(path), found
    for name, one in inner.items():
        yield from leaves(one, (*path, name))


COMMANDS = dict(leaves(typer.main.get_command(app)))
VALUES = [
    (name, one)
    for name, found in COMMANDS.items()
    for one in found.params
    if not getattr(one, "is_flag", False)
]
OPTIONS = [
    (name, option)
    for name, found in COMMANDS.items()
    for one in found.params
    for option in one.opts
    if option.startswith("--")
]


def mistyped(name: str, one: Any, wrong: str) -> list[str]:
    """The command with one value wrong."""
    words = list(RIGHT[name])
    places = [each.name for each in COMMANDS[name].params if each.param_type_name == "argument"]
    if one.param_type_name == "argument":
        at = places.index(one.name)
        return [*words[:at], wrong, *words[at + 1 :]]
    if name == "order place" and one.name in INSTEAD_OF_AMOUNT:
        words.pop()
    if name in ("order show", "order cancel") and one.name in INSTEAD_OF_ID:
        words.pop()
    if name == "order place" and one.name in ("time_in_force", "client_order_id"):
        words += ["--limit", "50000"]
    if one.name in WITH_REQUEST:
        words += ["--request", "https://api.binance.com/api/v3/account?timestamp=1&signature=00"]
    return [*words, one.opts[0], wrong]


def test_every_command_is_in_the_table() -> None:
    assert set(RIGHT) == set(COMMANDS)
    assert len(VALUES) > 60


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_takes_json(name: str) -> None:
    assert "--json" in {option for one in COMMANDS[name].params for option in one.opts}


@pytest.mark.parametrize(
    ("name", "parameter"), VALUES, ids=[f"{name}: {one.name}" for name, one in VALUES]
)
def test_a_value_that_is_mistyped_is_one_sentence(
    command: Command, parameter: Any, name: str, one: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable, value in key_variables("binance").items():
        monkeypatch.setenv(variable, value)
    wrong, code, words = PARTICULAR.get((name, parameter.name)) or EVERYWHERE[parameter.name]
    typed = mistyped(name, parameter, wrong)
    connects = any(each.name == "base_url" for each in COMMANDS[name].params)
    if connects and parameter.name != "base_url":
        typed += ["--base-url", one[1].url]
    seen = command(*name.split(), *typed)
    assert (seen.code, seen.out) == (code, ""), seen
    assert len(seen.err.splitlines()) == 1
    assert words in seen.err
    assert "defect" not in seen.err
    assert one[1].control.orders() == []


@pytest.mark.parametrize(("name", "option"), OPTIONS, ids=[" ".join(one) for one in OPTIONS])
def test_an_option_that_is_mistyped_is_named_with_what_may_be_meant(
    command: Command, name: str, option: str
) -> None:
    wrong = f"{option}s"
    seen = command(*name.split(), *RIGHT[name], wrong)
    assert (seen.code, seen.out) == (2, "")
    assert len(seen.err.splitlines()) == 1
    assert f"No such option: {wrong}" in seen.err
    assert option in seen.err.replace(wrong, "")
    assert f"See: exchangekit {name} --help" in seen.err


@pytest.mark.parametrize("name", COMMANDS)
def test_a_word_too_many_or_too_few_is_one_sentence(command: Command, name: str) -> None:
    takes = [one for one in COMMANDS[name].params if one.param_type_name == "argument"]
    has_commands = hasattr(COMMANDS[name], "commands")
    if not has_commands and not any(one.nargs == -1 for one in takes):
        seen = command(*name.split(), *["x"] * (len(takes) + 1))
        assert seen.code == 2
        assert seen.err.startswith("Got unexpected extra argument")
    if takes and takes[0].required:
        seen = command(*name.split())
        assert seen.code == 2
        assert seen.err.startswith("Missing argument")
        assert len(seen.err.splitlines()) == 1


@pytest.mark.parametrize("typed", ["tickr", "ordr", "order plce", "candle"])
def test_a_command_that_is_mistyped_is_one_sentence(command: Command, typed: str) -> None:
    seen = command(*typed.split())
    assert (seen.code, seen.out) == (2, "")
    assert "No such command" in seen.err
    assert len(seen.err.splitlines()) == 1


def test_a_start_in_the_future_is_said(command: Command, one: Running) -> None:
    words = ["candles", "binance", "BTC/USDT", "--since", "2199-01-01"]
    seen = command(*words, "--base-url", one[1].url)
    assert (seen.code, seen.out) == (2, "")
    assert "in the future" in seen.err


def test_both_a_symbol_and_a_quote_is_one_too_many(command: Command) -> None:
    seen = command("markets", "binance", "BTC/USDT", "--quote", "USDT")
    assert (seen.code, seen.err) == (2, "Expected either a symbol or --quote, not both.\n")
