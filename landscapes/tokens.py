"""The tokens of a formula typed by a user, and the error that refuses one.

Signs as documents and keyboards have them are read as what they mean: superscript digits, pi, minus and product signs,
full-width and mathematical letters. Each stands for one character, so positions stay those of the text as typed.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

MAX_LENGTH = 200
# Name in a formula -> operation of the program. Each takes one argument; min and max take two or more.
FUNCTIONS = {
    **{name: name for name in ("sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh")},
    **{name: name for name in ("exp", "log", "log2", "log10", "sqrt", "abs", "sign", "min", "max")},
    **{"arcsin": "asin", "arccos": "acos", "arctan": "atan", "ln": "log"},
}
NAMES = ("x", "y", "pi", "e", *FUNCTIONS)
PI = "\N{GREEK SMALL LETTER PI}"

_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-")
_TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    rf"|(?P<name>{PI}|[A-Za-z_][A-Za-z_0-9]*)|(?P<superscript>[⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)"
    r"|(?P<sign>\*\*|[-+*/^(),])|(?P<end>\Z)|(?P<other>.))",
    re.DOTALL,
)
_TYPOGRAPHIC = {
    "-": "\N{MINUS SIGN}\N{EN DASH}\N{EM DASH}\N{HYPHEN}\N{NON-BREAKING HYPHEN}",
    "*": "\N{MULTIPLICATION SIGN}\N{MIDDLE DOT}\N{DOT OPERATOR}\N{BULLET OPERATOR}\N{BULLET}\N{ASTERISK OPERATOR}"
    "\N{MULTIPLICATION X}\N{VECTOR OR CROSS PRODUCT}",
    "/": "\N{DIVISION SIGN}\N{DIVISION SLASH}\N{FRACTION SLASH}",
    "^": "\N{MODIFIER LETTER CIRCUMFLEX ACCENT}",
    "|": "\N{DIVIDES}",
    PI: "\N{GREEK PI SYMBOL}",
}
_SIGNS = {typed: sign for sign, many in _TYPOGRAPHIC.items() for typed in many}
# Ways in which Unicode writes a plain character: full-width, italic in a formula, a space that does not break.
_PLAIN_FORMS = ("<wide>", "<narrow>", "<font>", "<noBreak>", "<compat>", "<small>")
_REFUSED = {
    ".": "attribute access (a dot after a name) is not allowed",
    '"': "text in quotes is not allowed",
    "'": "text in quotes is not allowed",
    "[": "square brackets are not allowed; use ( )",
    "{": "braces are not allowed; use ( )",
    "=": "an equals sign is allowed only in front, as in z = x^2 + y^2; write only the expression to minimize",
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


def plain(text: str) -> str:
    """The same number of characters, each as a plain keyboard has it; superscripts and what has no such form stay."""
    return "".join(map(_plain, text))


def _plain(sign: str) -> str:
    if sign.isascii():
        return sign
    if sign in _SIGNS:
        return _SIGNS[sign]
    form = unicodedata.decomposition(sign).partition(" ")[0]
    if form in _PLAIN_FORMS:
        simple = unicodedata.normalize("NFKC", sign)
        if len(simple) == 1 and (simple.isascii() or simple == PI):
            return simple
        return _SIGNS.get(simple, sign)
    return sign


def tokens(text: str) -> list[Token]:
    """The tokens of a formula; the last is of kind "end". A superscript's text is plain, such as "-1".

    Raises:
        FormulaError: no text, an empty or a too long one. Characters without meaning are tokens of kind "other".
    """
    if not isinstance(text, str):
        raise FormulaError(f"the formula was given as {type(text).__name__}; allowed is text")
    if len(text) > MAX_LENGTH:
        raise FormulaError(f"the formula has {len(text)} characters; allowed are {MAX_LENGTH}", MAX_LENGTH)
    if not text.strip():
        raise FormulaError("the formula is empty; write for example x^2 + 3*x")
    result = []
    for match in _TOKEN.finditer(plain(text)):
        kind = match.lastgroup or "other"
        written = match[kind].translate(_SUPERSCRIPTS) if kind == "superscript" else match[kind]
        result.append(Token(kind, written, match.start(kind)))
    return result


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
