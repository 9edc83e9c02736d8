"""What to write instead: notations of others (mathematics on paper, Python, LaTeX), each with its cure.

A formula that the grammar refuses is looked through for such a notation. The message shows the user's own words put
right, so that they can be copied.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence

from landscapes.tokens import FUNCTIONS, NAMES, FormulaError, Token

_LIBRARIES = ("np", "numpy", "jnp", "math", "cmath", "torch", "tf", "sp", "sympy", "scipy", "f", "k")
_INVERSES = {"sin": "asin", "cos": "acos", "tan": "atan", "exp": "log", "log": "exp", "ln": "exp"}
_ROOTS = {"\N{SQUARE ROOT}": "sqrt({})", "\N{CUBE ROOT}": "sign({0})*abs({0})^(1/3)"}
_LONGEST_SHOWN = 60

# Functions that other tools have -> the same in this grammar, of one argument or two.
_ELSEWHERE = {
    "pow": "({0})^({1})",
    "power": "({0})^({1})",
    "square": "({0})^2",
    "cbrt": "sign({0})*abs({0})^(1/3)",
    "hypot": "sqrt(({0})^2 + ({1})^2)",
    "atan2": "atan(({0})/({1}))",
    "arctan2": "atan(({0})/({1}))",
    "maximum": "max({0}, {1})",
    "minimum": "min({0}, {1})",
    "log1p": "log(1 + {0})",
    "expm1": "exp({0}) - 1",
    "exp2": "2^({0})",
    "lg": "log10({0})",
    "lb": "log2({0})",
    "tg": "tan({0})",
    "cot": "1/tan({0})",
    "ctg": "1/tan({0})",
    "sec": "1/cos({0})",
    "csc": "1/sin({0})",
    "sgn": "sign({0})",
    "fabs": "abs({0})",
    "absolute": "abs({0})",
    "norm": "sqrt(x^2 + y^2)",
    "relu": "max(0, {0})",
    "sigmoid": "1/(1 + exp(-({0})))",
    "softplus": "log(1 + exp({0}))",
    **dict.fromkeys(("asinh", "arcsinh", "arsinh"), "log({0} + sqrt(({0})^2 + 1))"),
    **dict.fromkeys(("acosh", "arccosh", "arcosh"), "log({0} + sqrt(({0})^2 - 1))"),
    **dict.fromkeys(("atanh", "arctanh", "artanh"), "log((1 + {0})/(1 - ({0})))/2"),
}


def cure(text: str, found: Sequence[Token]) -> FormulaError | None:
    """The first notation of others that stands in a formula, with what to write instead; None where there is none.

    Only what no formula of this grammar can hold is looked for. ``text`` is plain, ``found`` are its tokens.
    """
    for at, token in enumerate(found):
        if token.kind == "name":
            message = _library(text, found, at) or _power_of_a_function(text, found, at)
        elif token.kind == "other":
            message = _sign(text, found, at)
        else:
            message = None
        if message:
            return FormulaError(message, token.position)
    return None


def decimal_comma(found: Sequence[Token], at: int) -> str:
    """How to write a decimal comma, if the comma at this place is one; else nothing."""
    before, comma, after = found[at - 1], found[at], found[at + 1]
    ends = before.position + len(before.text)
    if before.kind == after.kind == "number" and ends == comma.position == after.position - 1:
        return f"write a decimal number with a point: {before.text}.{after.text}"
    return ""


def unknown_name(text: str, found: Sequence[Token], at: int) -> str:
    """What to write instead of a name that is none of the grammar's; nothing where that is not known."""
    name = found[at].text
    lower = name.lower()
    if lower in _ELSEWHERE:
        arguments = _arguments(text, found, at + 1)
        return f"write {_shown(_filled(_ELSEWHERE[lower], arguments))}"
    if lower in ("log_2", "log_10"):
        return f"write {lower.replace('_', '')}(...)"
    if match := re.fullmatch(r"([xy])_?([0-9]+)", lower):
        ways = "" if match[2] == "1" else f"write {match[1]}^{match[2]} or {match[2]}*{match[1]}; "
        return f"{ways}the variables are x and y"
    if pieces := _split(lower):
        called = found[at + 1].text == "(" and pieces[-1] in FUNCTIONS
        *first, last = pieces
        return f"write {'*'.join([*first, f'{last}(...)' if called else last])}"
    close = difflib.get_close_matches(lower, NAMES, n=1)
    return f"did you mean {close[0]}?" if close else ""


def beside(found: Sequence[Token], at: int) -> str:
    """How to write a product whose sign is missing before the token at this place; else nothing."""
    before, after = found[at - 1], found[at]
    starts = after.kind == "number" or after.text == "(" or after.text.lower() in NAMES
    if at and starts and (before.kind in ("name", "number", "superscript") or before.text == ")"):
        left = before.text if before.kind in ("name", "number") else "..."
        return f"; write {left}*{'(...)' if after.text == '(' else after.text}"
    return ""


