"""Functions of one variable, each with one thing to see: a curve, a kink, a second well, waves, a plateau, a cliff."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from landscapes.from_sympy import coordinates, exact
from landscapes.line.turning import line_facts
from landscapes.types import Facts, Landscape
from settings import Hyperparameter

if TYPE_CHECKING:
    import sympy


def _parabola(c: float) -> Facts:
    def expression(c: Any = c) -> sympy.Expr:
        x, _ = coordinates()
        return exact(c) * x**2 / 2

    return line_facts(expression=expression, window=(-3.0, 3.0), start=2.4, minima=(0.0,), minimum=0.0)


def _absolute_value() -> sympy.Expr:
    import sympy

    return sympy.Abs(coordinates()[0])


def _quartic() -> sympy.Expr:
    x, _ = coordinates()
    return x**4 / 4


def _log_cosh() -> sympy.Expr:
    import sympy

    return sympy.log(sympy.cosh(coordinates()[0]))


def _double_well(t: float) -> Facts:
    def expression(t: Any = t) -> sympy.Expr:
        x, _ = coordinates()
        return (x**2 - 1) ** 2 + exact(t) * x

    # The left root of f'(x) = 4 x^3 - 4 x + t, which is concave there: from the left, Newton never steps past it.
    low: Any = -1 - t / 4
    for _ in range(8):
        low = low - (4 * low**3 - 4 * low + t) / (12 * low**2 - 4)
    return line_facts(
        expression=expression, window=(-1.8, 1.8), start=1.6, minima=(low,), minimum=(low**2 - 1) ** 2 + t * low
    )


def _waves(a: float) -> Facts:
    def expression(a: Any = a) -> sympy.Expr:
        import sympy

        x, _ = coordinates()
        return x**2 / 10 + exact(a) * (1 - sympy.cos(3 * x))

    return line_facts(expression=expression, window=(-5.5, 5.5), start=5.0, minima=(0.0,), minimum=0.0)


def _plateaus() -> sympy.Expr:
    import sympy

    x, _ = coordinates()
    return 1 - sympy.exp(-(x**2) / 2)


def _cliff(h: float) -> Facts:
    def expression(h: Any = h) -> sympy.Expr:
        import sympy

        x, _ = coordinates()
        return x**2 / 10 + exact(h) / (1 + sympy.exp(-20 * (x - 1)))

    low: Any = 0.0  # f'(x) = 0 as x = -100 h s (1 - s), where the foot of the cliff has all but ended
    for _ in range(8):
        s = 1 / (1 + np.exp(-20 * (low - 1)).item())
        low = -100 * h * s * (1 - s)
    value = low**2 / 10 + h / (1 + np.exp(-20 * (low - 1)).item())
    return line_facts(expression=expression, window=(-5.0, 3.0), start=2.2, minima=(low,), minimum=value)


ON_A_LINE = (
    Landscape(
        key="parabola",
        name="Parabola",
        character="One curvature everywhere.",
        difficulty="The rate decides all: below 1/c it creeps, up to 2/c it jumps across, beyond that it leaves.",
        reference="The limit 2/L: Nesterov (2004), Introductory Lectures on Convex Optimization, section 1.2.3.",
        facts=_parabola,
        hyperparameters=(
            Hyperparameter(
                name="c",
                symbol="c",
                default=1.0,
                meaning="The curvature f''; gradient descent needs a rate below 2/c.",
                low=0.1,
                high=10.0,
                log=True,
                valid="[1e-6, 1e6]",
            ),
        ),
        dimensions=1,
    ),
    Landscape(
        key="absolute_value",
        name="Absolute value",
        character="The same slope down to a kink.",
        difficulty="The slope does not shrink near the minimum, so steps of a fixed rate jump across it forever.",
        reference="Shor (1985), Minimization Methods for Non-differentiable Functions, Springer.",
        facts=partial(
            line_facts, expression=_absolute_value, window=(-3.0, 3.0), start=2.3, minima=(0.0,), minimum=0.0
        ),
        notes="At the kink the derivative is taken as 0, the mean of both sides.",
        dimensions=1,
    ),
    Landscape(
        key="quartic",
        name="Quartic",
        character="A bottom so flat that its curvature vanishes.",
        difficulty="Slope and curvature vanish together at the minimum, so every rule slows down, Newton's method too.",
        reference="Newton's factor 2/3 at such a root: Dennis and Schnabel (1983), Numerical Methods, section 2.4.",
        facts=partial(line_facts, expression=_quartic, window=(-2.0, 2.0), start=1.7, minima=(0.0,), minimum=0.0),
        dimensions=1,
    ),
    Landscape(
        key="log_cosh",
        name="Log cosh",
        character="A parabola at the bottom, straight lines at the sides.",
        difficulty="Newton's parabola is too flat at the sides: from beyond 1.09 it throws every step farther out.",
        reference="Newton's method leaves where sinh 2x > 4x: Boyd and Vandenberghe (2004), exercise 9.10.",
        facts=partial(line_facts, expression=_log_cosh, window=(-3.0, 3.0), start=1.2, minima=(0.0,), minimum=0.0),
        dimensions=1,
    ),
    Landscape(
        key="double_well",
        name="Double well",
        character="Two wells, the left one deeper.",
        difficulty="The slope leads into the nearer well, and nothing in it tells of the other.",
        reference="The shape: Strogatz (2015), Nonlinear Dynamics and Chaos, section 3.6.",
        facts=_double_well,
        hyperparameters=(
            Hyperparameter(
                name="t",
                symbol="t",
                default=0.3,
                meaning="The tilt: how much deeper the left well is. Beyond 1.54 the right one is gone.",
                low=0.05,
                high=1.5,
                valid="[0.001, 1.5]",
            ),
        ),
        dimensions=1,
    ),
    Landscape(
        key="waves",
        name="Bowl with waves",
        character="A bowl with a minimum in every wave.",
        difficulty="Small steps end in the first wave; large ones, momentum and noise see the bowl below the waves.",
        reference="After Rastrigin (1974), Systems of extremal control, Mir.",
        facts=_waves,
        hyperparameters=(
            Hyperparameter(
                name="a",
                symbol="a",
                default=0.4,
                meaning="The height of the waves.",
                low=0.0,
                high=2.0,
                valid="[0, 100]",
            ),
        ),
        dimensions=1,
    ),
    Landscape(
        key="plateaus",
        name="Plateaus",
        character="One well between two plains.",
        difficulty="On the plains the gradient all but vanishes; only rules that scale it up walk on.",
        reference="Welsch's loss: Holland and Welsch (1977), Communications in Statistics 6(9), 813-827.",
        facts=partial(line_facts, expression=_plateaus, window=(-5.0, 5.0), start=4.2, minima=(0.0,), minimum=0.0),
        dimensions=1,
    ),
    Landscape(
        key="cliff",
        name="Cliff",
        character="A gentle slope that breaks off.",
        difficulty="On the wall the gradient is thirty times larger: a step that follows it flies past the minimum.",
        reference="Pascanu, Mikolov and Bengio (2013), On the difficulty of training recurrent neural networks, ICML.",
        facts=_cliff,
        hyperparameters=(
            Hyperparameter(
                name="h",
                symbol="h",
                default=3.0,
                meaning="The height of the cliff.",
                low=0.0,
                high=10.0,
                valid="[0, 1000]",
            ),
        ),
        dimensions=1,
    ),
)
