r"""Formulas of lessons without a page: as MathML for a file, and as a line of plain text for a slide.

What lessons write is known: letters, signs, ``\frac``, ``\sqrt``, ``\hat``, powers and indices. A command that is not
known stands there by its name, and braces that do not close end with the formula; nothing here fails.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape

_TOKEN = re.compile(r"\\[a-zA-Z]+|\\.|\d+(?:\.\d+)?|\s+|.", re.DOTALL)
_DEEPEST = 40

_LETTERS: Mapping[str, str] = dict(
    zip(
        [
            "alpha",
            "beta",
            "gamma",
            "delta",
            "epsilon",
            "varepsilon",
            "zeta",
            "eta",
            "theta",
            "iota",
            "kappa",
            "lambda",
            "mu",
            "nu",
            "xi",
            "pi",
            "rho",
            "sigma",
            "tau",
            "phi",
            "varphi",
            "chi",
            "psi",
            "omega",
            "Gamma",
            "Delta",
            "Theta",
            "Lambda",
            "Sigma",
            "Phi",
            "Psi",
            "Omega",
            "ell",
        ],
        "αβγδϵεζηθικλμνξπρστϕφχψωΓΔΘΛΣΦΨΩℓ",
        strict=True,
    )
)
_SIGNS: Mapping[str, str] = {
    "leftarrow": "←", "gets": "←", "rightarrow": "→", "to": "→", "Rightarrow": "⇒", "mapsto": "↦", "nabla": "∇",
    "partial": "∂", "sum": "∑", "prod": "∏", "int": "∫", "infty": "∞", "approx": "≈", "neq": "≠", "ne": "≠", "le": "≤",
    "leq": "≤", "ge": "≥", "geq": "≥", "ll": "≪", "gg": "≫", "cdot": "·", "times": "\N{MULTIPLICATION SIGN}",
    "odot": "⊙", "pm": "±",
    "top": "\N{DOWN TACK}", "in": "∈", "sim": "\N{TILDE OPERATOR}", "propto": "∝", "ldots": "…", "dots": "…",
    "cdots": "⋯", "lVert": "‖",
    "rVert": "‖", "Vert": "‖", "lvert": "|", "rvert": "|", "mid": "|", "circ": "∘", "star": "⋆",
    "forall": "∀", "langle": "⟨",
    "rangle": "⟩", "min": "min", "max": "max", "log": "log", "ln": "ln", "exp": "exp", "sin": "sin", "cos": "cos",
    "tanh": "tanh", "det": "det", "lim": "lim", "{": "{", "}": "}", "|": "‖", "%": "%", "_": "_", "&": "&", "#": "#",
    "$": "$",
}  # fmt: skip
_NAMES = frozenset({"min", "max", "log", "ln", "exp", "sin", "cos", "tanh", "det", "lim"})
_ACCENTS: Mapping[str, tuple[str, str]] = {
    "hat": ("^", "\u0302"), "bar": ("¯", "\u0304"), "tilde": ("~", "\u0303"), "dot": ("˙", "\u0307"),
    "vec": ("→", "\u20d7"),
}  # fmt: skip
_SPACES: Mapping[str, str] = {",": " ", ";": " ", ":": " ", " ": " ", "quad": "  ", "qquad": "   ", "!": ""}
_SIZES = frozenset({"left", "right", "bigl", "bigr", "Bigl", "Bigr", "big", "Big", "displaystyle", "textstyle"})
_ALPHABETS = frozenset({"mathbf", "mathrm", "mathcal", "mathbb", "text", "operatorname", "boldsymbol", "textbf"})
_RAISED = dict(zip("0123456789+-\N{MINUS SIGN}()nkt\N{DOWN TACK}ixz", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁽⁾ⁿᵏᵗᵀⁱˣᶻ", strict=True))
_LOWERED = dict(zip("0123456789+-\N{MINUS SIGN}aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₋ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", strict=True))
_SIGN = re.compile("(^|[=(<>≈≤≥←→⇒,·/^_] ?) ?\N{MINUS SIGN} +")


@dataclass(frozen=True)
class _Node:
    """kind: mi, mo, mn, mtext, space, row, frac, sqrt, accent, sup, sub. inner: what it is made of."""

    kind: str
    text: str = ""
    inner: tuple[_Node, ...] = ()


def formula_mathml(source: str, *, block: bool = False) -> str:
    """A formula of LaTeX as MathML, which browsers set by themselves."""
    display = ' display="block"' if block else ""
    return f"<math{display}><mrow>{''.join(map(_mathml, _parsed(source)))}</mrow></math>"


def formula_text(source: str) -> str:
    """A formula of LaTeX on one line of plain text, powers and indices as small signs."""
    line = re.sub(r" {2,}", " ", "".join(map(_plain, _parsed(source)))).strip()
    return _SIGN.sub("\\1\N{MINUS SIGN}", line).replace(" ,", ",").replace("( ", "(")


def _parsed(source: str) -> tuple[_Node, ...]:
    return _Parser(_TOKEN.findall(source)).row(0)


class _Parser:
    def __init__(self, tokens: list[str]) -> None:
        self.tokens, self.at = tokens, 0

    def row(self, deep: int) -> tuple[_Node, ...]:
        """Up to the brace that closes, or to the end."""
        nodes: list[_Node] = []
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            if token == "}":
                self.at += 1
                break
            if token in "^_":
                self.at += 1
                base = nodes.pop() if nodes else _Node("mi")
                nodes.append(_Node("sup" if token == "^" else "sub", inner=(base, self.one(deep + 1))))
            else:
                nodes.append(self.one(deep))
        return tuple(nodes)

    def one(self, deep: int) -> _Node:
        """The next symbol, or what stands in braces."""
        while self.at < len(self.tokens) and self.tokens[self.at].isspace():
            self.at += 1
        if self.at >= len(self.tokens) or deep > _DEEPEST:
            self.at += 1
            return _Node("mi")
        token = self.tokens[self.at]
        self.at += 1
        if token == "{":
            return _Node("row", inner=self.row(deep + 1))
        if token.startswith("\\") and len(token) > 1:
            return self.command(token[1:], deep)
        if token[0].isdigit():
            # \frac12 takes one digit each; elsewhere a number is one symbol.
            return _Node("mn", token)
        return _Node("mi" if token.isalpha() else "mo", "\N{MINUS SIGN}" if token == "-" else token)

    def digit_or_one(self, deep: int) -> _Node:
        """An argument without braces is a single digit."""
        while self.at < len(self.tokens) and self.tokens[self.at].isspace():
            self.at += 1
        if self.at < len(self.tokens) and len(self.tokens[self.at]) > 1 and self.tokens[self.at][0].isdigit():
            number = self.tokens[self.at]
            self.tokens[self.at] = number[1:]
            return _Node("mn", number[0])
        return self.one(deep + 1)

    def command(self, name: str, deep: int) -> _Node:
        if name in ("frac", "tfrac", "dfrac"):
            return _Node("frac", inner=(self.digit_or_one(deep), self.digit_or_one(deep)))
        if name == "sqrt":
            return _Node("sqrt", inner=(self.digit_or_one(deep),))
        if name in _ACCENTS:
            return _Node("accent", name, (self.one(deep + 1),))
        if name in _ALPHABETS:
            return _Node("mtext" if name.startswith("text") else "row", name, (self.one(deep + 1),))
        if name in _SIZES:
            return _Node("row")
        if name in _SPACES:
            return _Node("space", _SPACES[name])
        if name in _LETTERS:
            return _Node("mi", _LETTERS[name])
        if name in _SIGNS:
            return _Node("mi" if name in _NAMES else "mo", _SIGNS[name])
        return _Node("mtext", name)


def _mathml(node: _Node) -> str:
    inner = [_mathml(each) for each in node.inner]
    makes: Mapping[str, Callable[[], str]] = {
        "row": lambda: f"<mrow>{''.join(inner)}</mrow>",
        "frac": lambda: f"<mfrac>{inner[0]}{inner[1]}</mfrac>",
        "sqrt": lambda: f"<msqrt>{inner[0]}</msqrt>",
        "sup": lambda: f"<msup>{inner[0]}{inner[1]}</msup>",
        "sub": lambda: f"<msub>{inner[0]}{inner[1]}</msub>",
        "accent": lambda: f'<mover accent="true">{inner[0]}<mo>{escape(_ACCENTS[node.text][0])}</mo></mover>',
        "space": lambda: f'<mspace width="{0.17 * len(node.text):.2f}em"></mspace>',
    }
    if node.kind in makes:
        return makes[node.kind]()
    if node.kind == "mtext":
        return f"<mtext>{escape(''.join(map(_plain, node.inner)) or node.text)}</mtext>"
    return f"<{node.kind}>{escape(node.text)}</{node.kind}>"


def _plain(node: _Node) -> str:
    inner = [_plain(each) for each in node.inner]
    match node.kind:
        case "row":
            return "".join(inner)
        case "frac":
            return f"{_grouped(inner[0])}/{_grouped(inner[1])}"
        case "sqrt":
            return f"√{_grouped(inner[0])}"
        case "sup" | "sub":
            signs = _RAISED if node.kind == "sup" else _LOWERED
            if inner[1] and all(letter in signs for letter in inner[1].replace(" ", "")):
                return inner[0] + "".join(signs[letter] for letter in inner[1] if letter != " ")
            between = "^" if node.kind == "sup" else "_"
            return f"{inner[0]}{between}{_grouped(inner[1])}"
        case "accent":
            return inner[0] + _ACCENTS[node.text][1]
        case "mtext":
            return "".join(inner) or node.text
        case "mo" if node.text in _SPACED:
            return f" {node.text} "
        case "mi" if node.text in _NAMES:
            return f" {node.text} "
        case _:
            return node.text


_SMALL = frozenset({*_RAISED.values(), *_LOWERED.values()} | {accent for _, accent in _ACCENTS.values()})
_SPACED = frozenset("=+\N{MINUS SIGN}<>≈≠≤≥←→⇒≪≫±\N{MULTIPLICATION SIGN}∝\N{TILDE OPERATOR}∈·,")


def _grouped(text: str) -> str:
    """In parentheses, where it is more than one symbol."""
    text = text.strip()
    one = len(text) <= 1 or (text.isascii() and text.isdigit()) or set(text[1:]) <= _SMALL
    return text if one or (text[0] == "(" and text[-1] == ")") else f"({text})"