def _split(name: str) -> list[str]:
    """A name of several known ones without signs between: xy, pix, xsin, sinx. Empty where it is not that."""
    functions = sorted(FUNCTIONS, key=len, reverse=True)
    if match := re.fullmatch(rf"((?:x|y|pi|e)*)({'|'.join(functions)})(pix|piy|pi|x|y)?", name):
        front = re.findall("x|y|pi|e", match[1])
        return [*front, f"{match[2]}({match[3].replace('pi', 'pi*').rstrip('*')})" if match[3] else match[2]]
    return re.findall("x|y|pi|e", name) if re.fullmatch("(?:x|y|pi|e){2,}", name) else []


def _library(text: str, found: Sequence[Token], at: int) -> str | None:
    """np.sin(x), math.pi: the name without the library's."""
    *_, last = prefix = _dotted(found, at)
    if len(prefix) < 2 or prefix[0].text.lower() not in _LIBRARIES or last.kind != "name":
        return None
    name = last.text.lower()
    arguments = _arguments(text, found, at + 2 * len(prefix) - 1)
    if name in FUNCTIONS:
        instead = f"{name}({', '.join(arguments) or 'x'})"
    elif name in _ELSEWHERE:
        instead = _filled(_ELSEWHERE[name], arguments)
    else:
        instead = name if name in NAMES else "only its name, such as sin(x)"
    return f"names of libraries are not needed; write {_shown(instead)}"


def _dotted(found: Sequence[Token], at: int) -> list[Token]:
    """The names from here that are joined by dots."""
    names = [found[at]]
    while found[at + 1].text == "." and found[at + 2].kind == "name":
        at += 2
        names.append(found[at])
    return names


def _power_of_a_function(text: str, found: Sequence[Token], at: int) -> str | None:
    """sin^2(x), whose power belongs behind the argument."""
    name = found[at].text.lower()
    if name not in FUNCTIONS:
        return None
    if found[at + 1].kind == "superscript":
        power, after = found[at + 1].text, at + 2
    elif found[at + 1].text in ("^", "**"):
        after = at + 2
        while found[after].text in ("+", "-"):
            after += 1
        if found[after].kind != "number":
            argument = _argument(text, found, after)
            return f"write {_shown(f'{name}({argument})')}" if name == "exp" else None
        after += 1
        power = text[found[at + 2].position : found[after - 1].position + len(found[after - 1].text)]
    else:
        return None
    argument = _argument(text, found, after)
    if power == "-1":
        return f"write {_shown(f'{_INVERSES[name]}({argument})' if name in _INVERSES else f'1/{name}({argument})')}"
    instead = _shown(f"{name}({argument})^{_grouped(power)}")
    return f"the power of a function stands behind its argument; write {instead}"


def _sign(text: str, found: Sequence[Token], at: int) -> str | None:
    _, sign, position = found[at]
    if sign == "|":
        inner, bar, _ = text[position + 1 :].partition("|")
        return f"bars are not read; write {_shown(f'abs({inner.strip()})' if bar and inner.strip() else 'abs(...)')}"
    if sign in _ROOTS:
        return f"write {_shown(_ROOTS[sign].format(_argument(text, found, at + 1)))}"
    if sign in "½⅓⅔¼¾⅕⅙⅛":
        import unicodedata

        return f"write ({unicodedata.normalize('NFKC', sign).replace(chr(0x2044), '/')})"
    if sign == "\\":
        name = found[at + 1].text.lower()
        instead = f"{name}(...)" if name in FUNCTIONS else {"pi": "pi", "cdot": "*", "frac": "(...)/(...)"}.get(name)
        return f"LaTeX is not read; write {instead or 'plain signs such as sin(x)^2/2'}"
    if sign in "ˣʸⁿ⁽⁾":
        return "only digits may be superscripts; write ^(...)"
    if sign in "₀₁₂₃₄₅₆₇₈₉":
        return "subscripts are not read; the variables are x and y"
    return None


def _argument(text: str, found: Sequence[Token], at: int) -> str:
    """What a function that stands before this token is applied to: what ( ) hold, or the token, or x."""
    if found[at].text == "(":
        return ", ".join(_arguments(text, found, at)) or "x"
    return found[at].text if found[at].kind in ("name", "number") else "x"


def _arguments(text: str, found: Sequence[Token], at: int) -> list[str]:
    """The texts between the commas of the parentheses that open at this token; empty where none do."""
    if found[at].text != "(":
        return []
    depth, begin, parts = 0, found[at].position + 1, []
    for _, sign, position in found[at:]:
        depth += (sign == "(") - (sign == ")")
        if (sign == "," and depth == 1) or depth == 0:
            parts.append(text[begin:position].strip())
            begin = position + 1
        if depth == 0:
            return parts if any(parts) else []
    return []


def _filled(pattern: str, arguments: list[str]) -> str:
    """A pattern with these arguments, x and y where too few are given, and without parentheses that say nothing."""
    given = (*arguments, *("x", "y")[len(arguments) :])
    filled = pattern.format(*given)
    for simple in {part for part in given if re.fullmatch(r"\w+", part)}:
        filled = re.sub(rf"(?<!\w)\({re.escape(simple)}\)", simple, filled)
    return filled


def _grouped(power: str) -> str:
    return power if re.fullmatch(r"[0-9.]+", power) else f"({power})"


def _shown(instead: str) -> str:
    return instead if len(instead) <= _LONGEST_SHOWN else f"{instead[:_LONGEST_SHOWN]}..."
