"""Taking a shell command apart into its words, the way a shell would, without running anything.

Knows single and double quotes, ``$'…'``, backslashes and continued lines, and the caret quoting
that browsers write for the Windows prompt. Nothing is expanded: ``$NAME`` stays as it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from exchangekit.doctor.captured import Unreadable

_CARETS = re.compile(r"\^(\r?\n|[\s\S])")
_ESCAPES = {
    "n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v", "e": "\x1b",
    "\\": "\\", "'": "'", '"': '"', "?": "?",
}  # fmt: skip
_CODE = re.compile(r"x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{1,4})|U([0-9a-fA-F]{1,8})|([0-7]{1,3})")


@dataclass(frozen=True, slots=True)
class Word:
    """``bare`` says that some of it stood outside of quotes."""

    text: str
    bare: bool


def words(command: str) -> list[Word]:
    """The words of one command. Raises Unreadable for quotes that never end."""
    if '^"' in command or "^'" in command:
        command = _CARETS.sub(lambda found: found[1].strip("\r\n"), command)
    made: list[Word] = []
    text, open_word, bare = "", False, False
    at = 0
    while at < len(command):
        letter = command[at]
        if letter.isspace():
            if open_word:
                made.append(Word(text, bare))
                text, open_word, bare = "", False, False
            at += 1
            continue
        if letter == "\\":
            following = command[at + 1 : at + 3]
            if following.startswith("\n"):
                at += 2
                continue
            if following == "\r\n":
                at += 3
                continue
            piece, at = command[at + 1 : at + 2], at + 2
        elif letter == "'":
            piece, at = _until(command, at + 1, "'")
        elif letter == '"':
            piece, at = _double(command, at + 1)
        elif command.startswith("$'", at):
            piece, at = _ansi(command, at + 2)
        else:
            piece, at, bare = letter, at + 1, True
        text, open_word = text + piece, True
    if open_word:
        made.append(Word(text, bare))
    return made


def _endless(quote: str) -> Unreadable:
    return Unreadable(f"the curl command has a {quote} that is never closed: copy all of it")


def _until(command: str, start: int, quote: str) -> tuple[str, int]:
    end = command.find(quote, start)
    if end < 0:
        raise _endless(quote)
    return command[start:end], end + 1


def _double(command: str, at: int) -> tuple[str, int]:
    made: list[str] = []
    while at < len(command):
        letter = command[at]
        if letter == '"':
            return "".join(made), at + 1
        if letter == "\\" and command[at + 1 : at + 2] in ("$", "`", '"', "\\", "\n"):
            made.append(command[at + 1].strip("\n"))
            at += 2
            continue
        made.append(letter)
        at += 1
    raise _endless('"')


def _ansi(command: str, at: int) -> tuple[str, int]:
    """Bash's ``$'…'``, as browsers write it around bodies."""
    made: list[str] = []
    while at < len(command):
        letter = command[at]
        if letter == "'":
            return _joined("".join(made)), at + 1
        if letter != "\\":
            made.append(letter)
            at += 1
            continue
        code = _CODE.match(command, at + 1)
        if code is not None:
            number = int(code[4], 8) if code[4] else int(code[1] or code[2] or code[3], 16)
            made.append(chr(number) if number < 0x110000 else "\ufffd")
            at = code.end()
        else:
            following = command[at + 1 : at + 2]
            made.append(_ESCAPES.get(following, "\\" + following))
            at += 2
    raise _endless("'")


def _joined(text: str) -> str:
    """Halves of surrogate pairs, as JavaScript writes other letters, put together."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
