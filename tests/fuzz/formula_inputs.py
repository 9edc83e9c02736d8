"""Texts a visitor might type as a formula: grown from the grammar, nested to the limit, mutated, and token soup.

Input number i of a seed is always the same text, so a failure is found again by its number.
"""

from __future__ import annotations

import random

from landscapes.tokens import FUNCTIONS, MAX_LENGTH

_LEAVES = (*"xxxxyyyy", "2", "3", "0.5", "10", "0", "1", "pi", "e", "7", "64", "1e-3", "1e5", "99.5")
_EXTREME = ("1e300", "1e-300", "5e-324", "1e308", "999", "-1", "1/3", "1000", "2.5", "1e-160", "0.0", "1e16")
_SIGNS = ("+", "-", "*", "/", "^", "**")
_TYPED = {
    "*": ("*", "\N{MULTIPLICATION SIGN}", "·", " * "),
    "-": ("-", "\N{MINUS SIGN}", " - "),
    "/": ("/", "÷"),
    "pi": ("pi", "π", "Pi"),
}
_SOUP = (
    *"xxyy0123456789+-*/^(),. ",
    *_SIGNS,
    *FUNCTIONS,
    *_EXTREME,
    "pi",
    "e",
    "sin(",
    "max(",
    "sqrt(",
    ")",
    ")",
    "((",
    "²",
    "³",
    "⁻¹",
    "π",
    "\N{MINUS SIGN}",
    "|",
    "√",
    "½",
    "=",
    "z =",
    "f(x, y) =",
    "np.",
    "math.",
    "\\",
    "{",
    "}",
    "[",
    "'",
    '"',
    "%",
    "!",
    "<",
    "\0",
    "\n",
    "X",
    "Y",
    "xy",
    "sin^2(",
    "0,5",
    "log_2",
    "pow(",
    "//",
    "@",
    "ˣ",
    "₁",
    "∞",
    "≤",
    "\N{FULLWIDTH LATIN SMALL LETTER X}",
    "\N{COMBINING CIRCUMFLEX ACCENT}",
)
_WRAPPERS = (
    "{}^x",
    "x^{}",
    "({})^y",
    "({})^2",
    "({})^0.5",
    "({})^-1",
    "({})^63",
    "({})^-64",
    "-{}",
    "--{}",
    "sin({})",
    "tan({})",
    "exp({})",
    "log({})",
    "sqrt({})",
    "abs({})",
    "sign({})",
    "asin({})",
    "acos({})",
    "atan({})",
    "sinh({})",
    "cosh({})",
    "tanh({})",
    "log2({})",
    "max({},x)",
    "min({},y)",
    "max(x,y,{})",
    "1/({})",
    "x/({})",
    "({})/y",
    "({})/2",
    "({})*y",
    "x*({})",
    "2({})",
    "({})({})",
    "({})*({})",
    "({})^({})",
    "{}+{}",
    "({})-({})",
    "({})/({})",
    "({})+1",
    "x-({})",
    "({})²",
    "max({},{})",
    "min({},{})",
    "1e300*({})",
    "({})/1e300",
    "({})/5e-324",
    "1e-160*({})",
)


def formula_input(seed: int, number: int) -> str:
    """Input ``number`` of a seed, at most a few characters longer than a formula may be."""
    draw = random.Random(f"{seed}/{number}")
    kind = draw.random()
    if kind < 0.4:
        text = _grown(draw, draw.randint(1, 7))
    elif kind < 0.65:
        text = _nested(draw)
    elif kind < 0.9:
        text = _mutated(draw, _nested(draw) if draw.random() < 0.4 else _grown(draw, draw.randint(1, 6)))
    else:
        text = "".join(draw.choice(_SOUP) for _ in range(draw.randint(1, 30)))
    return text[: MAX_LENGTH + 2] if draw.random() < 0.02 else text[:MAX_LENGTH]


def _grown(draw: random.Random, depth: int) -> str:
    """A formula of the grammar, in one of the ways in which people write it."""
    kind = draw.random()
    if depth == 0 or kind < 0.1:
        leaf = draw.choice(_EXTREME if draw.random() < 0.08 else _LEAVES)
        return draw.choice(_TYPED.get(leaf, (leaf,)))
    inner = _grown(draw, depth - 1)
    if kind < 0.2:
        return draw.choice(("-", "-", "+")) + inner
    if kind < 0.45:
        name = draw.choice(tuple(FUNCTIONS))
        if name in ("min", "max"):
            return f"{name}({inner},{_grown(draw, depth - 1)})"
        return f"{name}({inner})"
    if kind < 0.52:
        return f"({inner}){draw.choice(('²', '³', '⁻²', '^2', '^-1', '^0.5', '^(1/3)'))}"
    if kind < 0.57:
        return f"{draw.choice(('2', '0.5', '3.1', '10'))}({inner})"
    sign = draw.choice(_SIGNS)
    sign = draw.choice(_TYPED.get(sign, (sign,)))
    other = _grown(draw, draw.randint(0, depth - 1))
    left = f"({inner})" if draw.random() < 0.7 else inner
    return f"{left}{sign}({other})" if draw.random() < 0.6 else f"{left}{sign}{other}"


def _nested(draw: random.Random) -> str:
    """One to three wrappings in turn, until the text is full."""
    chosen = [draw.choice(_WRAPPERS) for _ in range(draw.randint(1, 3))]
    text = draw.choice(("x", "y", "x*y", "x+y", "x^y", "x^2+y^2", "x/y"))
    for turn in range(draw.randint(2, 24)):
        longer = chosen[turn % len(chosen)].replace("{}", text)
        if len(longer) > MAX_LENGTH:
            break
        text = longer
    return text


def _mutated(draw: random.Random, text: str) -> str:
    for _ in range(draw.randint(1, 4)):
        at, end = sorted(draw.randint(0, len(text)) for _ in range(2))
        match draw.randint(0, 5):
            case 0:
                text = text[:at] + draw.choice(_SOUP) + text[at:]
            case 1:
                text = text[:at] + text[at + draw.randint(1, 3) :]
            case 2:
                text = text[:end] + text[at:end] + text[end:]
            case 3:
                text = text[:at] + draw.choice(_SOUP) + text[at + 1 :]
            case 4:
                text = text[:at] + text[end:]
            case _:
                text = text[:at] + text[at:end][::-1] + text[end:]
    return text
