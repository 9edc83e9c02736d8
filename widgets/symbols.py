"""Labels that are read aloud as they are seen: symbols as letters, for screen readers spell out LaTeX."""

from __future__ import annotations

import re
import unicodedata

_SUBSCRIPTS = dict(zip("0123456789+-aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", strict=True))
_FORMULA = re.compile(r"\$([^$]*)\$")
_GROUP = r"\{((?:[^{}]|\{[^{}]*\})*)\}"
_UNICODE = {"lambda": "lamda", "epsilon": "epsilon", "varepsilon": "epsilon", "varphi": "phi"}  # names of its letters


def spoken(label: str) -> str:
    """Formulas within a label in letters; a symbol that only repeats the words before it is left out."""

    def letters(found: re.Match[str]) -> str:
        return _letters(found[1])

    words = _FORMULA.sub(letters, label)
    before, _, last = words.rpartition(" ")
    return before if before and last.lower() == before.lower() else words


def _letters(latex: str) -> str:
    text = re.sub(rf"\\(?:mathrm|text|operatorname){_GROUP}", r"{\1}", latex)
    text = re.sub(rf"_(?:{_GROUP}|(\\[A-Za-z]+|.))", lambda found: _below(found[1] or found[2]), text)
    text = re.sub(r"\\([A-Za-z]+)", lambda found: _named(found[1]), text)
    return " ".join(re.sub(r"\\|[{}]", " ", text).split())


def _below(text: str) -> str:
    if text.isdigit() or (len(text) == 1 and text in _SUBSCRIPTS):
        return "".join(_SUBSCRIPTS[each] for each in text)
    return f" {_letters(text)}"


def _named(command: str) -> str:
    """A Greek letter by its command; any other command as its name."""
    name = _UNICODE.get(command.lower(), command.lower()).upper()
    case = "CAPITAL" if command[0].isupper() else "SMALL"
    try:
        return unicodedata.lookup(f"GREEK {case} LETTER {name}")
    except KeyError:
        return command
