"""``--conformance=crosswise``: every check of every venue still runs, in both modes and places."""

from __future__ import annotations

from collections import Counter

import pytest

from exchangekit.testing.choosing import runs_crosswise

pytest_plugins = ["pytester"]

PLUGIN = """
    import pytest

    def ways(name, *ways):
        @pytest.mark.parametrize("way", ways)
        def test(way):
            pass
        test.conformance = name
        return test

    BOTH = ("sim-sync", "sim-async", "cassette-sync", "cassette-async")
    for at in range(20):
        globals()[f"test_both_{at}"] = ways(f"acme {at}", *BOTH)
        globals()[f"test_sim_{at}"] = ways(f"other {at}", *BOTH[:2])

    @pytest.mark.parametrize("way", BOTH)
    def test_of_something_else(way):
        pass
"""


def test_each_check_runs_once_on_each_place_in_another_mode(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(PLUGIN)
    items, _ = pytester.inline_genitems("--conformance=whole")
    assert len(items) == 20 * 6 + 4
    kept = [item.name for item in items if runs_crosswise(item)]
    of_both = Counter(name.partition("[")[0] for name in kept if "both" in name)
    of_sim = Counter(name.partition("[")[0] for name in kept if "_sim_" in name)
    assert set(of_both.values()) == {2}
    assert set(of_sim.values()) == {1}
    assert len(of_both) == len(of_sim) == 20
    for at in range(20):
        ways = {name.partition("[")[2][:-1] for name in kept if name.startswith(f"test_both_{at}[")}
        assert ways in ({"sim-sync", "cassette-async"}, {"sim-async", "cassette-sync"})
    used = Counter(name.partition("[")[2] for name in kept if "both" in name)
    assert min(used.values()) >= 5, "one of the ways is hardly taken"
    assert sum("something_else" in name for name in kept) == 4


def test_what_is_left_out_is_told(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(PLUGIN)
    told = pytester.runpytest("--conformance=crosswise", "-q", "-p", "no:cacheprovider")
    told.assert_outcomes(passed=20 * 3 + 4, deselected=20 * 3)
    told = pytester.runpytest("-q", "-p", "no:cacheprovider")
    told.assert_outcomes(passed=20 * 6 + 4)
