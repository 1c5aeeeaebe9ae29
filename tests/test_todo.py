"""What is left to write: the list is right at every step, and never hides a defect."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import Any

import pytest
from support.acme import FINISHED

from exchangekit.adapter import (
    OPERATIONS,
    Adapter,
    Environment,
    ErrorTable,
    NoSigner,
    no_envelope,
)
from exchangekit.cli.skeleton import skeleton
from exchangekit.errors import ExchangeError, Outcome, Unsupported
from exchangekit.plugins import installed
from exchangekit.sim import Dialect
from exchangekit.testing.findings import examine
from exchangekit.testing.runs import on_sim
from exchangekit.testing.subject import Subject, subject_of
from exchangekit.testing.todo import NEEDED, OPTIONAL, Item, to_do, told, waits_for

pytest_plugins = ("pytester",)


@pytest.fixture
def acme(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The finished toy venue: a function of what differs in its adapter and its simulation."""
    monkeypatch.syspath_prepend(FINISHED)
    from exchangekit_acme.adapter import AcmeAdapter
    from exchangekit_acme.sim import AcmeDialect

    made: list[Subject] = []

    def subject(without: tuple[str, ...] = (), sim: Any = None, **changes: Any) -> Subject:
        gone = {name: getattr(Adapter, name) for name in without}
        dialect = AcmeDialect if sim is None else type("AcmeDialect", (AcmeDialect,), sim)
        made.append(subject_of(type("AcmeAdapter", (AcmeAdapter,), gone | changes), dialect))
        return made[-1]

    yield subject
    for one in made:
        one.stop()


def wheres(subject: Subject) -> list[str]:
    return [item.where for item in to_do(subject)]


@pytest.mark.parametrize("venue", sorted(installed().venues))
def test_nothing_is_left_to_write_on_an_installed_venue(venue: str) -> None:
    assert to_do(subject_of(venue)) == ()


def test_every_operation_is_needed_or_optional() -> None:
    assert {*NEEDED, *OPTIONAL} == set(OPERATIONS)
    assert not set(NEEDED) & set(OPTIONAL)


@pytest.mark.parametrize("operation", NEEDED)
def test_a_needed_operation_that_is_missing_is_the_one_thing_on_the_list(
    acme: Any, operation: str
) -> None:
    assert wheres(acme(without=(operation,))) == [f"AcmeAdapter.{operation}"]


def test_a_venue_without_any_optional_operation_has_nothing_left_and_passes_every_check(
    acme: Any,
) -> None:
    from support.plain import PlainAdapter

    plain = subject_of(PlainAdapter, acme().sim)
    assert to_do(plain) == ()
    try:
        findings = list(examine(plain))
    finally:
        plain.stop()
    assert [(one.check.id, one.reason) for one in findings if one.result == "failed"] == []
    assert sum(one.result == "passed" for one in findings) > 100


def test_orders_that_are_canceled_by_their_ids_are_as_good_as_all_at_once(acme: Any) -> None:
    both = acme(without=("cancel_all_orders",), cancel_orders=lambda *asked: None)
    assert to_do(both) == ()


FRESH: dict[str, Any] = {
    "docs": "https://docs.acme.invalid",
    "environments": MappingProxyType({"live": Environment("https://api.acme.invalid")}),
    "signer": NoSigner(),
    "error_in": no_envelope,
    "errors": ErrorTable({}),
    "sim": {"routes": lambda self: [], "authenticate": Dialect.authenticate},
}
PLACES = ["docs", "environments", "signer", "error_in", "errors"]
THEIRS = ["AcmeDialect.routes", "AcmeDialect.authenticate"]


def test_what_a_new_package_leaves_open_comes_before_its_operations(acme: Any) -> None:
    fresh = acme(without=("fetch_time",), **FRESH)
    ground = [f"AcmeAdapter.{name}" for name in PLACES] + THEIRS
    assert wheres(fresh) == [*ground, "AcmeAdapter.fetch_time"]


@pytest.mark.parametrize("name", PLACES)
def test_each_of_it_is_on_the_list_by_itself(acme: Any, name: str) -> None:
    assert wheres(acme(**{name: FRESH[name]})) == [f"AcmeAdapter.{name}"]


@pytest.mark.parametrize("name", ["routes", "authenticate"])
def test_so_is_each_of_the_simulated_venue(acme: Any, name: str) -> None:
    assert wheres(acme(sim={name: FRESH["sim"][name]})) == [f"AcmeDialect.{name}"]


