"""Acme does what every venue must do, on its simulated venue."""

from exchangekit.testing import conformance

TestAcme = conformance("acme")
