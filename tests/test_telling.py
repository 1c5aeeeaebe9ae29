"""A conformance check that fails says so in ten lines: what was expected, what the venue was asked
and said, and the author's own line; never the kit's stack, and nothing secret."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from support.acme import FINISHED

from exchangekit.testing.sanitise import DUMMY_KEY, DUMMY_SECRET
from exchangekit.testing.suite import wants_all

pytest_plugins = ("pytester",)

BROKEN = f"""
import sys
sys.path.insert(0, {str(FINISHED)!r})
from exchangekit_acme.adapter import AcmeAdapter
from exchangekit_acme.sim import AcmeDialect
from exchangekit import adapter as kit
from exchangekit.testing import conformance


class Broken(AcmeAdapter):
    fetch_status = AcmeAdapter.fetch_time

    def fetch_balance(self):
        made = super().fetch_balance()

        def parse(reply):
            return {{}}["balances"]

        return kit.Call(made.request, parse)

    def fetch_trades(self, market, limit):
        made = super().fetch_trades(market, limit)

        def parse(reply):
            raise ValueError("{DUMMY_KEY} {DUMMY_SECRET}")

        return kit.Call(made.request, parse)

    def fetch_order_book(self, market, depth):
        return super().fetch_order_book(market, 5)


TestAcme = conformance(Broken, sim=AcmeDialect)
"""
CLOCK = "the_venue_tells_its_time_in_utc_and_that_it_works"
BALANCE = "the_balance_is_what_the_ledger_holds"
TRADES = "trades_are_oldest_first_and_no_more_than_asked"
BOOKS = "books_are_sorted_uncrossed_and_as_deep_as_asked"


def run(pytester: pytest.Pytester, *arguments: str) -> list[str]:
    pytester.makepyfile(test_acme=BROKEN)
    done = pytester.runpytest_subprocess("-p", "no:cacheprovider", "-p", "no:xdist", *arguments)
    return done.outlines


def block(lines: list[str], check: str) -> list[str]:
    """What is said of one check that failed."""
    first = lines.index(f"Acme, sim-sync: {check.replace('_', ' ')}.")
    size = next(n for n, line in enumerate(lines[first:]) if "pytest -vv" in line)
    return lines[first + 1 : first + size]


def test_a_check_that_fails_says_what_the_venue_said_and_whose_line_it_is(
    pytester: pytest.Pytester,
) -> None:
    names = f"{CLOCK} or {BALANCE} or {TRADES} or {BOOKS}"
    lines = run(pytester, "-k", f"sim-sync and ({names})")
    whole = "\n".join(lines)
    for hidden in ("exchangekit/testing", "Traceback", "During handling", DUMMY_KEY, DUMMY_SECRET):
        assert hidden not in whole

    expected, found, asked, said, own = block(lines, CLOCK)
    assert expected == "  expected  assert rig.exchange.fetch_status().state is VenueState.OK"
    assert found.startswith(
        "  found     AttributeError: 'datetime.datetime' object has no attribute"
    )
    assert asked == "  asked     GET /v1/time (fetch_status)"
    assert said.startswith('  it said   HTTP 200 {"code":"0","message":"","result":{"at":')
    assert own.startswith(f"  yours     {FINISHED / 'exchangekit_acme' / 'adapter.py'}:")

    expected, *_, own = block(lines, BALANCE)
    assert expected == "  doing     balances = rig.exchange.fetch_balance()"
    assert 'test_acme.py:16  return {}["balances"]' in own

    told = block(lines, TRADES)
    assert "ValueError('[…] […]')" in "".join(told)

    told = block(lines, BOOKS)
    assert told[0] == "  expected  assert len(bids) == len(asks) == depth"
    assert told[1].startswith("  found     assert ")
    assert len(told) <= 9


def test_a_switch_shows_the_whole_stack(pytester: pytest.Pytester) -> None:
    lines = run(pytester, "-vv", "-k", f"sim-sync and {CLOCK}")
    assert not [line for line in lines if line.startswith("Acme, sim-sync: ")]
    assert any("exchangekit/testing/checks/market_data.py" in line for line in lines)


@pytest.mark.parametrize(
    ("chosen", "all_of_it"),
    [
        ({}, False),
        ({"verbose": 1}, False),
        ({"tbstyle": "short"}, False),
        ({"verbose": 2}, True),
        ({"fulltrace": True}, True),
        ({"usepdb": True}, True),
        ({"tbstyle": "long"}, True),
    ],
)
def test_whoever_asks_for_the_stack_gets_it(chosen: dict[str, Any], all_of_it: bool) -> None:
    usual = {"verbose": 0, "fulltrace": False, "usepdb": False, "tbstyle": "auto"}
    config: Any = SimpleNamespace(option=SimpleNamespace(**usual | chosen))
    assert wants_all(config) is all_of_it
