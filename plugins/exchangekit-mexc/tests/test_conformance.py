"""MEXC does what every venue must do, on its simulated venue and on its cassettes."""

from pathlib import Path

from exchangekit.testing import conformance

CASSETTES = Path(__file__).parents[3] / "cassettes"

TestMexc = conformance("mexc", cassettes=CASSETTES / "mexc")
