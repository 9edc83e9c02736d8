"""What a link may name as a surface: the catalogues of two dimensions and of one, and an own formula."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from landscapes import LANDSCAPES, LINES, Landscape, parse_formula, parse_line
from optimizers import OPTIMIZERS
from settings import Text

FORMULA = "formula"
"""The key of an own formula."""
WINDOW = ("x_low", "x_high", "y_low", "y_high")
"""The four ends of the window of a formula of x and y, by name."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Space:
    """What functions of one variable, or of two, have of their own in links and menus.

    first: the surface of a bare link. text, window: of an own formula, and what it starts from; window_names are the
    window's ends by name, and ``read`` makes the surface of a text on a window, or raises FormulaError. rules: those
    that mean something there. starters: the rules that a surface opens with.
    """

    dimensions: int
    catalogue: Mapping[str, Landscape]
    first: str
    window: tuple[float, ...]
    window_names: tuple[str, ...]
    text: Text
    read: Callable[[str, Sequence[float]], Landscape]
    rules: tuple[str, ...]
    starters: tuple[str, ...]

    @property
    def formula(self) -> str:
        """What an own formula starts from."""
        return self.text.default


PLANE = Space(
    dimensions=2,
    catalogue=LANDSCAPES,
    first="rosenbrock",
    window=(-3.0, 3.0, -3.0, 3.0),
    window_names=WINDOW,
    text=Text(
        name="formula",
        default="x^4 - 3x^2 + y^2 + x*y",
        meaning="x, y, numbers, + - * / ^, parentheses, sin, cos, exp, log, sqrt, abs and the like; pi and e.",
    ),
    read=lambda text, ends: parse_formula(text, domain=((ends[0], ends[1]), (ends[2], ends[3]))),
    rules=tuple(OPTIMIZERS),
    starters=("sgd", "momentum", "rmsprop", "adam"),
)
LINE = Space(
    dimensions=1,
    catalogue=LINES,
    first="double_well",
    window=(-3.0, 3.0),
    window_names=WINDOW[:2],
    text=Text(
        name="formula",
        default="x^4/4 - x^2 + sin(4x)/3",
        meaning="x, numbers, + - * / ^, parentheses, sin, cos, exp, log, sqrt, abs and the like; pi and e.",
    ),
    read=lambda text, ends: parse_line(text, (ends[0], ends[1])),
    # Of two coordinates in turn one would never move.
    rules=tuple(key for key in OPTIMIZERS if key != "coordinate_descent"),
    starters=("sgd", "momentum", "adam"),
)


def space_of(landscape: Landscape) -> Space:
    """The space that a surface belongs to."""
    return LINE if landscape.dimensions == LINE.dimensions else PLANE


def ends_of(landscape: Landscape) -> tuple[float, ...]:
    """The ends of its window, in the order of ``Space.window_names``."""
    return tuple(end for ends in landscape.domain[: landscape.dimensions] for end in ends)
