"""The options of connect are one list, and a mistyped one says what was meant."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Callable
from dataclasses import fields
from typing import Any, get_type_hints

import pytest

from exchangekit import ConfigurationError, UnknownOption, connect, connect_sync, options
from exchangekit.options import Chosen, CommonOptions, Options, SyncOptions
from exchangekit.runtime.policy import Settings

both = pytest.mark.parametrize("function", [connect, connect_sync])
NAMES = frozenset(get_type_hints(Options))


def documented(kind: type) -> dict[str, str]:
    """What stands below each option of a list."""
    tree = ast.parse(inspect.getsource(kind)).body[0]
    assert isinstance(tree, ast.ClassDef)
    found = {}
    for option, said in zip(tree.body, tree.body[1:], strict=False):
        if isinstance(option, ast.AnnAssign) and isinstance(said, ast.Expr):
            assert isinstance(said.value, ast.Constant)
            found[ast.unparse(option.target)] = said.value.value
    return found


def test_both_lists_have_the_same_options_and_differ_in_two_of_them_alone() -> None:
    one, other = get_type_hints(Options), get_type_hints(SyncOptions)
    differing = {name for name in NAMES | set(other) if one[name] != other[name]}
    assert differing == {"transport", "journal"}


def test_every_option_has_a_default_and_the_type_that_is_written() -> None:
    hints = get_type_hints(Chosen, vars(options))
    for name, kind in get_type_hints(CommonOptions).items():
        assert hints[name] == kind, name
    assert {field.name for field in fields(Chosen)} == NAMES
    Chosen()


def test_the_defaults_are_those_of_a_connection() -> None:
    chosen, settings = Chosen(), Settings()
    for name in ("recv_window", "order_window", "max_wait"):
        assert getattr(chosen, name) == getattr(settings, name)
        assert f"; {getattr(chosen, name):.0f} by default" in documented(CommonOptions)[name]


def test_help_for_connect_shows_every_option_in_the_words_of_the_list() -> None:
    said = " ".join((connect.__doc__ or "").split())
    words = documented(CommonOptions) | documented(Options)
    assert words.keys() == NAMES
    for name, text in words.items():
        assert f"- `{name}`: {text} " in said, name


@both
def test_help_names_every_option(function: Callable[..., Any]) -> None:
    said = re.findall(r"`(\w+)`", function.__doc__ or "")
    assert set(said) >= NAMES


@both
@pytest.mark.parametrize(
    ("typed", "advice"),
    [
        ("enviroment", "did you mean environment?"),
        ("api_keys", "did you mean api_key?"),
        ("apiKey", "did you mean api_key?"),
        ("baseurl", "did you mean base_url?"),
        ("recvWindow", "did you mean recv_window?"),
        ("passphrse", "did you mean passphrase?"),
        ("q", "it has: api_key, secret, passphrase,"),
    ],
)
def test_a_mistyped_option_says_what_was_meant_and_never_its_value(
    function: Callable[..., Any], typed: str, advice: str
) -> None:
    with pytest.raises(UnknownOption) as caught:
        function("toy", **{typed: "hunter2"})
    said = str(caught.value)
    assert said.startswith(f"{function.__name__} has no option '{typed}' (")
    assert advice in said
    assert "hunter2" not in said


@pytest.mark.parametrize("kind", [TypeError, ConfigurationError])
def test_a_mistyped_option_is_a_type_error_and_one_of_configuration(kind: type[Exception]) -> None:
    with pytest.raises(kind, match="enviroment"):
        connect("toy", enviroment="demo")


def test_what_was_chosen_does_not_show_keys() -> None:
    chosen = Chosen(api_key="hunter1", secret="hunter2", passphrase="hunter3")
    assert "hunter" not in f"{chosen!r} {chosen}"
