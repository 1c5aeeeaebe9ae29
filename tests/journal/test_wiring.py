"""Exchanges and their journal: where it is, when it is open, and what it never holds."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from exchangekit_binance.sim import BinanceDialect
from support.helpers import async_toy, run, sync_toy
from support.patience import PATIENCE
from support.toy import KEY, SECRET, Script, lost, not_connected, query, refusal, reply
from support.traders import KEYS

from exchangekit import (
    ConfigurationError,
    ConnectionFailed,
    DuplicateClientOrderId,
    ExchangeError,
    InsufficientFunds,
    Journal,
    NeverPlaced,
    NotRecorded,
    OrderIntent,
    OrderVetoed,
    Outcome,
    OutcomeUnknown,
    connect,
    connect_sync,
    hookimpl,
)
from exchangekit.adapter.credentials import AccountId
from exchangekit.journal import journal_files, path_of, places, state_folder
from exchangekit.plugins import installed
from exchangekit.runtime.journal import Entry
from exchangekit.sim import SimulatedVenue

toys = pytest.mark.usefixtures("toy_venue")
both = pytest.mark.parametrize("kind", ["sync", "async"])
ORDER = ("BTC/USDT", "limit", "buy", "1", "10")
TAKEN = reply({"id": "7"})
SIM_KEYS = {"key": KEYS["binance"]["api_key"], "secret": KEYS["binance"]["secret"]}


def files() -> list[Path]:
    return journal_files(state_folder())


def call(kind: str, operation: str, *args: Any, script: Script, **named: Any) -> Any:
    """One operation of an exchange that is opened for it, with a journal unless told otherwise."""
    options = {"journal": named.pop("journal", "process")}
    if kind == "sync":
        with sync_toy(script, **options) as exchange:
            return getattr(exchange, operation)(*args, **named)

    async def inside() -> Any:
        async with async_toy(script, **options) as exchange:
            return await getattr(exchange, operation)(*args, **named)

    return run(inside())


# Where it is, and when


@toys
@both
def test_who_never_orders_makes_no_file(kind: str) -> None:
    assert call(kind, "fetch_order", "7", "BTC/USDT", script=Script([TAKEN])).id == "7"
    assert not state_folder().exists() or not list(state_folder().iterdir())


@toys
@both
def test_the_first_order_makes_the_file_of_the_account_and_closing_closes_it(kind: str) -> None:
    call(kind, "create_order", *ORDER, script=Script([TAKEN]), client_order_id="mine")
    (file,) = files()
    assert file.name.startswith("toy-live-default-")
    # Nothing is left beside it: it was closed.
    assert list(file.parent.iterdir()) == [file]
    (found,) = Journal(file).all()
    assert (found.state, found.order_id) == ("done", "7")
    assert found.intent.account.venue == "toy"


@toys
@both
def test_none_switches_it_off(kind: str) -> None:
    call(kind, "create_order", *ORDER, script=Script([TAKEN]), journal=None)
    assert files() == []


@toys
@both
def test_a_journal_that_was_passed_is_written_and_is_its_owners_to_close(
    kind: str, tmp_path: Path
) -> None:
    with closing(Journal(tmp_path / "own.journal", "power")) as own:
        call(kind, "create_order", *ORDER, script=Script([TAKEN]), journal=own)
        assert own._writer._store is not None
        assert len(own.all()) == 1
    assert files() == []


class Own:
    def __init__(self) -> None:
        self.entries: list[Entry] = []

    def record(self, entry: Entry) -> None:
        self.entries.append(entry)


class OwnAsync(Own):
    async def record(self, entry: Entry) -> None:  # type: ignore[override]
        self.entries.append(entry)


@toys
@both
def test_an_object_of_ones_own_takes_its_place(kind: str) -> None:
    own = Own() if kind == "sync" else OwnAsync()
    call(kind, "create_order", *ORDER, script=Script([TAKEN]), journal=own)
    assert len(own.entries) == 2
    assert files() == []


@toys
@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("full", "'full', expected 'process' or 'power'"),
        (7, "journal is a int, expected 'process'"),
    ],
)
@pytest.mark.parametrize("function", [connect, connect_sync])
def test_what_is_no_journal_is_said_at_once(function: Any, given: Any, said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        function("toy", journal=given)


@toys
def test_a_record_that_nobody_would_await_is_refused_at_once() -> None:
    with pytest.raises(ConfigurationError, match="is a coroutine: it goes with connect"):
        connect_sync("toy", journal=OwnAsync())  # type: ignore[typeddict-item]


@toys
@both
def test_without_a_home_reads_go_on_and_orders_say_what_is_missing(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def homeless() -> Path:
        raise RuntimeError("Could not determine home directory.")

    for name in ("EXCHANGEKIT_STATE_DIR", "XDG_STATE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(Path, "home", homeless)
    assert call(kind, "fetch_order", "7", "BTC/USDT", script=Script([TAKEN])).id == "7"
    with pytest.raises(NotRecorded, match="name a folder with EXCHANGEKIT_STATE_DIR"):
        call(kind, "create_order", *ORDER, script=Script())


@toys
def test_exchanges_of_one_account_share_a_writer_and_the_last_one_closes_it() -> None:
    one, other = (sync_toy(Script([TAKEN]), journal="process") for _ in range(2))
    another = sync_toy(Script([TAKEN]), journal="process", api_key="another-key")
    shared: Any = one._driver.journal
    assert shared is other._driver.journal
    assert shared is not another._driver.journal
    for exchange in (one, other, another):
        exchange.create_order(*ORDER)
    assert len(files()) == 2
    one.close()
    one.close()
    assert shared._writer._store is not None
    other.close()
    assert shared._writer._store is None
    another.close()
    assert len(shared.all()) == 2


@toys
@both
def test_it_is_in_the_file_when_its_first_byte_leaves(kind: str, tmp_path: Path) -> None:
    own, seen = Journal(tmp_path / "own.journal"), list[Any]()

    def looks(outgoing: Any) -> Any:
        seen.extend(Journal(own.path).open_intents())
        return TAKEN

    call(kind, "create_order", *ORDER, script=Script([looks]), journal=own, client_order_id="a")
    (found,) = seen
    assert (found.intent.change.client_order_id, found.state, found.attempts) == ("a", "open", 1)
    assert found.fence is not None
    assert found.began is not None
    assert own.open_intents() == ()
    own.close()


@toys
def test_what_ends_after_the_exchange_was_closed_is_written_all_the_same() -> None:
    exchange = sync_toy(Script([TAKEN]), journal="process")
    journal: Any = exchange._driver.journal

    class Closes:
        name = "closes"

        def send(self, outgoing: Any, timeout: float) -> Any:
            answer = script.answer(outgoing)
            if outgoing.method == "POST":
                exchange.close()
            return answer

        def close(self) -> None:
            return None

    script = Script([TAKEN])
    exchange._driver.transport = Closes()
    assert exchange.create_order(*ORDER).id == "7"
    assert [one.state for one in journal.all()] == ["done"]
    journal.close()


def test_every_account_has_a_file_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    one = AccountId("toy", "live", "https://toy.example", None, "d1")
    others = [
        AccountId("toy", "demo", "https://toy.example", None, "d1"),
        AccountId("toy", "live", "https://elsewhere.example", None, "d1"),
        AccountId("toy", "live", "https://toy.example", "default", "d1"),
        AccountId("toy", "live", "https://toy.example", "../../bot", "d1"),
        AccountId("toy", "live", "https://toy.example", None, "d2"),
    ]
    assert len({path_of(account) for account in (one, *others)}) == 6
    assert {path_of(account).parent for account in (one, *others)} == {state_folder()}


@pytest.mark.parametrize(
    ("system", "variables", "expected"),
    [
        ("linux", {"EXCHANGEKIT_STATE_DIR": "/a/b"}, "/a/b"),
        ("linux", {"XDG_STATE_HOME": "/x"}, "/x/exchangekit"),
        ("linux", {"XDG_STATE_HOME": "not/absolute"}, "/home/me/.local/state/exchangekit"),
        ("linux", {}, "/home/me/.local/state/exchangekit"),
        ("darwin", {}, "/home/me/Library/Application Support/exchangekit"),
        ("win32", {"LOCALAPPDATA": "/app"}, "/app/exchangekit"),
        ("win32", {}, "/home/me/AppData/Local/exchangekit"),
    ],
)
def test_the_folder_is_where_the_system_keeps_such_files(
    monkeypatch: pytest.MonkeyPatch, system: str, variables: dict[str, str], expected: str
) -> None:
    for name in ("EXCHANGEKIT_STATE_DIR", "XDG_STATE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(places.sys, "platform", system)
    monkeypatch.setattr(Path, "home", lambda: Path("/home/me"))
    assert state_folder() == Path(expected)


def test_connecting_loads_no_database() -> None:
    code = (
        "import sys; from exchangekit import connect_sync;"
        "connect_sync('binance', env_file=None).close(); print('sqlite3' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=PATIENCE, check=True
    )
    assert done.stdout.strip() == "False"


# What it never holds


@toys
@both
def test_no_key_no_secret_and_no_signature_reaches_the_file(kind: str, tmp_path: Path) -> None:
    own, signatures = Journal(tmp_path / "own.journal"), list[bytes]()
    echo = refusal(-2010, f"your key {KEY} and your secret {SECRET} are wrong")
    for answer in (TAKEN, echo, lost(), not_connected(), reply(b"<html>" + SECRET.encode())):
        script = Script([answer, answer, answer])
        with contextlib.suppress(ExchangeError):
            call(kind, "create_order", *ORDER, script=script, journal=own)
        signatures += [query(one)["signature"].encode() for one in script.private]
    assert len(own.all()) == 5
    assert len(signatures) >= 5
    held = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    own.close()
    held += b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert b"BTC/USDT" in held
    for hidden in (KEY.encode(), SECRET.encode(), *signatures):
        assert hidden not in held


# The same client order id once more

Venue = tuple[str, SimulatedVenue]


@pytest.fixture(scope="module", params=list(KEYS))
def running(request: pytest.FixtureRequest) -> Iterator[Venue]:
    keys = KEYS[request.param]
    with SimulatedVenue(
        installed().simulated()[request.param],
        key=keys["api_key"],
        secret=keys["secret"],
        passphrase=keys.get("passphrase", ""),
    ) as venue:
        yield request.param, venue


@pytest.fixture
def venue(running: Venue) -> Venue:
    running[1].control.reset()
    return running


def ask(
    kind: str,
    venue: Venue,
    amount: str = "0.001",
    *,
    resolve: bool = False,
    name: str = "mine1",
    hooks: Any = (),
    **more: Any,
) -> Any:
    """One order under the same name, by an exchange of its own: as after a restart."""
    options = {"base_url": venue[1].url, "env_file": None, "resolve": resolve, **KEYS[venue[0]]}
    options["hooks"] = hooks
    order = ("BTC/USDT", "buy", amount, more.pop("price", "50000"))
    if kind == "sync":
        with connect_sync(venue[0], **options) as exchange:
            return exchange.create_limit_order(*order, client_order_id=name, **more)

    async def inside() -> Any:
        async with connect(venue[0], **options) as exchange:
            return await exchange.create_limit_order(*order, client_order_id=name, **more)

    return run(inside())


def created(venue: Venue) -> int:
    return sum(one["operation"] == "create_order" for one in venue[1].control.requests())


@both
def test_the_same_order_again_is_the_order_that_exists_and_is_not_sent(
    kind: str, venue: Venue
) -> None:
    first = ask(kind, venue)
    again = ask(kind, venue)
    assert again.id == first.id
    assert created(venue) == 1
    assert len(venue[1].control.orders()) == 1
    (file,) = files()
    assert [one.state for one in Journal(file).all()] == ["done"]


@both
@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"amount": "0.002"}, "amount was 0.001, not 0.002"),
        ({"price": "49000"}, "price was 50000, not 49000"),
        ({"time_in_force": "ioc"}, "time_in_force was gtc, not ioc"),
    ],
)
def test_another_order_under_the_same_name_is_refused_and_not_sent(
    kind: str, venue: Venue, changes: dict[str, str], said: str
) -> None:
    first = ask(kind, venue)
    with pytest.raises(DuplicateClientOrderId, match=said) as caught:
        ask(kind, venue, **changes)
    assert caught.value.outcome is Outcome.NOT_SENT
    assert caught.value.order_id == first.id
    assert caught.value.client_order_id == "mine1"
    assert created(venue) == 1
    (file,) = files()
    assert [one.state for one in Journal(file).all()] == ["done", "not sent"]


@both
def test_an_unknown_order_that_is_there_is_found_and_the_journal_learns_it(
    kind: str, venue: Venue
) -> None:
    lost_answer = {"action": "drop", "at": "after", "operation": "create_order"}
    venue[1].control.add_faults([lost_answer])
    with pytest.raises(OutcomeUnknown):
        ask(kind, venue)
    (file,) = files()
    assert [one.state for one in Journal(file).open_intents()] == ["unknown"]
    found = ask(kind, venue)
    assert created(venue) == 1
    assert Journal(file).open_intents() == ()
    (known,) = Journal(file).all()
    assert known.order_id == found.id
    told = Journal(file).history(known.intent.uid)
    assert [event["state"] for event in told] == ["open", "unknown", "done"]


@both
def test_an_unknown_order_that_is_not_there_stays_unknown_and_is_not_sent(
    kind: str, venue: Venue
) -> None:
    lost_request = {"action": "drop", "at": "before", "operation": "create_order"}
    venue[1].control.add_faults([lost_request])
    with pytest.raises(OutcomeUnknown) as first:
        ask(kind, venue)
    with pytest.raises(
        OutcomeUnknown, match=r"used on .* UTC, the journal says \(unknown"
    ) as again:
        ask(kind, venue)
    assert again.value.fence == first.value.fence
    assert venue[1].control.orders() == []
    assert created(venue) == 1


@both
@pytest.mark.parametrize("amount", ["0.001", "0.002"], ids=["the same", "another"])
def test_an_older_order_of_a_name_that_is_used_again_says_nothing_of_an_unknown_one(
    kind: str, amount: str, venue: Venue
) -> None:
    """It may still be on its way: refused, or done by that one, its name would be free for two."""
    ask(kind, venue, amount=amount)
    (file,) = files()
    assert Journal(file).prune(timedelta(0)) == 1
    venue[1].control.clock(advance_ms=60_000)
    lost_request = {"action": "drop", "at": "before", "operation": "create_order"}
    venue[1].control.add_faults([lost_request])
    with pytest.raises(OutcomeUnknown):
        ask(kind, venue)
    with pytest.raises(OutcomeUnknown, match="which is older, has it too"):
        ask(kind, venue)
    assert [one.state for one in Journal(file).all()] == ["unknown"]
    assert created(venue) == 2


@both
def test_an_unknown_order_that_is_proven_absent_may_be_placed_under_its_name(kind: str) -> None:
    with SimulatedVenue(BinanceDialect, **SIM_KEYS) as running:
        venue = ("binance", running)
        running.control.add_faults(
            [{"action": "drop", "at": "before", "operation": "create_order"}]
        )
        with pytest.raises(OutcomeUnknown):
            ask(kind, venue)
        with pytest.raises(NeverPlaced) as absent:
            ask(kind, venue, resolve=True)
        assert absent.value.proof == "rechecked"
        assert created(venue) == 1
        (file,) = files()
        assert [one.state for one in Journal(file).all()] == ["absent"]
        made = ask(kind, venue)
        assert [order["id"] for order in running.control.orders()] == [made.id]


@both
def test_an_order_that_the_journal_saw_is_never_proven_absent(kind: str) -> None:
    """The venue has forgotten it, say: a second one must not be placed for that."""
    with SimulatedVenue(BinanceDialect, **SIM_KEYS) as running:
        ask(kind, ("binance", running))
        running.control.reset()
        with pytest.raises(OutcomeUnknown, match="no order is there under the name"):
            ask(kind, ("binance", running), resolve=True)
        assert created(("binance", running)) == 0


# A request that is not sent: that is true of it, and would be read as "there is no such order"


class Veto:
    """A gate that lets nothing through."""

    @hookimpl
    def exchangekit_before_order(self, intent: OrderIntent) -> str:
        return "no more today"


VETO: dict[str, Any] = {"hooks": [Veto()]}


@both
def test_an_order_that_is_there_is_found_where_its_name_is_not_sent_again(
    kind: str, venue: Venue
) -> None:
    first = ask(kind, venue)
    down = {"action": "status", "status": 500, "operation": "fetch_time", "count": 3}
    venue[1].control.add_faults([down])
    assert ask(kind, venue).id == first.id
    assert venue[1].control.faults()[0]["fired"] == 3, "the request was not stopped"
    assert created(venue) == 1


@pytest.mark.by_turns(3)
@both
@pytest.mark.parametrize("trouble", ["a gate", "no markets", "no time"])
def test_what_stops_an_order_that_is_there_does_not_say_that_it_is_not(
    kind: str, venue: Venue, trouble: str
) -> None:
    first = ask(kind, venue)
    path = {"no markets": "fetch_*", "no time": "fetch_time"}.get(trouble, "nothing")
    down = {"action": "status", "status": 500, "operation": path, "count": 0}
    venue[1].control.add_faults([down])
    with pytest.raises(OutcomeUnknown, match="this client order id was used on") as caught:
        ask(kind, venue, **(VETO if trouble == "a gate" else {}))
    venue[1].control.clear_faults()
    assert caught.value.handle.intent.change.client_order_id == "mine1"
    assert ask(kind, venue).id == first.id
    assert created(venue) == 1


@both
@pytest.mark.parametrize("other", [{"name": "mine2"}, {"amount": "0.002"}])
def test_what_stops_an_order_of_another_name_or_another_order_says_that_it_was_not_sent(
    kind: str, venue: Venue, other: dict[str, str]
) -> None:
    ask(kind, venue)
    with pytest.raises(OrderVetoed) as caught:
        ask(kind, venue, **other, **VETO)
    assert caught.value.outcome is Outcome.NOT_SENT


@both
def test_a_question_to_a_journal_that_is_not_there_makes_none(kind: str, venue: Venue) -> None:
    with pytest.raises(OrderVetoed):
        ask(kind, venue, **VETO)
    assert files() == []


@toys
@both
def test_an_order_that_was_refused_or_never_left_may_be_placed_under_its_name(kind: str) -> None:
    refused = [refusal(-2010, "no money"), refusal(-2013, "not there")]
    for answers in (refused, [not_connected()] * 3, [TAKEN]):
        script = Script(answers)
        with contextlib.suppress(InsufficientFunds, ConnectionFailed):
            call(kind, "create_order", *ORDER, script=script, client_order_id="mine")
        assert script.private
    (file,) = files()
    assert [one.state for one in Journal(file).all()] == ["refused", "not sent", "done"]


def test_of_many_at_once_one_is_sent(venue: Venue) -> None:
    options = {"base_url": venue[1].url, "env_file": None, **KEYS[venue[0]]}

    async def inside() -> list[Any]:
        async with connect(venue[0], **options) as exchange:
            order = ("BTC/USDT", "buy", "0.001", "50000")
            calls = (exchange.create_limit_order(*order, client_order_id="mine1") for _ in range(8))
            return await asyncio.gather(*calls, return_exceptions=True)

    answers = run(inside())
    assert created(venue) == 1
    assert len(venue[1].control.orders()) == 1
    # Who asks before the order is there cannot be told more than that.
    for one in answers:
        assert isinstance(one, OutcomeUnknown) or one.id == venue[1].control.orders()[0]["id"]


FORGETS = """
import json, sys
from exchangekit import connect_sync

