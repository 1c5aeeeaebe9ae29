"""Plugins and hooks: one that is broken is reported by name, and the others keep working."""

from __future__ import annotations

import logging
import sys
import types
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from support.helpers import Either, sync_toy
from support.toy import KEY, SECRET, Entry, Script, SyncToy, ToyAdapter, plugin_of, refusal, reply

from exchangekit import connect_sync, hookimpl
from exchangekit.adapter import Adapter
from exchangekit.errors import (
    InsufficientFunds,
    OrderVetoed,
    Outcome,
    PluginError,
    UnknownVenue,
)
from exchangekit.hookspecs import OrderEvent, OrderIntent, ReplyEvent, RequestEvent, new_manager
from exchangekit.plugins import Plugins, installed, load

both = pytest.mark.parametrize("kind", ["sync", "async"])


def adapter(name: Any, **changes: Any) -> type[Adapter]:
    return type("Made", (ToyAdapter,), {"venue": name, **changes})


def told(found: Plugins) -> list[str]:
    return [f"{problem.plugin}: {problem.reason}" for problem in found.problems]


def offers(*items: Any) -> Any:
    return plugin_of(*items)


class NoVenue(Adapter):
    title = "Nameless"


class NoTitle(Adapter):
    venue = "bare"
    capabilities = ToyAdapter.capabilities


@hookimpl
def exchangekit_on_requests(event: Any) -> None:  # misspelt
    raise AssertionError("never called")


@hookimpl
def exchangekit_on_reply(wrong: Any) -> None:  # the argument is called event
    raise AssertionError("never called")


def exchangekit_before_order(intent: Any) -> None:  # not marked
    raise AssertionError("never called")


@hookimpl
def exchangekit_venues() -> Any:
    raise RuntimeError("nothing to offer")


BROKEN: list[tuple[Entry, str]] = [
    (
        Entry("bad", ImportError("no module named lib")),
        "cannot be imported: ImportError: no module",
    ),
    (Entry("bad", SyntaxError("invalid syntax")), "cannot be imported: SyntaxError"),
    (Entry("bad", SystemExit(1)), "cannot be imported: SystemExit"),
    (Entry("Bad Name", offers(adapter("bad"))), "'Bad Name' is not lower-case letters and digits"),
    (Entry("bad", offers(NoVenue)), "the venue name None is not"),
    (Entry("bad", offers(NoTitle)), "its adapter 'bare' lacks title, environments, signer, err"),
    (Entry("bad", offers(adapter("bad", error_in=Adapter.error_in))), "'bad' lacks error_in"),
    (Entry("bad", offers("a string")), "it offers 'a string', which is not an Adapter class"),
    (Entry("bad", offers(ToyAdapter())), "which is not an Adapter class"),
    (
        Entry("bad", types.SimpleNamespace(exchangekit_venues=exchangekit_venues)),
        "its exchangekit_venues failed: RuntimeError: nothing to offer (",
    ),
    (
        Entry("bad", types.SimpleNamespace(exchangekit_on_requests=exchangekit_on_requests)),
        "exchangekit_on_requests is no hook (hooks: exchangekit_before_order, ",
    ),
    (
        Entry("bad", types.SimpleNamespace(exchangekit_before_order=exchangekit_before_order)),
        "exchangekit_before_order is not marked with @exchangekit.hookimpl",
    ),
    (
        Entry("bad", types.SimpleNamespace(exchangekit_on_reply=exchangekit_on_reply)),
        "it could not be registered: ",
    ),
    (
        Entry("bad", offers(adapter("bad")), ["httpx", "exchangekit>=99"]),
        "it needs exchangekit >=99, installed is ",
    ),
    (Entry("bad", offers(adapter("bad")), ["ExchangeKit<0.1"]), "it needs exchangekit <0.1"),
]


