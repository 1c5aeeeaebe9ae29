"""What error collectors show: the variables of every frame that an error has passed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from exchangekit import connect

_KIT = str(Path(connect.__code__.co_filename).parent)


def chain(error: BaseException) -> Iterator[BaseException]:
    """The error, its causes and its contexts, those that are not printed too."""
    found, todo = list[BaseException](), [error]
    while todo:
        one = todo.pop()
        if any(one is known for known in found):
            continue
        found.append(one)
        todo += [link for link in (one.__cause__, one.__context__) if link is not None]
        if isinstance(one, BaseExceptionGroup):
            todo += one.exceptions
    return iter(found)


def shown(error: BaseException) -> str:
    """The variables of all frames of the kit and of what it calls, and the errors themselves."""
    told = []
    for one in chain(error):
        told += [str(one), repr(one), repr(one.args)]
        traceback, inside = one.__traceback__, False
        while traceback is not None:
            frame = traceback.tb_frame
            # Frames of whoever calls the kit hold what they gave it.
            inside = inside or frame.f_code.co_filename.startswith(_KIT)
            if inside and "/tests/" not in frame.f_code.co_filename:
                for name, value in frame.f_locals.items():
                    told.append(f"{frame.f_code.co_qualname}.{name} = {value!r}")
            traceback = traceback.tb_next
    return "\n".join(told)