exchange = connect_sync(sys.argv[1], env_file=None, **json.loads(sys.argv[2]))
exchange.create_limit_order("BTC/USDT", "buy", "0.001", "50000", client_order_id="mine1")
"""


def test_a_program_that_closes_nothing_ends_in_silence_and_has_written_all(venue: Venue) -> None:
    options = json.dumps({"base_url": venue[1].url, **KEYS[venue[0]]})
    done = subprocess.run(
        [sys.executable, "-X", "dev", "-c", FORGETS, venue[0], options],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=True,
    )
    assert "journal" not in done.stderr
    assert "sqlite" not in done.stderr
    (file,) = files()
    assert [one.state for one in Journal(file).all()] == ["done"]


ASKS = """
import json, sys
from exchangekit import connect_sync

venue, options = sys.argv[1], json.loads(sys.argv[2])
with connect_sync(venue, env_file=None, **options) as exchange:
    order = exchange.create_limit_order(
        "BTC/USDT", "buy", "0.001", "50000", client_order_id="mine1"
    )
    print(order.id)
"""


def test_a_restarted_program_gets_the_order_of_the_one_before(venue: Venue) -> None:
    options = json.dumps({"base_url": venue[1].url, **KEYS[venue[0]]})
    said = [
        subprocess.run(
            [sys.executable, "-c", ASKS, venue[0], options],
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=True,
            env=os.environ,
        ).stdout
        for _ in range(2)
    ]
    assert said[0] == said[1] != ""
    assert created(venue) == 1