@pytest.mark.parametrize(("entry", "reason"), BROKEN)
def test_a_broken_plugin_is_reported_by_name_and_the_others_work(
    entry: Entry, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = load(
        [
            Entry("zgood", offers(adapter("zgood"))),
            entry,
            Entry("atoy", offers(ToyAdapter), ["exchangekit>=0.1", "not a ( requirement"]),
        ]
    )
    (problem,) = told(found)
    assert problem.startswith(f"{entry.name} (kit-{entry.name} 9): ")
    assert reason in problem
    assert "\n" not in problem.partition("it could not be registered")[0]
    assert set(found.venues) == {"toy", "zgood"}
    monkeypatch.setattr(sys.modules["exchangekit.connect"], "installed", lambda: found)
    script = Script([reply({"last": "1"})])
    with connect_sync("zgood", transport=SyncToy(script), env_file=None) as exchange:
        assert exchange.fetch_ticker("BTC/USDT").last == 1


def claimed() -> Plugins:
    """Two plugins that both offer toy, and one that offers another venue."""
    return load(
        [
            Entry("zzz", offers(adapter("toy", title="Theirs"), adapter("theirs"))),
            Entry("toy", offers(ToyAdapter)),
            Entry("other", offers(adapter("other"))),
        ]
    )


@both
def test_a_venue_that_two_plugins_offer_is_nobodys_and_gets_no_key(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules["exchangekit.connect"], "installed", claimed)
    script = Script([reply({})])
    with pytest.raises(PluginError) as caught:
        Either(kind, script).call("fetch_balance")
    for words in ("toy (kit-toy 9) and zzz (kit-zzz 9)", '"kit-toy:toy" or "kit-zzz:toy"'):
        assert words in str(caught.value)
    assert script.private == []


def test_a_package_may_bring_several_venues() -> None:
    found = load([Entry("two", offers(adapter("first"), adapter("second")))])
    assert (told(found), list(found.venues)) == ([], ["first", "second"])
    assert {found.package(venue) for venue in found.venues} == {"kit-two"}
    assert found.package("kit-two:second") == "kit-two"


def test_a_venue_that_a_broken_plugin_may_bring_is_told_with_its_name() -> None:
    """Its second venue is not called as the plugin is."""
    found = load([Entry("two", ImportError("no module named lib"))])
    with pytest.raises(PluginError, match="cannot be imported"):
        found.adapter("two")
    with pytest.raises(UnknownVenue, match=r"may offer it: two \(kit-two 9\)\. Venues are"):
        found.adapter("second")
    with pytest.raises(UnknownVenue, match=r"installed: none\)\. Venues are separate"):
        load([]).adapter("second")


@pytest.mark.parametrize(
    ("name", "title", "origin"),
    [
        ("kit-toy:toy", "Toy", "toy (kit-toy 9)"),
        ("Kit_Toy:toy", "Toy", "toy (kit-toy 9)"),
        ("kit-zzz:toy", "Theirs", "zzz (kit-zzz 9)"),
        ("kit-other:other", "Toy", "other (kit-other 9)"),
        ("other", "Toy", "other (kit-other 9)"),
        ("theirs", "Toy", "zzz (kit-zzz 9)"),
    ],
)
def test_the_user_says_whose_venue_is_meant(
    name: str, title: str, origin: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = claimed()
    monkeypatch.setattr(sys.modules["exchangekit.connect"], "installed", lambda: found)
    assert found.origin(name) == origin
    assert found.adapter(name).title == title
    script = Script([reply({"last": "1"})])
    with connect_sync(name, transport=SyncToy(script), env_file=None) as exchange:
        assert exchange.venue == name.rpartition(":")[2]
        assert exchange.fetch_ticker("BTC/USDT").last == 1


@pytest.mark.parametrize(
    ("name", "error", "words"),
    [
        ("kit-bad:toy", UnknownVenue, "the package 'kit-bad' offers no venue 'toy' (kit-toy and"),
        ("kit-toy:nothing", UnknownVenue, "no installed plugin offers a venue 'kit-toy:nothing'"),
        (":toy", PluginError, "several plugins offer 'toy'"),
    ],
)
def test_a_package_that_does_not_offer_the_venue_is_refused(
    name: str, error: type[Exception], words: str
) -> None:
    with pytest.raises(error) as caught:
        claimed().adapter(name)
    assert words in str(caught.value)


def test_every_claim_is_reported_with_the_names_to_choose_by() -> None:
    found = claimed()
    assert sorted(found.venues) == ["other", "theirs"]
    assert found.disputed() == ("kit-toy:toy", "kit-zzz:toy")
    assert told(found) == [
        "toy (kit-toy 9): it offers 'toy', which zzz (kit-zzz 9) offers too: say which, as"
        ' "kit-toy:toy" or "kit-zzz:toy", or uninstall one',
        "zzz (kit-zzz 9): it offers 'toy', which toy (kit-toy 9) offers too: say which, as"
        ' "kit-toy:toy" or "kit-zzz:toy", or uninstall one',
    ]


def test_a_package_that_offers_a_venue_twice_offers_none_that_can_be_chosen() -> None:
    found = load([Entry("toy", offers(ToyAdapter, adapter("toy")))])
    for name in ("toy", "kit-toy:toy"):
        with pytest.raises(PluginError, match=r"several plugins offer 'toy' .* must be mended"):
            found.adapter(name)
    assert found.disputed() == ()


def test_a_plugin_that_is_broken_explains_itself_when_its_venue_is_wanted() -> None:
    found = load([Entry("bad", ImportError("no lib"))])
    with pytest.raises(PluginError, match=r"the plugin for 'bad' cannot be used: .*no lib"):
        found.adapter("bad")
    with pytest.raises(UnknownVenue):
        found.adapter("other")


def test_a_plugin_with_one_bad_venue_keeps_its_good_ones() -> None:
    found = load([Entry("two", offers(NoTitle, adapter("good")))])
    assert list(found.venues) == ["good"]
    assert len(found.problems) == 1


def test_a_plugin_with_a_misspelt_hook_keeps_its_others() -> None:
    plugin = plugin_of(adapter("good"), exchangekit_on_requests=exchangekit_on_requests)
    found = load([Entry("good", plugin)])
    assert list(found.venues) == ["good"]
    assert "exchangekit_on_requests is no hook" in told(found)[0]


def test_a_plugin_whose_hook_cannot_be_registered_spoils_no_connection(toy_venue: None) -> None:
    bad = types.SimpleNamespace(exchangekit_on_reply=exchangekit_on_reply)
    found = load([Entry("toy", offers(ToyAdapter)), Entry("bad", bad)])
    sys.modules["exchangekit.connect"].installed = lambda: found  # type: ignore[attr-defined]
    assert [problem.plugin for problem in found.problems] == ["bad (kit-bad 9)"]
    with sync_toy(hooks=[Gate()]) as exchange:
        assert exchange.requires("fetch_ticker") == ()


def test_a_plugin_may_offer_nothing_but_hooks() -> None:
    found = load([Entry("audit", Observer())])
    assert found.venues == {}
    assert found.problems == []


def test_the_same_problem_is_reported_once() -> None:
    found = load([])
    found.report("a", "b")
    found.report("a", "b")
    assert len(found.problems) == 1


# Simulated venues


def test_simulated_venues_are_found_and_those_that_fail_are_reported() -> None:
    @hookimpl
    def exchangekit_simulated_venues() -> Any:
        return {"good": "Dialect"}

    def simulating(function: Any) -> Any:
        return types.SimpleNamespace(exchangekit_simulated_venues=hookimpl(function))

    def failing() -> Any:
        raise ModuleNotFoundError("No module named 'starlette'")

    def second() -> Any:
        return {"good": "Other"}

    failing.__name__ = second.__name__ = "exchangekit_simulated_venues"
    found = load(
        [
            Entry(
                "a",
                types.SimpleNamespace(exchangekit_simulated_venues=exchangekit_simulated_venues),
            ),
            Entry("b", simulating(failing)),
            Entry("c", simulating(second)),
        ]
    )
    simulated = found.simulated()
    assert list(simulated) == ["good"]
    problems = "\n".join(told(found))
    assert "b (kit-b 9): its simulated venue failed: ModuleNotFoundError" in problems
    assert "simulates 'good' a second time" in problems


def test_the_plugins_of_this_environment_load_without_a_problem() -> None:
    found = installed()
    assert told(found) == []
    assert found is installed()


# Hooks of a connection


@dataclass
class Gate:
    """A risk gate that says what it is told to. (A dataclass with == has no hash.)"""

    answer: Any = None
    asked: list[OrderIntent] = field(default_factory=list)

    @hookimpl
    def exchangekit_before_order(self, intent: OrderIntent) -> Any:
        self.asked.append(intent)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@dataclass
class Observer:
    heard: list[Any] = field(default_factory=list)
    fails: bool = False

    @hookimpl
    def exchangekit_on_request(self, event: RequestEvent) -> None:
        self._hear(event)

    @hookimpl
    def exchangekit_on_reply(self, event: ReplyEvent) -> None:
        self._hear(event)

    @hookimpl
    def exchangekit_on_order_outcome(self, event: OrderEvent) -> None:
        self._hear(event)

    def _hear(self, event: Any) -> None:
        self.heard.append(event)
        if self.fails:
            raise RuntimeError("an observer's own trouble")


ORDER = ("BTC/USDT", "limit", "buy", "1", "10")


@both
def test_a_gate_that_agrees_lets_the_order_through(toy_venue: None, kind: str) -> None:
    gate = Gate()
    script = Script([reply({"id": "7"})])
    Either(kind, script, hooks=[gate], account=None).call("create_order", *ORDER)
    (intent,) = gate.asked
    assert intent.venue == "toy"
    assert intent.market.symbol == "BTC/USDT"
    assert intent.order.client_order_id is not None
    assert len(script.asked("/order")) == 1


@both
@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ("too large for a Friday", "Gate: too large for a Friday"),
        (
            ZeroDivisionError("oops"),
            r"Gate: the gate itself failed \(ZeroDivisionError\('oops'\)\)",
        ),
        (False, None),
        ("", None),
    ],
)
def test_a_gate_that_refuses_or_fails_stops_the_order(
    toy_venue: None, kind: str, answer: Any, words: str | None
) -> None:
    script = Script([reply({"id": "7"})])
    either = Either(kind, script, hooks=[Gate(answer), Gate()])
    if words is None:
        either.call("create_order", *ORDER)
        return
    with pytest.raises(OrderVetoed, match=words) as caught:
        either.call("create_order", *ORDER)
    assert caught.value.outcome is Outcome.NOT_SENT
    assert caught.value.client_order_id is not None
    assert "Nothing was sent." in str(caught.value)
    assert script.private == []


