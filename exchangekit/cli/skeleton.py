"""The package that `exchangekit new-venue` writes: its files as text, for one venue's name.

It installs, lists itself, and declares nothing that it cannot do: an operation that is not
written is not overridden, so the kit refuses it before anything is sent. What is left to write,
the conformance checks tell.
"""

from __future__ import annotations

import inspect
from string import Template

from exchangekit.adapter.authors import NOT_TOLD
from exchangekit.adapter.base import Adapter
from exchangekit.adapter.operations import OPERATIONS

PYPROJECT = """\
[build-system]
requires = ["setuptools>=77"]
build-backend = "setuptools.build_meta"

[project]
name = "exchangekit-$name"
version = "0.1.0"
description = "$title spot for exchangekit."
readme = "README.md"
requires-python = ">=3.11"
dependencies = ["exchangekit$bound"]

[project.optional-dependencies]
test = ["exchangekit[sim,testing]"]

[project.entry-points.exchangekit]
$name = "exchangekit_$name"

[tool.setuptools.packages.find]
include = ["exchangekit_$name*"]

[tool.setuptools.package-data]
exchangekit_$name = ["py.typed"]

[tool.pytest.ini_options]
testpaths = ["tests"]
"""

README = """\
# exchangekit-$name

$title spot for exchangekit: the adapter, the venue's error table, and a simulated venue that
speaks its dialect.

$not_told

    pip install -e '.[test]'
    exchangekit venues
    pytest

The tests are the conformance checks that every venue must pass. Until everything is written, one
of them fails with the list of what is left, in the order in which to write it, and the checks
that need it wait. How to go on step by step is told in the kit's documentation, "Add a venue".
"""

INIT = '''\
"""$title for exchangekit: registers the venue and its simulation."""

from typing import Any

from exchangekit import hookimpl
from exchangekit.adapter import Adapter
from exchangekit_$name.adapter import ${class_}Adapter


@hookimpl
def exchangekit_venues() -> list[type[Adapter]]:
    return [${class_}Adapter]


@hookimpl
def exchangekit_simulated_venues() -> dict[str, Any]:
    from exchangekit_$name.sim import ${class_}Dialect

    return {"$name": ${class_}Dialect}
'''

ADAPTER = '''\
"""$title spot, endpoint by endpoint: $docs

Opens no socket, reads no clock, draws no random number: each operation describes its request and
how to read the reply, as ``Call(request, parse)``.
"""

from exchangekit import adapter as kit
from exchangekit_$name.errors import ERRORS


class ${class_}Adapter(kit.Adapter):
    venue = "$name"
    title = "$title"
    docs = "$docs"
    environments = kit.environments(live="$address")
    # What the venue's page on authentication says, as data: kit.DeclaredPrehash. Anything with the
    # methods of kit.Signer is a signer, too.
    signer = kit.NoSigner()
    errors = ERRORS
    # Declare what is written, nothing more: the kit refuses the rest before it is sent.
    capabilities = kit.Capabilities(
        limit_orders=frozenset(), market_orders=False, buy_with_cost=False
    )

    # error_in(reply, request) -> VenueCode | None says which error a reply's body reports.
    error_in = kit.no_envelope

    # The operations of an adapter. To write one, override it with the signature that it has in
    # kit.Adapter, and put the address of its page of the venue's documentation into its docstring.
    # What the venue does not have stays unwritten.
    #
$operations
'''

ERRORS = '''\
"""$title's error codes and what they mean: $docs

A code whose meaning depends on its message has (pattern, class) pairs; ``unknown`` lists the codes
after which an order may or may not have been taken. A code that is not here is a VenueError.
"""

from exchangekit.adapter import ErrorTable

ERRORS = ErrorTable({})
'''

ROWS = '''\
"""How $title spells what it says, what its words mean, and how it wants to be told.

Rows are classes built upon those of `exchangekit.adapter.rows`, and `named` says how their fields
are spelt; words are told by `exchangekit.adapter.parse.Words`. $docs
"""
'''

