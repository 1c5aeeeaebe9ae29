"""``--conformance=once``: every check of every venue still runs, in both modes and places."""

from __future__ import annotations

from collections import Counter

import pytest

from exchangekit.testing.choosing import runs_once

pytest_plugins = ["pytester"]

PLUGIN = """
    import pytest

    def ways(name, *ways):
        @pytest.mark.parametrize("way", ways)
        def test(way):
            pass
        test.conformance = name, ways
        return test

    BOTH = ("sim-sync", "sim-async", "cassette-sync", "cassette-async")
    for at in range(40):
        globals()[f"test_both_{at}"] = ways(f"acme {at}", *BOTH)
        globals()[f"test_sim_{at}"] = ways(f"other {at}", *BOTH[:2])

    @pytest.mark.parametrize("way", BOTH)
    def test_of_something_else(way):
        pass
"""


def test_each_check_runs_one_way_and_all_ways_are_taken(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(PLUGIN)
    items, _ = pytester.inline_genitems("--conformance=whole")
    assert len(items) == 40 * 6 + 4
    kept = [item.name for item in items if runs_once(item)]
    checks = [name for name in kept if "something_else" not in name]
    assert set(Counter(name.partition("[")[0] for name in checks).values()) == {1}
    assert len(checks) == 2 * 40
    used = Counter(name.partition("[")[2] for name in checks if "both" in name)
    assert len(used) == 4
    assert min(used.values()) >= 4, "one of the ways is hardly taken"
    assert len(kept) - len(checks) == 4


def test_what_is_left_out_is_told(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(PLUGIN)
    told = pytester.runpytest("--conformance=once", "-q", "-p", "no:cacheprovider")
    told.assert_outcomes(passed=2 * 40 + 4, deselected=4 * 40)
    told = pytester.runpytest("-q", "-p", "no:cacheprovider")
    told.assert_outcomes(passed=40 * 6 + 4)
