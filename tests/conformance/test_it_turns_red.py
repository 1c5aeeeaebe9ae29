"""The installed venues, each spoilt in a way that is easily overlooked: conformance turns red.

On the simulated venue, and on the cassettes, where every byte of a request is matched.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from support.defects import Signing, swapped, table_without, then
from support.traders import VENUES

from exchangekit.adapter import Adapter, Call
from exchangekit.adapter.request import target
from exchangekit.errors import InsufficientFunds
from exchangekit.plugins import installed
from exchangekit.testing import Subject, examine, subject_of

CASSETTES = Path(__file__).parents[2] / "cassettes"
CASSETTE_WAYS = ("cassette-sync", "cassette-async")
WAYS = ("sim-sync", *CASSETTE_WAYS)


@pytest.fixture(params=VENUES)
def venue(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def right(venue: str) -> type[Adapter]:
    return installed().venues[venue]


@pytest.fixture
def about() -> Iterator[Any]:
    opened: list[Subject] = []

    def with_adapter(adapter: type[Adapter]) -> Subject:
        sim = installed().simulated()[adapter.venue]
        opened.append(subject_of(adapter, sim, CASSETTES / adapter.venue))
        return opened[-1]

    yield with_adapter
    for one in opened:
        one.stop()


def red(about: Subject, group: int, ways: tuple[str, ...] = WAYS) -> bool:
    """Whether some check of the group fails in every one of these ways."""
    return all(
        any(one.result == "failed" for one in examine(about, {group}, ways=(way,))) for way in ways
    )


def spoilt(right: type[Adapter], **attributes: Any) -> type[Adapter]:
    made = {"__module__": right.__module__, **attributes}
    return type(f"Spoilt{right.__name__}", (right,), made)


def test_two_signed_parameters_change_places(right: type[Adapter], about: Any) -> None:
    wrong = spoilt(right, signer=Signing(right.signer, swapped))
    assert red(about(wrong), 8)
    assert red(about(wrong), 2)


def test_parameters_are_signed_and_sent_in_another_order(right: type[Adapter], about: Any) -> None:
    """The venue may well take it: only the cassettes hold the order that is promised."""

    class Backwards(Signing):
        def sign(self, request: Any, credentials: Any, stamp: Any, origin: Any) -> Any:
            made = self.right.sign(request, credentials, stamp, origin)
            if made.target != target(request.path, request.params):
                return swapped(made, credentials)
            turned = replace(request, params=request.params[::-1])
            return self.right.sign(turned, credentials, stamp, origin)

    wrong = spoilt(right, signer=Backwards(right.signer, swapped))
    assert red(about(wrong), 8, CASSETTE_WAYS)


def test_one_error_code_is_dropped(right: type[Adapter], about: Any) -> None:
    """Any code at all: each meaning is in a cassette."""
    for code in (min(right.errors.codes), max(right.errors.codes)):
        wrong = spoilt(right, errors=table_without(right.errors, code))
        assert red(about(wrong), 11, CASSETTE_WAYS), code


def test_the_error_code_of_insufficient_funds_is_dropped(right: type[Adapter], about: Any) -> None:
    codes = [
        code
        for code, pairs in right.errors.codes.items()
        if any(error is InsufficientFunds for _, error in pairs)
    ]
    wrong = spoilt(right, errors=table_without(right.errors, *codes))
    assert red(about(wrong), 8)


@pytest.mark.parametrize("kind", [float, str, int, lambda number: Decimal(float(number))])
def test_the_type_of_a_number_changes(right: type[Adapter], about: Any, kind: Any) -> None:
    def fetch_ticker(self: Adapter, market: Any) -> Call[Any]:
        call = right.fetch_ticker(self, market)
        return then(call, lambda made: made.model_copy(update={"last": kind(made.last)}))

    wrong = spoilt(right, fetch_ticker=fetch_ticker)
    assert red(about(wrong), 7)


def test_the_type_of_a_number_of_an_order_changes(right: type[Adapter], about: Any) -> None:
    def fetch_order(self: Adapter, *given: Any) -> Call[Any]:
        call = right.fetch_order(self, *given)
        return then(call, lambda made: made.model_copy(update={"amount": float(made.amount)}))

    wrong = spoilt(right, fetch_order=fetch_order)
    assert red(about(wrong), 7)


def test_unspoilt_it_is_green(right: type[Adapter], about: Any) -> None:
    found = list(examine(about(spoilt(right)), {7}, ways=WAYS))
    assert {one.result for one in found} == {"passed"}
