"""The tokens of a formula typed by a user, and the error that refuses one."""

from __future__ import annotations

import re
from typing import NamedTuple

MAX_LENGTH = 200

_TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)|(?P<name>[A-Za-z_][A-Za-z_0-9]*)"
    r"|(?P<sign>\*\*|[-+*/^(),])|(?P<end>\Z)|(?P<other>.))",
    re.DOTALL,
)
# Each stands for one character, so positions stay those of the text as typed.
_TYPOGRAPHIC = str.maketrans({"\N{MINUS SIGN}": "-", "\N{MULTIPLICATION SIGN}": "*", "\N{MIDDLE DOT}": "*"})
_REFUSED = {
    ".": "attribute access (a dot after a name) is not allowed",
    '"': "text in quotes is not allowed",
    "'": "text in quotes is not allowed",
    "[": "square brackets are not allowed; use ( )",
    "{": "braces are not allowed; use ( )",
    "=": "an equals sign is not allowed; write only the expression to minimize",
}


class FormulaError(ValueError):
    """A formula that is refused: ``message`` says what is wrong, ``position`` (from 0, or None) says where."""

    def __init__(self, message: str, position: int | None = None) -> None:
        super().__init__(message if position is None else f"{message} (at character {position + 1})")
        self.message = message
        self.position = position


class Token(NamedTuple):
    kind: str
    text: str
    position: int


def tokens(text: str) -> list[Token]:
    """The tokens of a formula; the last is of kind "end".

    Raises:
        FormulaError: no text, an empty or a too long one. Characters without meaning are tokens of kind "other".
    """
    if not isinstance(text, str):
        raise FormulaError(f"the formula was given as {type(text).__name__}; allowed is text")
    if len(text) > MAX_LENGTH:
        raise FormulaError(f"the formula has {len(text)} characters; allowed are {MAX_LENGTH}", MAX_LENGTH)
    if not text.strip():
        raise FormulaError("the formula is empty; write for example x^2 + 3*y^2")
    found = []
    for match in _TOKEN.finditer(text.translate(_TYPOGRAPHIC)):
        kind = match.lastgroup or "other"
        found.append(Token(kind, match[kind], match.start(kind)))
    return found


def unexpected(token: Token, expected: str) -> FormulaError:
    """The error for a token that does not fit where it stands."""
    kind, text, position = token
    if kind == "end":
        return FormulaError(f"the formula ends too early; {expected}", position)
    if kind == "other" and text in _REFUSED:
        return FormulaError(_REFUSED[text], position)
    if kind == "other":
        return FormulaError(f"{text!r} is not allowed; allowed are + - * / ^ ( ) and names", position)
    return FormulaError(f"{text!r} is not expected here; {expected}", position)
