"""`exchangekit sim` as a program: where it listens, that it trades, that it stops cleanly."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from support.commands import Command
from support.patience import PATIENCE
from support.ports import free_ports
from support.traders import VENUES

from exchangekit import InvalidSignature, connect_sync
from exchangekit.adapter.scheme import KeyKind
from exchangekit.testing.private_keys import OTHER, PRIVATE, public_of

KEYS = ["--key", "K1", "--secret", "S1", "--passphrase", "P1"]


@contextmanager
def simulation(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], list[dict[str, Any]]]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "exchangekit.cli", "sim", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        names = [word for word in arguments if word in VENUES]
        yield process, [json.loads(process.stdout.readline()) for _ in names]
    finally:
        process.kill()
        process.communicate(timeout=PATIENCE)


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_three_venues_say_where_they_are_trade_and_stop_cleanly(ending: signal.Signals) -> None:
    with simulation(*VENUES, *KEYS, "--seed", "7") as (process, lines):
        assert [line["venue"] for line in lines] == list(VENUES)
        for line in lines:
            assert set(line) == {"venue", "url", "keys"}
            keys = {"api_key": "K1", "secret": "S1", "passphrase": "P1", "env_file": None}
            with connect_sync(line["venue"], base_url=line["url"], **keys) as exchange:
                order = exchange.create_market_buy_with_cost("BTC/USDT", "50")
                assert order.id is not None
            wrong = {**keys, "secret": "S2"}
            with (
                connect_sync(line["venue"], base_url=line["url"], **wrong) as exchange,
                pytest.raises(InvalidSignature),
            ):
                exchange.fetch_balance()
        process.send_signal(ending)
        out, said = process.communicate(timeout=PATIENCE)
        assert (process.returncode, out) == (0, "")
        assert all(line.startswith(("# ", "export ")) for line in said.splitlines()), said


def test_venues_take_the_port_that_was_asked_for_and_those_after_it() -> None:
    port = free_ports(2)
    with simulation("binance", "okx", "--port", str(port)) as (_, lines):
        assert [line["url"] for line in lines] == [
            f"http://127.0.0.1:{port}",
            f"http://127.0.0.1:{port + 1}",
        ]


def test_a_port_that_is_taken_is_one_sentence_and_exit_code_2(command: Command) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        seen = command("sim", "okx", "--port", str(port))
    assert seen.code == 2
    assert str(port) in seen.err
    assert len(seen.err.splitlines()) == 1


def test_the_same_seed_is_the_same_market_and_another_seed_another() -> None:
    candles = []
    for seed in ("7", "7", "8"):
        with (
            simulation("okx", "--seed", seed) as (_, lines),
            connect_sync("okx", base_url=lines[0]["url"], env_file=None) as exchange,
        ):
            candles.append(exchange.fetch_ohlcv("BTC/USDT", "1d", limit=5)[:4])
    assert candles[0] == candles[1]
    assert candles[0] != candles[2]


def test_the_keys_of_a_simulation_come_from_the_command_line_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert not [
        name for name in os.environ if name.endswith(("_API_KEY", "_SECRET", "_PASSPHRASE"))
    ]
    with simulation("okx", *KEYS) as (_, lines):
        monkeypatch.setenv("EXCHANGEKIT_OKX_API_KEY", "K1")
        monkeypatch.setenv("EXCHANGEKIT_OKX_API_SECRET", "S1")
        monkeypatch.setenv("EXCHANGEKIT_OKX_PASSPHRASE", "P1")
        with connect_sync("okx", base_url=lines[0]["url"]) as exchange:
            assert exchange.fetch_balance().free("BTC") > 0


@pytest.mark.parametrize("venue", VENUES)
def test_the_export_lines_it_prints_are_the_keys_that_open_it(venue: str, tmp_path: Path) -> None:
    secret = "it's $HOME; `true`".replace(" ", "")
    with simulation(venue, "--secret", secret) as (process, [line]):
        assert process.stderr is not None
        exports = [process.stderr.readline() for _ in range(1 + len(line["keys"]))]
        program = (
            "from exchangekit import connect_sync\n"
            f"with connect_sync({venue!r}, base_url={line['url']!r}) as exchange:\n"
            "    assert exchange.fetch_balance().free('BTC') > 0\n"
        )
        done = subprocess.run(
            ["sh", "-e", "-c", "".join(exports) + 'exec "$0" -c "$1"', sys.executable, program],
            env={},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        told = dict(one.removeprefix("export ").split("=", 1) for one in exports[1:])
        assert line["keys"].keys() == told.keys()
        assert line["keys"][f"EXCHANGEKIT_{venue.upper()}_API_SECRET"] == secret


def test_for_programs_there_are_only_the_json_lines() -> None:
    with simulation("okx", "--json") as (process, [line]):
        assert line["keys"]["EXCHANGEKIT_OKX_PASSPHRASE"] == "simulated-passphrase"
        process.send_signal(signal.SIGTERM)
        assert process.communicate(timeout=PATIENCE) == ("", "")


# Keys whose public half was uploaded


@pytest.fixture
def uploaded(tmp_path: Path) -> Path:
    path = tmp_path / "public.pem"
    path.write_text(public_of(PRIVATE["rsa"]), encoding="ascii")
    return path


def test_venues_that_take_a_public_key_trade_with_its_private_key_alone(uploaded: Path) -> None:
    pytest.importorskip("cryptography")
    venues = ("binance", "bitget", "bybit")
    with simulation(*venues, "--public-key", str(uploaded)) as (process, lines):
        for line in lines:
            assert not [name for name in line["keys"] if name.endswith("_API_SECRET")]
            known = {name.split("_", 2)[2].lower(): one for name, one in line["keys"].items()}
            keys = {**known, "env_file": None, "base_url": line["url"]}
            with connect_sync(line["venue"], secret=PRIVATE["rsa"], **keys) as exchange:
                assert exchange.create_market_buy_with_cost("BTC/USDT", "50").id is not None
            for secret in (OTHER["rsa"], "simulated-secret"):
                with (
                    connect_sync(line["venue"], secret=secret, **keys) as stranger,
                    pytest.raises(InvalidSignature),
                ):
                    stranger.fetch_balance()
        process.send_signal(signal.SIGTERM)
        out, said = process.communicate(timeout=PATIENCE)
    assert (process.returncode, out) == (0, "")
    assert all(line.startswith(("# ", "export ")) for line in said.splitlines())
    assert "# EXCHANGEKIT_BYBIT_API_SECRET is the private key that was made with the public" in said
    assert "simulated-secret" not in said


@pytest.mark.parametrize(
    ("venue", "kind", "said"),
    [
        ("mexc", "rsa", "MEXC takes no RSA keys: it takes a secret for an HMAC"),
        ("okx", "ed25519", "OKX takes no Ed25519 keys: it takes a secret for an HMAC"),
        ("bybit", "ed25519", "Bybit takes no Ed25519 keys: .* or a private key in PEM"),
        ("binance", "es256", "Binance takes no ECDSA on P-256 keys"),
    ],
)
def test_a_venue_that_does_not_take_the_key_is_refused_before_anything_starts(
    command: Command, uploaded: Path, venue: str, kind: KeyKind, said: str
) -> None:
    uploaded.write_text(public_of(PRIVATE[kind]), encoding="ascii")
    names = ["binance", venue] if venue != "binance" and kind != "es256" else [venue]
    seen = command("sim", *names, "--public-key", str(uploaded))
    assert (seen.code, seen.out) == (2, "")
    assert re.search(said, seen.err)
    assert len(seen.err.splitlines()) == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (PRIVATE["rsa"], "is a private key, which stays with you: --public-key takes the public"),
        ("ssh-rsa AAAA", "public_key is no public key in PEM"),
        ("", "public_key is no public key in PEM"),
        (b"\xff\xfe", "cannot be read: .*: it is no text"),
        (None, "cannot be read: .*: No such file or directory"),
    ],
    ids=["private", "OpenSSH", "empty", "no text", "missing"],
)
def test_a_file_that_is_no_public_key_is_refused_and_not_shown(
    command: Command, uploaded: Path, text: str | bytes | None, said: str
) -> None:
    uploaded.unlink()
    if text is not None:
        uploaded.write_bytes(text.encode() if isinstance(text, str) else text)
    seen = command("sim", "bybit", "--public-key", str(uploaded))
    assert (seen.code, seen.out) == (2, "")
    assert re.search(said, seen.err)
    assert PRIVATE["rsa"].split("\n")[1] not in seen.err


def test_a_secret_beside_a_public_key_is_refused(command: Command, uploaded: Path) -> None:
    seen = command("sim", "bybit", "--public-key", str(uploaded), "--secret", "S")
    assert seen.code == 2
    assert "takes the place of --secret" in seen.err
