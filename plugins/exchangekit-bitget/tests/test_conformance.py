"""Both of Bitget's APIs do what every venue must do, on simulated venues and on cassettes."""

from pathlib import Path

from exchangekit.testing import conformance

CASSETTES = Path(__file__).parents[3] / "cassettes"

TestBitget = conformance("bitget", cassettes=CASSETTES / "bitget")
TestBitgetUnified = conformance("bitgetuta", cassettes=CASSETTES / "bitgetuta")
