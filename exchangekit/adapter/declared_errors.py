"""Refuses an error table that cannot work, when it is made."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from exchangekit.adapter.declared_values import is_text, refuse
from exchangekit.errors import ExchangeError
from exchangekit.outcomes import Outcome

_MEANING = (
    'a class of exchangekit.errors, or pairs such as (("balance", InsufficientFunds),'
    ' ("", InvalidOrder))'
)


def check_table(
    codes: Any, unknown: Any, refused: Any, unlisted: Any, hints: Any, messages: Any, filters: Any
) -> None:
    """Raises TypeError for the first thing that a table declares in vain."""
    _check_codes(codes)
    for name, listed in ("unknown", unknown), ("refused", refused):
        if not isinstance(listed, str):
            refuse(f"{name} of an ErrorTable", listed, 'codes in one text, such as "-1006 -1007"')
        _check_names(f"{name} of an ErrorTable", listed)
        if "*" in listed:
            refuse(
                f"{name} of an ErrorTable", listed, "codes and ranges; a prefix is not read here"
            )
    if unlisted not in (Outcome.UNKNOWN, Outcome.REFUSED) or not isinstance(unlisted, Outcome):
        refuse("unlisted of an ErrorTable", unlisted, "Outcome.UNKNOWN or Outcome.REFUSED")
    if not isinstance(hints, Mapping):
        refuse("hints of an ErrorTable", hints, 'sentences by code, such as {"10007": "Wait."}')
    for code, hint in hints.items():
        if not (is_text(code) and is_text(hint)):
            refuse("a hint of an ErrorTable", (code, hint), 'a code and a sentence: "10007": "…"')
        _check_names("the codes of a hint of an ErrorTable", code)
    _check_pairs("messages of an ErrorTable", messages)
    if filters is None:
        return
    if not isinstance(filters, (str, re.Pattern)) or _pattern(filters).groups < 1:
        refuse(
            "filters of an ErrorTable",
            filters,
            'a pattern whose first group is the name of the filter: r"Filter failure: (\\w+)"',
        )


def _check_codes(codes: Any) -> None:
    if not isinstance(codes, Mapping):
        refuse("an ErrorTable's codes", codes, 'classes by code: {"10001": InvalidSignature}')
    for names, meaning in codes.items():
        if not is_text(names):
            refuse("a code of an ErrorTable", names, 'a text: "10001", "10001 10002", "512*"')
        _check_names("the codes of an ErrorTable", names)
        if "*" in names.split():
            refuse(
                "a code of an ErrorTable",
                "*",
                "a code: that any other proves a refusal is said with unlisted=Outcome.REFUSED",
            )
        if isinstance(meaning, type) and issubclass(meaning, ExchangeError):
            continue
        if not isinstance(meaning, tuple) or not meaning:
            refuse(f"the meaning of {names!r}", meaning, _MEANING)
        _check_pairs(f"the meaning of {names!r}", meaning)


def _check_names(what: str, names: str) -> None:
    """A code with a comma behind it is that of no reply, and would be missed without a word."""
    if re.search(r"[,;|]", names):
        refuse(what, names, 'codes with blanks between: "10001 10002"')


def _check_pairs(what: str, pairs: Any) -> None:
    if isinstance(pairs, (str, Mapping)) or not isinstance(pairs, Iterable):
        refuse(what, pairs, _MEANING)
    for pair in pairs:
        if not (isinstance(pair, tuple) and len(pair) == 2 and isinstance(pair[0], str)):
            refuse(what, pairs, _MEANING)
        if not (isinstance(pair[1], type) and issubclass(pair[1], ExchangeError)):
            refuse(what, pairs, _MEANING)
        _pattern(pair[0])
    if "" in [pattern for pattern, _ in list(pairs)[:-1]]:
        refuse(what, pairs, 'the pattern "" at the end: it fits every message, so none after it is')


def _pattern(text: str | re.Pattern[str]) -> re.Pattern[str]:
    try:
        return re.compile(text)
    except re.error as problem:
        refuse("a pattern of an ErrorTable", text, f"a regular expression ({problem})")
