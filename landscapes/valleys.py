"""Bowls, valleys and plateaus: one basin, and a shape that makes the way to its bottom long.

Surveys that quote forms and minima: Jamil and Yang (2013), A literature survey of benchmark functions for global
optimization problems, arXiv:1308.4008; Surjanovic and Bingham (2013), Virtual library of simulation experiments.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from landscapes.from_sympy import coordinates, exact
from landscapes.types import Facts, Landscape
from settings import Hyperparameter

if TYPE_CHECKING:
    import sympy


def _elongated_bowl(condition: float, rotation: float) -> Facts:
    def expression(condition: Any = condition, rotation: Any = rotation) -> sympy.Expr:
        import sympy

        x, y = coordinates()
        if rotation == 0:
            return (x**2 + exact(condition) * y**2) / 2
        angle = exact(rotation) * sympy.pi / 180
        along = x * sympy.cos(angle) + y * sympy.sin(angle)
        across = y * sympy.cos(angle) - x * sympy.sin(angle)
        return (along**2 + exact(condition) * across**2) / 2

    return Facts(
        expression=expression, domain=((-3.0, 3.0), (-3.0, 3.0)), start=(-2.6, 1.1), minima=((0.0, 0.0),), minimum=0.0
    )


def _rosenbrock(a: float, b: float) -> Facts:
    def expression(a: Any = a, b: Any = b) -> sympy.Expr:
        x, y = coordinates()
        return (exact(a) - x) ** 2 + exact(b) * (y - x**2) ** 2

    scale = np.maximum(1.0, abs(a) / 1.5).item()  # the window grows with a, or the minimum (a, a^2) would leave it
    return Facts(
        expression=expression,
        domain=((-2.0 * scale, 2.0 * scale), (-(scale**2), 3.0 * scale**2)),
        start=(-1.5 * scale, 2.0 * scale**2),
        minima=((a, a * a),),
        minimum=0.0,
    )


def _ravine() -> sympy.Expr:
    import sympy

    x, y = coordinates()
    return 10 * (y - sympy.sin(x)) ** 2 + x**2 / 20


def _plateau() -> sympy.Expr:
    import sympy

    x, y = coordinates()
    return 1 - sympy.exp(-(x**2 + 2 * y**2) / 5)


def _beale() -> sympy.Expr:
    x, y = coordinates()
    return (exact(1.5) - x + x * y) ** 2 + (exact(2.25) - x + x * y**2) ** 2 + (exact(2.625) - x + x * y**3) ** 2


def _booth() -> sympy.Expr:
    x, y = coordinates()
    return (x + 2 * y - 7) ** 2 + (2 * x + y - 5) ** 2


def _matyas() -> sympy.Expr:
    x, y = coordinates()
    return exact(0.26) * (x**2 + y**2) - exact(0.48) * x * y


def _dixon_price() -> sympy.Expr:
    x, y = coordinates()
    return (x - 1) ** 2 + 2 * (2 * y**2 - x) ** 2


def _zakharov() -> sympy.Expr:
    x, y = coordinates()
    return x**2 + y**2 + (x / 2 + y) ** 2 + (x / 2 + y) ** 4


VALLEYS = (
    Landscape(
        key="elongated_bowl",
        name="Elongated bowl",
        character="A quadratic bowl with any conditioning and rotation.",
        difficulty="The steep direction limits the step to 2/L, and the flat one then needs many steps.",
        reference="Polyak (1964), Some methods of speeding up the convergence of iteration methods, "
        "USSR Comp. Math. 4(5), 1-17.",
        facts=_elongated_bowl,
        hyperparameters=(
            Hyperparameter(
                name="condition",
                symbol=r"\kappa",
                default=25.0,
                meaning="Largest curvature over smallest, which is 1.",
                low=1.0,
                high=1000.0,
                valid="[1, 1e12]",
                log=True,
            ),
            Hyperparameter(
                name="rotation",
                symbol=r"\theta",
                default=0.0,
                meaning="Angle in degrees between the valley and the x axis.",
                low=-90.0,
                high=90.0,
                valid="[-360, 360]",
            ),
        ),
    ),
    Landscape(
        key="rosenbrock",
        name="Rosenbrock",
        character="A curved valley with steep walls and an almost flat floor.",
        difficulty="The valley is easy to find; following its bend to the minimum takes many small steps.",
        reference="Rosenbrock (1960), An automatic method for finding the greatest or least value of a function, "
        "The Computer Journal 3(3), 175-184.",
        facts=_rosenbrock,
        hyperparameters=(
            Hyperparameter(
                name="a",
                symbol="a",
                default=1.0,
                meaning="The minimum is at (a, a squared).",
                low=-1.5,
                high=1.5,
                valid="[-100, 100]",
            ),
            Hyperparameter(
                name="b",
                symbol="b",
                default=100.0,
                meaning="Steepness of the walls.",
                low=1.0,
                high=1000.0,
                valid="(0, 1e12]",
                log=True,
            ),
        ),
        notes="The window shows the valley; surveys search from -5 to 10 in both coordinates.",
    ),
    Landscape(
        key="ravine",
        name="Winding ravine",
        character="A steep-walled channel that winds like a sine and falls gently along its floor.",
        difficulty="The direction of the floor keeps turning, so momentum built in one bend hits the next wall.",
        reference="The shape is this project's own; the term: Sutton (1986), Two problems with backpropagation.",
        facts=partial(
            Facts,
            expression=_ravine,
            domain=((-6.0, 6.0), (-3.0, 3.0)),
            start=(-4.4, -0.6),
            minima=((0.0, 0.0),),
            minimum=0.0,
        ),
    ),
    Landscape(
        key="plateau",
        name="Plateau",
        character="Almost flat far out, a hole in the middle.",
        difficulty="Far from the hole the gradient all but vanishes, so steps proportional to it hardly move.",
        reference="The shape is this project's own (an inverted Gaussian); the phenomenon: Hochreiter (1991).",
        facts=partial(
            Facts,
            expression=_plateau,
            domain=((-5.0, 5.0), (-4.0, 4.0)),
            start=(-4.05, -3.38),
            minima=((0.0, 0.0),),
            minimum=0.0,
        ),
    ),
    Landscape(
        key="beale",
        name="Beale",
        character="Four steep corners around a flat cross with one minimum.",
        difficulty="Gradients differ by six orders of magnitude between the corners and the long flat valley.",
        reference="Beale (1958), On an iterative method for finding a local minimum of a function of more than one "
        "variable, Princeton.",
        facts=partial(
            Facts,
            expression=_beale,
            domain=((-4.5, 4.5), (-4.5, 4.5)),
            start=(0.6, 1.7),
            minima=((3.0, 0.5),),
            minimum=0.0,
            saddles=((0.0, 1.0),),
        ),
        notes="Along y = 1 far from the minimum f tends to a value above 0; rules can drift there.",
    ),
    Landscape(
        key="booth",
        name="Booth",
        character="A mild bowl, tilted by 45 degrees.",
        difficulty="Little: condition number 9; a check that a rule solves what is easy.",
        reference="Jamil and Yang (2013), function 17.",
        facts=partial(
            Facts,
            expression=_booth,
            domain=((-10.0, 10.0), (-10.0, 10.0)),
            start=(-7.0, -4.0),
            minima=((1.0, 3.0),),
            minimum=0.0,
        ),
    ),
    Landscape(
        key="matyas",
        name="Matyas",
        character="A shallow trough along the diagonal.",
        difficulty="Condition number 25 with axes at 45 degrees: rates per coordinate do not help.",
        reference="Jamil and Yang (2013), function 71.",
        facts=partial(
            Facts,
            expression=_matyas,
            domain=((-10.0, 10.0), (-10.0, 10.0)),
            start=(-8.0, -3.0),
            minima=((0.0, 0.0),),
            minimum=0.0,
        ),
    ),
    Landscape(
        key="dixon_price",
        name="Dixon-Price",
        character="A parabola-shaped valley with two minima, one on each arm.",
        difficulty="The floor of the valley is curved, and at its bend waits a saddle between the two minima.",
        reference="Dixon and Price (1989), Truncated Newton method for sparse unconstrained optimization using "
        "automatic differentiation, JOTA 60(2).",
        facts=partial(
            Facts,
            expression=_dixon_price,
            domain=((-10.0, 10.0), (-10.0, 10.0)),
            start=(-6.0, 0.3),
            minima=((1.0, 0.5**0.5), (1.0, -(0.5**0.5))),
            minimum=0.0,
            saddles=((1 / 3, 0.0),),
        ),
        notes="Surveys name the minimum with positive y only; its mirror image has the same value.",
    ),
    Landscape(
        key="zakharov",
        name="Zakharov",
        character="A bowl crossed by a wall that grows with the fourth power.",
        difficulty="Far out the curvature across the valley is thousands of times that along it.",
        reference="Jamil and Yang (2013), function 173.",
        facts=partial(
            Facts,
            expression=_zakharov,
            domain=((-5.0, 10.0), (-5.0, 10.0)),
            start=(8.0, -4.0),
            minima=((0.0, 0.0),),
            minimum=0.0,
        ),
    ),
)
