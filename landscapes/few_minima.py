"""Classical functions with a handful of minima, so that the start and the rule decide which one is reached.

Surveys that quote forms and minima: Jamil and Yang (2013), A literature survey of benchmark functions for global
optimization problems, arXiv:1308.4008; Surjanovic and Bingham (2013), Virtual library of simulation experiments.
Coordinates that have no closed form were found to 30 digits and rounded to float64.
"""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Any

from landscapes.from_sympy import coordinates, exact
from landscapes.types import Facts, Landscape
from settings import Hyperparameter

if TYPE_CHECKING:
    import sympy


def _himmelblau() -> sympy.Expr:
    x, y = coordinates()
    return (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2


def _styblinski_tang() -> sympy.Expr:
    x, y = coordinates()
    return (x**4 - 16 * x**2 + 5 * x + y**4 - 16 * y**2 + 5 * y) / 2


def _three_hump_camel() -> sympy.Expr:
    x, y = coordinates()
    return 2 * x**2 - exact(1.05) * x**4 + x**6 / 6 + x * y + y**2


def _six_hump_camel() -> sympy.Expr:
    x, y = coordinates()
    return (4 - exact(2.1) * x**2 + x**4 / 3) * x**2 + x * y + (4 * y**2 - 4) * y**2


def _goldstein_price() -> sympy.Expr:
    x, y = coordinates()
    first = 1 + (x + y + 1) ** 2 * (19 - 14 * x + 3 * x**2 - 14 * y + 6 * x * y + 3 * y**2)
    second = 30 + (2 * x - 3 * y) ** 2 * (18 - 32 * x + 12 * x**2 + 48 * y - 36 * x * y + 27 * y**2)
    return first * second


def _easom() -> sympy.Expr:
    import sympy

    x, y = coordinates()
    return -sympy.cos(x) * sympy.cos(y) * sympy.exp(-((x - sympy.pi) ** 2) - (y - sympy.pi) ** 2)


def _mccormick() -> sympy.Expr:
    import sympy

    x, y = coordinates()
    return sympy.sin(x + y) + (x - y) ** 2 - exact(1.5) * x + exact(2.5) * y + 1


def _branin() -> sympy.Expr:
    import sympy

    x, y = coordinates()
    pi = sympy.pi
    bent = y - exact(5.1) / (4 * pi**2) * x**2 + 5 / pi * x - 6
    return bent**2 + 10 * (1 - 1 / (8 * pi)) * sympy.cos(x) + 10


def _sharp_and_flat(c: float) -> Facts:
    def expression(c: Any = c) -> sympy.Expr:
        x, y = coordinates()
        return ((x**2 - 1) ** 2 + y**2) * (1 + exact(c) * (x + 1) ** 2) / 8

    # The saddle is the root of df/dx at y = 0, which is convex and rises: from above, Newton never steps past it.
    saddle: Any = 1 / 3
    for _ in range(8):
        rise = 4 + c * (saddle + 1) * (18 * saddle + 2)
        saddle = saddle - (4 * saddle + c * (saddle + 1) ** 2 * (6 * saddle - 2)) / rise
    return Facts(
        expression=expression,
        domain=((-2.0, 2.0), (-1.8, 1.8)),
        start=(1.5, 1.2),
        minima=((-1.0, 0.0), (1.0, 0.0)),
        minimum=0.0,
        saddles=((saddle, 0.0),),
    )


FEW_MINIMA = (
    Landscape(
        key="himmelblau",
        name="Himmelblau",
        character="Four equal minima around a hill.",
        difficulty="Which of the four is reached depends on start, rate and momentum; the basins interlock.",
        reference="Himmelblau (1972), Applied Nonlinear Programming, McGraw-Hill.",
        facts=partial(
            Facts,
            expression=_himmelblau,
            domain=((-5.0, 5.0), (-5.0, 5.0)),
            start=(0.2, -3.6),
            minima=(
                (3.0, 2.0),
                (-2.805118086952745, 3.131312518250573),
                (-3.779310253377747, -3.283185991286169),
                (3.5844283403304917, -1.8481265269644036),
            ),
            minimum=0.0,
            saddles=(
                (-3.0730257507643896, -0.08135304428796751),
                (0.08667750455539635, 2.884254701174776),
                (3.385154183607021, 0.07385187983774929),
                (-0.12796134673068007, -1.9537149802445764),
            ),
        ),
    ),
    Landscape(
        key="styblinski_tang",
        name="Styblinski-Tang",
        character="Four basins; one corner is lower than the others.",
        difficulty="Three of four basins end above the global minimum, and nothing in the gradient tells.",
        reference="Styblinski and Tang (1990), Experiments in nonconvex optimization, Neural Networks 3(4), 467-483.",
        facts=partial(
            Facts,
            expression=_styblinski_tang,
            domain=((-5.0, 5.0), (-5.0, 5.0)),
            start=(-1.0, 4.8),
            minima=((-2.903534027771177, -2.903534027771177),),
            minimum=-78.33233140754282,
        ),
        notes="Surveys round the minimum to 39.16599 for each coordinate; it is 39.166165703771.",
    ),
    Landscape(
        key="three_hump_camel",
        name="Three-hump camel",
        character="A narrow band with three minima in a row.",
        difficulty="Two side minima at 0.2986 lie on the way to the global one.",
        reference="Jamil and Yang (2013), function 29.",
        facts=partial(
            Facts,
            expression=_three_hump_camel,
            domain=((-5.0, 5.0), (-5.0, 5.0)),
            start=(-1.2, 4.2),
            minima=((0.0, 0.0),),
            minimum=0.0,
            saddles=(
                (1.07054229182366, -0.5352711459118299),
                (-1.07054229182366, 0.5352711459118299),
            ),
        ),
    ),
    Landscape(
        key="six_hump_camel",
        name="Six-hump camel",
        character="Six minima, two of them global.",
        difficulty="Neighboring basins differ little in width, so a little more momentum changes the winner.",
        reference="Dixon and Szego (1978), Towards Global Optimisation 2, North-Holland.",
        facts=partial(
            Facts,
            expression=_six_hump_camel,
            domain=((-3.0, 3.0), (-2.0, 2.0)),
            start=(-2.6, 1.2),
            minima=(
                (0.08984201310031806, -0.7126564030207396),
                (-0.08984201310031806, 0.7126564030207396),
            ),
            minimum=-1.0316284534898774,
            saddles=((0.0, 0.0),),
        ),
    ),
    Landscape(
        key="goldstein_price",
        name="Goldstein-Price",
        character="Values from 3 to a million with four minima in a cross of valleys.",
        difficulty="Curvature changes by orders of magnitude, so a rate fit for the rim crawls at the bottom.",
        reference="Goldstein and Price (1971), On descent from local minima, Math. Comp. 25(115), 569-574.",
        facts=partial(
            Facts,
            expression=_goldstein_price,
            domain=((-2.0, 2.0), (-2.0, 2.0)),
            start=(1.3, 1.3),
            minima=((0.0, -1.0),),
            minimum=3.0,
        ),
    ),
    Landscape(
        key="easom",
        name="Easom",
        character="A flat plain with one deep hole.",
        difficulty="Outside the hole the gradient is too small to lead anywhere.",
        reference="Easom (1990), A survey of global optimization techniques, M. Eng. thesis, University of Louisville.",
        facts=partial(
            Facts,
            expression=_easom,
            domain=((-2.0, 8.0), (-2.0, 8.0)),
            start=(1.9, 2.1),
            minima=((math.pi, math.pi),),
            minimum=-1.0,
        ),
        notes="The window shows the hole; surveys search from -100 to 100, where f is 0 to many digits.",
    ),
    Landscape(
        key="mccormick",
        name="McCormick",
        character="A long valley with waves along it.",
        difficulty="The wave leaves a second, higher minimum in the valley.",
        reference="McCormick (1976), Computability of global solutions to factorable nonconvex programs, "
        "Mathematical Programming 10, 147-175.",
        facts=partial(
            Facts,
            expression=_mccormick,
            domain=((-1.5, 4.0), (-3.0, 4.0)),
            start=(-1.2, 2.8),
            minima=((0.5 - math.pi / 3, -0.5 - math.pi / 3),),
            minimum=-math.sqrt(3) / 2 - math.pi / 3,
            saddles=((0.5 + math.pi / 3, -0.5 + math.pi / 3),),
        ),
        notes="The minimum is exactly (1/2 - pi/3, -1/2 - pi/3); surveys give five digits.",
    ),
    Landscape(
        key="branin",
        name="Branin",
        character="Three equal minima along a bent valley.",
        difficulty="Low passes join the minima, so rules with momentum can pass one and stop in the next.",
        reference="Branin (1972), Widely convergent method for finding multiple solutions of simultaneous nonlinear "
        "equations, IBM J. Res. Dev. 16(5), 504-522.",
        facts=partial(
            Facts,
            expression=_branin,
            domain=((-5.0, 10.0), (0.0, 15.0)),
            start=(6.0, 13.0),
            minima=((-math.pi, 12.275), (math.pi, 2.275), (3 * math.pi, 2.475)),
            minimum=5 / (4 * math.pi),
        ),
        notes="The minimum is exactly 5 / (4 pi) at (-pi, 12.275), (pi, 2.275) and (3 pi, 2.475).",
    ),
    Landscape(
        key="sharp_and_flat",
        name="Sharp and flat",
        character="Two minima of the same depth; the right one is much sharper than the left.",
        difficulty="The loss says nothing about which minimum is better; only how it grows around them differs.",
        reference="The shape is this project's own; the question: Hochreiter and Schmidhuber (1997), Flat minima, "
        "Neural Computation 9(1), 1-42.",
        facts=_sharp_and_flat,
        hyperparameters=(
            Hyperparameter(
                name="c",
                symbol="c",
                default=5.0,
                meaning="The curvatures of the right minimum are 1 + 4c times those of the left one.",
                low=0.0,
                high=20.0,
                valid="[0, 1e6]",
            ),
        ),
        notes="The Hessian is diag(1, 1/4) at (-1, 0), and 1 + 4c times that at (1, 0).",
    ),
)
