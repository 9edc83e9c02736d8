"""Functions of one variable whose derivative is taken: ready ones, and a formula in x of one's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from landscapes import FormulaError
from landscapes.curves import Curve, read_curve
from settings import by_key

OWN_CURVE = "own"
DEFAULT_CURVE = "x*exp(-x^2)"


@dataclass(frozen=True, kw_only=True)
class NamedCurve:
    """A function under its name in menus; ``text`` is read by the grammar of formulas."""

    key: str
    name: str
    text: str


FUNCTIONS: Mapping[str, NamedCurve] = by_key(
    NamedCurve(key=key, name=name, text=text)
    for key, name, text in (
        ("sin", "sin x", "sin(x)"),
        ("exp", "exp x", "exp(x)"),
        ("cube", "x cubed", "x^3"),
        ("bell", "1 / (1 + x²)", "1/(1+x^2)"),
        ("abs", "|x|", "abs(x)"),
        ("sigmoid", "sigmoid", "1/(1+exp(-x))"),
        ("tanh", "tanh", "tanh(x)"),
        ("softplus", "softplus", "log(1+exp(x))"),
        ("relu", "ReLU", "max(x, 0)"),
        ("log", "log x", "log(x)"),
        ("sqrt", "square root", "sqrt(x)"),
        ("wave", "sin of 20 x", "sin(20*x)"),
        ("squire_trapp", "Squire and Trapp's example", "exp(x)/(sin(x)^3+cos(x)^3)"),
        ("smooth_kink", "x |x|", "x*abs(x)"),
    )
)


def curve_refusal(text: str) -> str | None:
    """Why a formula is no function of x; None for one that is."""
    try:
        read_curve(text)
    except FormulaError as error:
        return str(error)
    return None


def curve_of(key: str, text: str) -> Curve:
    """The function of a key; of ``OWN_CURVE`` the formula, or the default one where it cannot be read."""
    if key != OWN_CURVE:
        return read_curve(FUNCTIONS[key].text)
    return read_curve(DEFAULT_CURVE if curve_refusal(text) else text)
