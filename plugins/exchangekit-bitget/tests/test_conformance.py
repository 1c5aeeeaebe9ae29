"""Bitget does what every venue must do, on its simulated venue and on its cassettes."""

from pathlib import Path

from exchangekit.testing import conformance

CASSETTES = Path(__file__).parents[3] / "cassettes"

TestBitget = conformance("bitget", cassettes=CASSETTES / "bitget")
