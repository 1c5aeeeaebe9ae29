# Each target does all of its own set-up: it needs make and Python 3.11 or newer, nothing else.
#
#   make demo     one strategy file on three simulated venues, and over all of them while one fails;
#                 its beliefs beside their ledgers
#   make test     the tests
#   make conformance every check of every venue, each test of the transports and the slow tests on all
#                 of them, every way (the tests take one)
#   make chaos    orders through faults, outages and kills, judged by the ledgers (ORDERS=10000,
#                 SEED=1, WORKERS=4, SINGLE=1 without failover, TRANSPORT=httpx); fails where anything
#                 disagrees
#   make matrix   every fault on every operation on every venue, sync and async
#                 (EXCHANGEKIT_TESTED_TRANSPORT=httpx: over that one; of conformance, too)
#   make lint     ruff, mypy --strict, pyright, import-linter
#   make mutants  changes that no test notices, of the modules that differ from BASE=main
#                 (MODULES="exchangekit/orders/ids.py ..." names some, MINUTES=5, MOST=300)
#   make ccxt     ccxt, unchanged, on the simulated venues
#   make bench    exchangekit beside ccxt in one run, into docs/benchmarks.md (SMALL=1 only shows
#                 that it runs)
#   make payloads the venues' real answers (EXCHANGEKIT_PAYLOADS=folder)
#   make cassettes record them again (VENUE=mexc; TARGET=testnet, demo or live: with your keys)
#   make facade   write Exchange and SyncExchange from exchangekit/operations/interface.py
#   make format   let ruff put the code in order
#   make docs     the documentation, into site/; warnings are errors
#   make readme   write what works where into README.md, and into docs/ the venues' line counts and
#                 which mistakes conformance finds
#   make tutorial write examples/exchangekit-acme from docs/add-a-venue/, and its outputs
#   make clean    remove everything that was made here
#
# PYTHON=/path/to/python names the Python, VENV=folder where its environment goes.

VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
PROJECTS := pyproject.toml $(wildcard plugins/*/pyproject.toml)
PLUGINS := $(patsubst %/pyproject.toml,-e ./%,$(wildcard plugins/*/pyproject.toml))
export PYTHON
# Hundreds of tests start a Python of their own: what is compiled once is kept.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test conformance matrix chaos mutants lint style types floors ccxt bench payloads facade format readme tutorial clean

demo: $(VENV)/.ready
	$(BIN)/exchangekit demo mexc binance okx

test: $(VENV)/.ready
	$(BIN)/python -m pytest -n 6 --dist worksteal --conformance=once

conformance: $(VENV)/.ready
	$(BIN)/python -m pytest -n 6 --dist worksteal plugins/*/tests/test_conformance.py tests/venues \
		tests/cli/test_signal_strategy.py tests/journal/test_wiring.py tests/runtime/transports

chaos: $(VENV)/.ready
	$(BIN)/python -m exchangekit.testing.chaos --orders $(or $(ORDERS),10000) --seed $(or $(SEED),1) \
		--workers $(or $(WORKERS),4) $(if $(SINGLE),--single) $(if $(TRANSPORT),--transport $(TRANSPORT))

matrix: $(VENV)/.ready
	EXCHANGEKIT_MATRIX=whole $(BIN)/python -m pytest -n 2 --dist worksteal tests/matrix/test_matrix.py

mutants: $(VENV)/.ready
	$(BIN)/python .ci/mutants

lint: style types floors

style: $(VENV)/.lint
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.lint
	$(BIN)/mypy --strict
	$(BIN)/python -m pytest -m types tests/checkers
	MYPYPATH=.ci/mutants $(BIN)/mypy --strict .ci/mutants/*.py
	$(BIN)/mypy --strict benchmarks
	MYPYPATH=examples/exchangekit-acme $(BIN)/mypy --strict -p exchangekit_acme
	.ci/lint-new-venue

floors: $(VENV)/.lint
	$(BIN)/lint-imports

ccxt: $(VENV)/.ccxt
	$(BIN)/python -m pytest -m ccxt

bench: $(VENV)/.bench
	$(BIN)/python -m benchmarks $(if $(SMALL),--small,--write)

payloads: $(VENV)/.ready
	$(BIN)/python -m pytest -m payloads

cassettes: $(VENV)/.ready
	$(BIN)/python -m exchangekit.testing.record $(VENUE) --target $(or $(TARGET),simulated) \
		$(if $(TRADE),--trade)

facade: $(VENV)/.ready
	$(BIN)/python .ci/make_facade.py

format: $(VENV)/.lint
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

.PHONY: docs
docs: $(VENV)/.docs
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs --quiet build --strict

readme: $(VENV)/.ready
	$(BIN)/python tests/test_readme.py
	$(BIN)/python tests/test_add_a_venue.py lines
	PYTHONPATH=tests $(BIN)/python tests/conformance/test_mistakes.py

tutorial: $(VENV)/.ready
	$(BIN)/python tests/test_add_a_venue.py

clean:
	rm -rf .venv .venv-* build dist site plugins/*/build plugins/*/dist
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -prune -exec rm -rf {} + -o -name '*.egg-info' -prune -exec rm -rf {} +

# The environment: made anew when a pyproject.toml has changed.
$(VENV)/.ready: $(PROJECTS)
	@echo "Setting up $(VENV) (a minute or two the first time)"
	@found=$$(.ci/find-python) && "$$found" -m venv --clear $(VENV)
	@$(PIP) install --upgrade 'pip>=25.1'
	@$(PIP) install -e '.[cli,sim,testing]' $(PLUGINS) --group test
	@touch $@

$(VENV)/.lint: $(VENV)/.ready
	@$(PIP) install --group lint
	@touch $@

$(VENV)/.docs: $(VENV)/.ready
	@$(PIP) install --group docs
	@touch $@

$(VENV)/.ccxt: $(VENV)/.ready
	@$(PIP) install --group ccxt
	@touch $@

# For the benchmark, which needs ccxt beside us.
$(VENV)/.bench: $(VENV)/.ready
	@$(PIP) install --group bench
	@touch $@
