"""`conformance`: the checks as a class of tests that pytest collects, in one line.

Each check runs sync and async, on the simulated venue where there is one and on its cassette where
a folder of cassettes is named. One that fails says what it found in about ten lines;
``pytest -vv``, ``--full-trace``, ``--tb=long`` and ``--pdb`` show the stack.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from exchangekit.adapter.base import Adapter
from exchangekit.adapter.scheme import KeyKind
from exchangekit.testing.check import Check
from exchangekit.testing.registry import checks
from exchangekit.testing.rig import NotApplicable
from exchangekit.testing.runs import Mode, on_cassette, on_sim
from exchangekit.testing.subject import Subject, subject_of
from exchangekit.testing.telling import failure
from exchangekit.testing.todo import Item, to_do, told, waits_for


def conformance(
    venue: str | type[Adapter],
    *,
    sim: Any = None,
    cassettes: str | Path | None = None,
    kind: KeyKind | None = None,
) -> type:
    """A test class for `venue` (its name, or its Adapter class while it is not installed):
    ``TestAcme = conformance("acme")``.

    `sim` is its dialect, by default the one that its plugin registers; `cassettes` the folder
    with its cassettes, for replay. At least one of the two must be there: raises ValueError. `kind`
    is that of the secret to sign with (``"ed25519"``), where the venue takes several.
    """
    about = subject_of(venue, sim, cassettes, kind)
    if about.sim is None and about.cassettes is None:
        raise ValueError(
            f"{about.venue} has no simulated venue and no folder of cassettes was named:"
            " there is nothing to run the checks on"
        )

    class Conformance:
        __doc__ = f"What every venue must do, on {about.adapter.title}."

        @classmethod
        def teardown_class(cls) -> None:
            about.stop()

    left = to_do(about)
    tests = [_unwritten(about, left)] if left else []
    for check in checks():
        ways = _ways(about, check)
        if ways:
            tests.append(_test(about, check, ways, left))
    for test in tests:
        setattr(Conformance, test.__name__, test)
    return Conformance


def _ways(about: Subject, check: Check) -> list[str]:
    places = ["sim"] if about.sim is not None else []
    if check.where == "both" and about.expects(check.id):
        places.append("cassette")
    return [f"{place}-{mode}" for place in places for mode in ("sync", "async")]


def wants_all(config: pytest.Config) -> bool:
    """Whether whoever runs the tests asked for the stack."""
    chosen = config.option
    all_of_it = chosen.verbose > 1 or chosen.fulltrace or chosen.usepdb
    return bool(all_of_it or chosen.tbstyle == "long")


def _unwritten(about: Subject, left: tuple[Item, ...]) -> Callable[..., None]:
    def test_00_everything_that_strategies_rely_on_is_written(self: object) -> None:
        pytest.fail(told(about, left), pytrace=False)

    return test_00_everything_that_strategies_rely_on_is_written


def _test(
    about: Subject, check: Check, ways: list[str], left: tuple[Item, ...]
) -> Callable[..., None]:
    @pytest.mark.parametrize("way", ways)
    def test(
        self: object,
        way: str,
        record_property: Callable[[str, object], None],
        request: pytest.FixtureRequest,
    ) -> None:
        record_property("conformance", [about.venue, check.group])
        place, _, kind = way.partition("-")
        mode: Mode = "async" if kind == "async" else "sync"
        said = ""
        where: Any = on_sim(about, mode) if place == "sim" else on_cassette(about, check, mode)
        with where as rig:
            try:
                check.function(rig)
            except NotApplicable as declared:
                pytest.skip(str(declared))
            except Exception as problem:
                waiting = waits_for(rig.lacked, left)
                if waiting is not None:
                    pytest.skip(f"waits for {waiting}")
                if wants_all(request.config):
                    raise
                said = failure(check, way, rig, problem)
        if said:  # out here: pytest would tell what came before as well
            pytest.fail(said, pytrace=False)

    marked: Any = test
    marked.conformance = f"{about.venue} {check.id}", ways
    test.__name__ = test.__qualname__ = f"test_{check.id}"
    test.__doc__ = check.function.__doc__
    return test
