"""Proving that a venue works: the conformance suite, cassettes, and their pytest plugin.

    from exchangekit.testing import conformance

    TestAcme = conformance("acme")

runs every check on the venue's simulation, sync and async. Needs the extra ``testing``. Nothing
else of exchangekit imports this package, and loading it as a pytest plugin loads neither vcrpy nor
a venue.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from exchangekit.testing.choosing import pytest_addoption, pytest_collection_modifyitems
from exchangekit.testing.summary import pytest_terminal_summary

if TYPE_CHECKING:
    from exchangekit.testing.findings import Finding, examine
    from exchangekit.testing.subject import Subject, subject_of
    from exchangekit.testing.suite import conformance

_PLACES = {
    "Finding": "findings",
    "Subject": "subject",
    "conformance": "suite",
    "examine": "findings",
    "subject_of": "subject",
}

__all__ = [
    "Finding",
    "Subject",
    "conformance",
    "examine",
    "pytest_addoption",
    "pytest_collection_modifyitems",
    "pytest_terminal_summary",
    "subject_of",
]


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_PLACES[name]}"), name)
