"""Bybit does what every venue must do, on its simulated venue and on its cassettes."""

from pathlib import Path

from exchangekit.testing import conformance

CASSETTES = Path(__file__).parents[3] / "cassettes"

TestBybit = conformance("bybit", cassettes=CASSETTES / "bybit")