def test_all_gates_are_asked_and_all_reasons_told(toy_venue: None) -> None:
    gates = [Gate("one"), Gate(), Gate("three")]
    with sync_toy(hooks=gates) as exchange, pytest.raises(OrderVetoed) as caught:
        exchange.create_order(*ORDER)
    assert [len(gate.asked) for gate in gates] == [1, 1, 1]
    assert "(Gate-3: three; Gate: one)" in str(caught.value)


@pytest.mark.parametrize("operation", ["test_order", "explain_order"])
def test_gates_are_not_asked_where_no_order_is_placed(toy_venue: None, operation: str) -> None:
    gate = Gate("no")
    with sync_toy(Script(standing={"/order/test": reply({})}), hooks=[gate]) as exchange:
        getattr(exchange, operation)(*ORDER)
    assert gate.asked == []


@both
def test_an_observer_that_fails_harms_nothing_and_is_logged(
    toy_venue: None, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    failing, fine = Observer(fails=True), Observer()
    script = Script([reply({"id": "7"})])
    with caplog.at_level(logging.ERROR, "exchangekit.hooks"):
        order = Either(kind, script, hooks=[failing, fine]).call("create_order", *ORDER)
    assert order.id == "7"
    assert len(failing.heard) == len(fine.heard) == 7
    assert "the hook exchangekit_on_order_outcome of Observer failed" in caplog.text


@both
def test_no_event_holds_a_secret_and_every_error_in_one_is_complete(
    toy_venue: None, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    observer = Observer(fails=True)
    quoting = refusal(-2010, f"{KEY} {SECRET} has not enough")
    answers = [quoting, refusal(-2013, "not there")]
    with caplog.at_level(logging.DEBUG), pytest.raises(InsufficientFunds):
        Either(kind, Script(answers), hooks=[observer]).call("create_order", *ORDER)
    for event in observer.heard:
        for shown in (repr(event), str(getattr(event, "error", ""))):
            assert KEY not in shown
            assert SECRET not in shown
            assert "signature" not in shown
    assert KEY not in caplog.text
    assert SECRET not in caplog.text
    told = [getattr(event, "error", None) for event in observer.heard]
    replied, ended = (error for error in told if isinstance(error, InsufficientFunds))
    assert replied is ended
    assert ended.outcome is Outcome.REFUSED


class WrapsGates:
    """A wrapper of the new style around all gates: notes what they said, and may say more."""

    def __init__(self, answer: Any = None, *, before: bool = False) -> None:
        self.answer, self.before = answer, before
        self.said: list[Any] = []

    @hookimpl(wrapper=True)
    def exchangekit_before_order(self, intent: OrderIntent) -> Generator[None, Any, Any]:
        if self.before:
            raise self.answer
        told = yield
        self.said.append(told)
        if isinstance(self.answer, Exception):
            raise self.answer
        return told if self.answer is None else self.answer


class WrapsGatesOld(WrapsGates):
    """The same in pluggy's older style."""

    @hookimpl(hookwrapper=True)
    def exchangekit_before_order(self, intent: OrderIntent) -> Generator[None, Any, Any]:
        if self.before:
            raise self.answer
        outcome = yield
        self.said.append(outcome.get_result())
        if isinstance(self.answer, Exception):
            raise self.answer
        if self.answer is not None:
            outcome.force_result(self.answer)


class YieldsTwice:
    @hookimpl(wrapper=True)
    def exchangekit_before_order(self, intent: OrderIntent) -> Generator[None, Any, Any]:
        told = yield
        yield
        return told


class NeverYields:
    @hookimpl(wrapper=True)
    def exchangekit_before_order(self, intent: OrderIntent) -> Generator[None, Any, Any]:
        if intent is None:
            yield


styles = pytest.mark.parametrize("style", [WrapsGates, WrapsGatesOld])


@both
@styles
@pytest.mark.parametrize("answer", [None, [], [None]])
def test_a_wrapper_of_gates_that_agree_vetoes_nothing(
    toy_venue: None, kind: str, style: type[WrapsGates], answer: Any
) -> None:
    wrapper, gate = style(answer), Gate()
    script = Script([reply({"id": "7"})])
    Either(kind, script, hooks=[gate, wrapper]).call("create_order", *ORDER)
    assert wrapper.said == [[]]
    assert len(gate.asked) == len(script.asked("/order")) == 1


@styles
@pytest.mark.parametrize("answer", [None, [], False])
def test_a_wrapper_sees_every_veto_and_lifts_none(
    toy_venue: None, style: type[WrapsGates], answer: Any
) -> None:
    wrapper = style(answer)
    with (
        sync_toy(hooks=[Gate("too large"), wrapper]) as exchange,
        pytest.raises(OrderVetoed, match=r"\(Gate: too large\)"),
    ):
        exchange.create_order(*ORDER)
    assert wrapper.said == [["Gate: too large"]]


@styles
@pytest.mark.parametrize(
    ("answer", "before", "words"),
    [
        ("on holiday", False, "on holiday"),
        (["one", "two"], False, "one; {name}: two"),
        (KeyError("x"), False, r"the gate itself failed \(KeyError\('x'\)\)"),
        (KeyError("x"), True, r"the gate itself failed \(KeyError\('x'\)\)"),
    ],
)
def test_a_wrapper_that_refuses_or_fails_stops_the_order_and_silences_no_gate(
    toy_venue: None, style: type[WrapsGates], answer: Any, before: bool, words: str
) -> None:
    gate, name = Gate("too large"), style.__name__
    words = words.replace("{name}", name)
    with (
        sync_toy(hooks=[gate, style(answer, before=before)]) as exchange,
        pytest.raises(OrderVetoed, match=rf"\(Gate: too large; {name}: {words}\)"),
    ):
        exchange.create_order(*ORDER)
    assert len(gate.asked) == 1


@pytest.mark.parametrize("wrapper", [YieldsTwice(), NeverYields()])
def test_a_wrapper_that_does_not_yield_once_is_a_gate_that_fails(
    toy_venue: None, wrapper: Any
) -> None:
    script = Script([reply({"id": "7"})])
    with (
        sync_toy(script, hooks=[wrapper]) as exchange,
        pytest.raises(OrderVetoed, match="the gate itself failed"),
    ):
        exchange.create_order(*ORDER)
    assert script.private == []


class WrapsOutcomes(Observer):
    """Of the observers, it wraps the one of outcomes; fails before or after the others."""

    fails_at = ""

    @hookimpl(wrapper=True)
    def exchangekit_on_order_outcome(self, event: OrderEvent) -> Generator[None, Any, Any]:
        self.heard.append("before")
        if self.fails_at == "before":
            raise RuntimeError("a wrapper's own trouble")
        told = yield
        self.heard.append("after")
        if self.fails_at == "after":
            raise RuntimeError("a wrapper's own trouble")
        return told


@both
@pytest.mark.parametrize("fails_at", ["", "before", "after"])
def test_a_wrapper_of_an_observer_is_called_around_it_and_can_do_no_harm(
    toy_venue: None, kind: str, fails_at: str, caplog: pytest.LogCaptureFixture
) -> None:
    wrapper, observer = WrapsOutcomes(), Observer()
    wrapper.fails_at = fails_at
    with caplog.at_level(logging.ERROR, "exchangekit.hooks"):
        Either(kind, Script([reply({"id": "7"})]), hooks=[observer, wrapper]).call(
            "create_order", *ORDER
        )
    assert isinstance(observer.heard[-1], OrderEvent)
    assert wrapper.heard[6:] == (["before"] if fails_at == "before" else ["before", "after"])
    assert ("exchangekit_on_order_outcome of WrapsOutcomes failed" in caplog.text) is bool(fails_at)


class Ordered:
    """Observers that note their names, with pluggy's words for who comes first."""

    def __init__(self, name: str, heard: list[str]) -> None:
        self.name, self.heard = name, heard


class First(Ordered):
    @hookimpl(tryfirst=True)
    def exchangekit_on_request(self) -> None:
        self.heard.append(self.name)


class Plain(Ordered):
    @hookimpl(specname="exchangekit_on_request")
    def another_name(self, event: RequestEvent) -> None:
        self.heard.append(self.name)


class Last(Ordered):
    @hookimpl(trylast=True)
    def exchangekit_on_request(self, event: RequestEvent) -> None:
        self.heard.append(self.name)


def test_hooks_are_called_in_the_order_that_pluggy_calls_them(toy_venue: None) -> None:
    heard: list[str] = []
    made = [Last("l1", heard), Plain("p1", heard), First("f1", heard)]
    made += [Last("l2", heard), Plain("p2", heard), First("f2", heard)]
    with sync_toy(Script([reply({})]), hooks=made) as exchange:
        exchange.fetch_time()
    manager = new_manager()
    for one in made:
        manager.register(one)
    there, heard[:] = list(heard), []
    manager.hook.exchangekit_on_request(event=None)
    assert there == heard == ["f2", "f1", "p2", "p1", "l1", "l2"]


def test_hooks_belong_to_their_connection_alone(toy_venue: None) -> None:
    observer = Observer()
    sync_toy(hooks=[observer]).close()
    script = Script([reply({"last": "1"})])
    with sync_toy(script) as exchange:
        exchange.fetch_ticker("BTC/USDT")
    assert observer.heard == []


def test_hooks_of_an_installed_plugin_hear_every_connection(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    observer = Observer()
    found = load([Entry("toy", offers(ToyAdapter)), Entry("audit", observer)])
    monkeypatch.setattr(sys.modules["exchangekit.connect"], "installed", lambda: found)
    with sync_toy(hooks=[Gate()]) as exchange:
        exchange.fetch_time()
    with sync_toy() as exchange:
        exchange.fetch_time()
    assert len(observer.heard) == 4


class Misspelt:
    @hookimpl
    def exchangekit_before_orders(self, intent: Any) -> None:
        raise AssertionError("never called")


class Unmarked:
    def exchangekit_before_order(self, intent: Any) -> None:
        raise AssertionError("never called")


class WrongArgument:
    @hookimpl
    def exchangekit_before_order(self, order: Any) -> None:
        raise AssertionError("never called")


@pytest.mark.parametrize(
    ("hook", "words"),
    [
        (Misspelt(), "Misspelt is wrong: exchangekit_before_orders is no hook"),
        (Unmarked(), "Unmarked is wrong: exchangekit_before_order is not marked"),
        (WrongArgument(), "WrongArgument is wrong: "),
        (object(), "the hook object object implements no hook"),
        (None, "the hook object NoneType implements no hook"),
        ("text", "implements no hook"),
    ],
)
def test_a_hook_object_that_would_never_be_called_is_refused(
    toy_venue: None, hook: Any, words: str
) -> None:
    with pytest.raises(PluginError, match=words):
        sync_toy(hooks=[hook])


def test_a_hook_object_given_twice_is_refused(toy_venue: None) -> None:
    gate = Gate()
    with pytest.raises(PluginError, match="Gate is given twice"):
        sync_toy(hooks=[gate, gate])


def test_hooks_that_are_no_list_are_refused(toy_venue: None) -> None:
    with pytest.raises(PluginError, match="hooks is Gate, expected a list"):
        sync_toy(hooks=Gate())


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    module = sys.modules["exchangekit.connect"]
    before = module.installed
    yield
    module.installed = before  # type: ignore[attr-defined]
