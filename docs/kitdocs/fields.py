"""Shows models with their fields.

Models and named tuples have no written ``__init__``: they are given one that lists their fields.
Enums tell their values. (Operations need no help: the exchanges have them as methods.)
"""

from __future__ import annotations

from typing import Any

import griffe


class Fields(griffe.Extension):
    """Changes what griffe has read of the package, when all of it is loaded."""

    def on_package(self, *, pkg: griffe.Module, loader: griffe.GriffeLoader, **kwargs: Any) -> None:
        if pkg.path != "exchangekit":
            return
        for module in (pkg["errors"], *pkg["models"].modules.values()):
            if module.docstring:
                # How reStructuredText announces a block of code.
                module.docstring.value = module.docstring.value.replace("\n::\n", "\n")
            for kind in module.classes.values():
                _tell_fields(kind)


def _tell_fields(kind: griffe.Class) -> None:
    bases = {str(base) for base in kind.bases}
    members: list[Any] = list(kind.members.values())
    own = [one for one in members if one.is_attribute and "property" not in one.labels]
    fields = [one for one in own if one.annotation and not one.name.startswith("_")]
    if bases & {"Model", "NamedTuple"}:
        tuples = "NamedTuple" in bases
        how = griffe.ParameterKind.positional_or_keyword
        shown = [griffe.Parameter("self", kind=how)]
        for one in fields:
            keyword = how if tuples else griffe.ParameterKind.keyword_only
            shown.append(
                griffe.Parameter(
                    one.name, annotation=one.annotation, kind=keyword, default=one.value
                )
            )
        made = griffe.Function("__init__", parameters=griffe.Parameters(*shown), parent=kind)
        kind.set_member("__init__", made)
    elif "StrEnum" in bases and kind.docstring:
        values = ", ".join(f"`{one.name}` = `{one.value}`" for one in own)
        kind.docstring.value += f"\n\nValues: {values}."
