"""What is raised where several venues are asked and none, or not all, can answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Unpack

from exchangekit.errors import ExchangeError, VenueUnavailable, _Details


class NoVenue(VenueUnavailable):
    """None of several venues could serve it. ``reasons`` says for each why."""

    default_hint = "reasons says it for each venue; try again when one of them is back."

    def __init__(
        self,
        message: str,
        *,
        reasons: Mapping[str, ExchangeError] | None = None,
        **details: Unpack[_Details],
    ) -> None:
        super().__init__(with_reasons(message, reasons), **details)
        self.reasons: Mapping[str, ExchangeError] = dict(reasons or {})


class PartialAnswer(VenueUnavailable):
    """Some of several venues did not answer, so that the list is not whole. ``rows`` are those of
    the others, ``missing`` says for each venue that is missing why."""

    default_hint = "rows has what the other venues said, missing why these did not."

    def __init__(
        self,
        message: str,
        *,
        rows: tuple[Any, ...] = (),
        missing: Mapping[str, ExchangeError] | None = None,
        **details: Unpack[_Details],
    ) -> None:
        super().__init__(with_reasons(message, missing), **details)
        self.rows = rows
        self.missing: Mapping[str, ExchangeError] = dict(missing or {})


def with_reasons(message: str, reasons: Mapping[str, ExchangeError] | None) -> str:
    """`message`, and what each venue said in brackets."""
    told = "; ".join(f"{key}: {why.message}" for key, why in (reasons or {}).items())
    return f"{message} ({told})" if told else message