SIM = '''\
"""A simulated $title: the documentation once more, from the venue's side. $docs

Shares no code with the adapter or with the kit's signers: what one of them misunderstands, the
other is to find out.
"""

from collections.abc import Sequence
from decimal import Decimal

from exchangekit.sim import (
    Breach,
    Context,
    Dialect,
    Fees,
    Instrument,
    RawRequest,
    Rejection,
    Response,
    Route,
    Trouble,
    VenueRules,
)


class ${class_}Dialect(Dialect):
    venue = "$name"
    # The venue's own rates; they differ, so that whoever mixes them up is found out.
    rules = VenueRules(fees=Fees(maker=Decimal("0.0005"), taker=Decimal("0.001")))

    def instruments(self) -> Sequence[Instrument]:
        """Give them the venue's own names and filters."""
        return [
            Instrument(base + "USDT", base, "USDT", tick=Decimal("0.01"), step=Decimal("0.0001"))
            for base in ("BTC", "ETH")
        ]

    def routes(self) -> Sequence[Route]:
        """Every endpoint: method, path, handler, and the name of its operation."""
        return []

    # authenticate(ctx) -> ApiKey verifies a request's signature, from its raw bytes. As long as it
    # is not written nobody is let in.

    def rejected(self, ctx: Context, rejection: Rejection) -> Response:
        return self.error(type(rejection).__name__, str(rejection), 400)

    def limited(self, ctx: Context, breach: Breach) -> Response:
        return self.error("limited", "too many requests", 418 if breach.banned else 429)

    def trouble(self, ctx: Context | None, kind: Trouble, status: int) -> Response:
        return self.error(kind, None, status)

    def error(self, code: str, message: str | None, status: int | None) -> Response:
        """The envelope of an error as the venue writes it."""
        return Response({"code": code, "message": message or code}, status or 400)

    def unknown_path(self, request: RawRequest, allowed: Sequence[str]) -> Response:
        return self.error("no_such_path", None, 405 if allowed else 404)
'''

TEST = '''\
"""$title does what every venue must do, on its simulated venue."""

from exchangekit.testing import conformance

Test${class_} = conformance("$name")
'''

FILES = {
    "pyproject.toml": PYPROJECT,
    "README.md": README,
    "exchangekit_$name/__init__.py": INIT,
    "exchangekit_$name/adapter.py": ADAPTER,
    "exchangekit_$name/errors.py": ERRORS,
    "exchangekit_$name/rows.py": ROWS,
    "exchangekit_$name/py.typed": "",
    "exchangekit_$name/sim/__init__.py": SIM,
    "tests/test_conformance.py": TEST,
}


def skeleton(name: str, version: str) -> dict[str, str]:
    """The files of a new venue's package by path, for this version of the kit."""
    words = {
        "name": name,
        "class_": name.capitalize(),
        "title": name.capitalize(),
        "upper": name.upper(),
        "docs": f"https://docs.{name}.invalid",
        "address": f"https://api.{name}.invalid",
        "bound": _bound(version),
        "not_told": NOT_TOLD,
        "operations": "\n".join(f"    #   {line}" for line in operations()),
    }
    return {
        Template(path).substitute(words): Template(text).substitute(words)
        for path, text in FILES.items()
    }


def operations() -> list[str]:
    """Each operation with its arguments and what its Call gives."""
    lines = []
    for name in OPERATIONS:
        found = inspect.signature(getattr(Adapter, name))
        arguments = ", ".join(one for one in found.parameters if one != "self")
        lines.append(f"{name}({arguments}) -> {found.return_annotation}")
    return lines


def _bound(version: str) -> str:
    """Up to the next version that may change what an adapter relies on."""
    major, minor = (int(part) for part in version.split(".")[:2])
    following = f"{major + 1}" if major else f"0.{minor + 1}"
    return f">={major}.{minor},<{following}"