def test_the_page_of_the_venue_is_the_last_thing_while_nobody_wrote_it(
    acme: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package, page = tmp_path / "exchangekit_acme", tmp_path / "README.md"
    module = ModuleType("acme_elsewhere")
    module.__file__ = str(package / "adapter.py")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    subject = acme(without=("fetch_order_trades",), __module__=module.__name__)
    page.write_text(skeleton("acme", "0.1.0")["README.md"], encoding="utf-8")
    assert wheres(subject) == ["AcmeAdapter.fetch_order_trades", "README.md"]
    page.write_bytes(b"\xff")
    assert wheres(subject) == ["AcmeAdapter.fetch_order_trades"]
    page.unlink()
    assert wheres(subject) == ["AcmeAdapter.fetch_order_trades"]


def test_without_a_signer_nothing_signed_is_sent_and_the_reason_is_told(acme: Any) -> None:
    with on_sim(acme(signer=NoSigner()), "sync") as rig:
        rig.exchange.load_markets()
        for asked in (
            rig.exchange.fetch_balance,
            lambda: rig.exchange.explain_order("BTC/USDT", "limit", "buy", "0.01", "50000"),
        ):
            with pytest.raises(Unsupported, match="no signer yet") as told:
                asked()
            assert told.value.outcome in (None, Outcome.NOT_SENT)
        assert {one.request.signed for one in rig.sent} == {False}


def test_nobody_is_let_in_where_no_signature_is_verified(acme: Any) -> None:
    subject = acme(sim={"authenticate": Dialect.authenticate})
    with on_sim(subject, "sync") as rig, pytest.raises(ExchangeError, match="not verified yet"):
        rig.exchange.fetch_balance()


def test_candles_without_their_lengths_are_on_the_list(acme: Any) -> None:
    capabilities = replace(acme().adapter.capabilities, timeframes={})
    [item] = to_do(acme(capabilities=capabilities))
    assert (item.where, item.what) == ("AcmeAdapter.capabilities", "timeframes, for fetch_ohlcv")


def test_the_list_says_how_many_things_which_and_what_comes_next(acme: Any) -> None:
    subject = acme(without=("fetch_time", "fetch_order", "test_order"))
    text = told(subject, to_do(subject))
    assert text.startswith("Acme: 2 things are left to write in AcmeAdapter, in this order.\n")
    assert "  1. fetch_time   the venue's clock" in text
    assert "  2. fetch_order  by either id" in text
    assert "Next: write AcmeAdapter.fetch_time, then run the tests again." in text
    assert "\nOnly where the venue has it: fetch_status, fetch_api_key" in text
    alone = acme(without=("fetch_time",))
    assert told(alone, to_do(alone)).startswith("Acme: 1 thing is left")


def test_the_longest_list_fits_a_terminal_of_80_columns(acme: Any) -> None:
    fresh = acme(without=OPERATIONS, **FRESH)
    text = told(fresh, to_do(fresh))
    assert len(to_do(fresh)) == len(NEEDED) + len(PLACES) + len(THEIRS)
    assert max(map(len, text.splitlines())) < 80


LIST = (Item("A.fetch_time", "", "fetch_time"), Item("A.fetch_order", "", "fetch_order"))


@pytest.mark.parametrize(
    ("asked", "items", "waits"),
    [
        (["fetch_order"], LIST, "A.fetch_order"),
        (["fetch_order", "fetch_time"], LIST, "A.fetch_time"),
        ([], LIST, None),
        (["fetch_api_key"], LIST, None),
        (["fetch_time"], (), None),
        ([], (Item("A.routes", "", ground=True), *LIST), "A.routes"),
        ([], (Item("A.errors", ""), *LIST), None),
    ],
)
def test_a_failed_check_waits_only_if_it_asked_for_what_is_on_the_list(
    asked: list[str], items: tuple[Item, ...], waits: str | None
) -> None:
    assert waits_for(asked, items) == waits


def test_a_defect_in_what_is_written_is_told_while_other_things_are_missing(
    pytester: pytest.Pytester,
) -> None:
    pytester.makepyfile(
        f"""
        import sys
        sys.path.insert(0, {str(FINISHED)!r})
        from exchangekit_acme.adapter import AcmeAdapter
        from exchangekit_acme.sim import AcmeDialect
        from exchangekit.adapter import Adapter
        from exchangekit.testing import conformance

        class Broken(AcmeAdapter):
            create_order = Adapter.create_order
            fetch_status = AcmeAdapter.fetch_time

        TestAcme = conformance(Broken, sim=AcmeDialect)
        """
    )
    done = pytester.runpytest_subprocess("-p", "no:cacheprovider", "-rfs")
    lines = done.outlines
    named = [line.partition(" - ")[0] for line in lines if line.startswith("FAILED")]
    failed = [line.rpartition("::")[2] for line in named]
    clock = "test_06_the_venue_tells_its_time_in_utc_and_that_it_works"
    assert failed == [
        "test_00_everything_that_strategies_rely_on_is_written",
        f"{clock}[sim-sync]",
        f"{clock}[sim-async]",
    ]
    skipped = [line for line in lines if line.startswith("SKIPPED")]
    assert any(line.endswith("waits for Broken.create_order") for line in skipped)


def test_what_is_asked_for_and_missing_is_seen_wherever_it_is_asked(acme: Any) -> None:
    subject = acme(without=("fetch_status", "fetch_time", "test_order"))
    with on_sim(subject, "sync") as rig:
        with pytest.raises(Unsupported):
            rig.describe("fetch_status")
        with pytest.raises(Unsupported):
            rig.exchange.fetch_status()
        rig.exchange.fetch_markets()
        with pytest.raises(Unsupported):
            rig.exchange.fetch_balance()
    assert rig.lacked == ["fetch_status", "fetch_status", "fetch_time"], (
        "to sign one needs the time"
    )
