"""The page for those who come from ccxt uses ccxt's own names."""

from __future__ import annotations

import re

import pytest
from support.ccxt_client import needs_ccxt
from support.pages import ROOT

TEXT = (ROOT / "docs" / "coming-from-ccxt.md").read_text(encoding="utf-8")
FIRST = re.findall(r"^\| (`[^|]+) \|", TEXT, re.MULTILINE)
METHODS = sorted({name for cell in FIRST for name in re.findall(r"`(?:\w+\.)*(\w+)\(", cell)})
ERRORS = sorted({name for cell in FIRST for name in re.findall(r"`([A-Z]\w+)`", cell)})


def test_the_page_names_most_of_what_a_trader_calls() -> None:
    assert len(METHODS) > 25
    assert len(ERRORS) > 15


@needs_ccxt
@pytest.mark.parametrize("name", METHODS)
def test_a_method_on_the_page_is_ccxts(name: str) -> None:
    import ccxt

    assert hasattr(ccxt.binance(), name) or hasattr(ccxt, name)


@needs_ccxt
@pytest.mark.parametrize("name", ERRORS)
def test_an_error_on_the_page_is_ccxts(name: str) -> None:
    import ccxt

    assert issubclass(getattr(ccxt, name), ccxt.BaseError)
