"""Classical functions with very many minima.

Surveys that quote forms and minima: Jamil and Yang (2013), A literature survey of benchmark functions for global
optimization problems, arXiv:1308.4008; Surjanovic and Bingham (2013), Virtual library of simulation experiments.
Coordinates that have no closed form were found to 30 digits and rounded to float64.
"""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

from landscapes.from_sympy import coordinates, exact
from landscapes.types import Facts, Landscape

if TYPE_CHECKING:
    import sympy


def _rastrigin() -> sympy.Expr:
    from sympy import cos, pi

    x, y = coordinates()
    return 20 + x**2 - 10 * cos(2 * pi * x) + y**2 - 10 * cos(2 * pi * y)


def _ackley() -> sympy.Expr:
    from sympy import E, cos, exp, pi, sqrt

    x, y = coordinates()
    return -20 * exp(-sqrt((x**2 + y**2) / 2) / 5) - exp((cos(2 * pi * x) + cos(2 * pi * y)) / 2) + 20 + E


def _levy() -> sympy.Expr:
    from sympy import pi, sin

    x, y = coordinates()
    u, v = 1 + (x - 1) / 4, 1 + (y - 1) / 4
    first = (x - 1) ** 2 / 16 * (1 + 10 * sin(pi * u + 1) ** 2)
    return sin(pi * u) ** 2 + first + (y - 1) ** 2 / 16 * (1 + sin(2 * pi * v) ** 2)


def _griewank() -> sympy.Expr:
    from sympy import cos, sqrt

    x, y = coordinates()
    return (x**2 + y**2) / 4000 - cos(x) * cos(y / sqrt(2)) + 1


def _schwefel() -> sympy.Expr:
    from sympy import Abs, sin, sqrt

    x, y = coordinates()
    return exact(2 * 418.9828872724337) - x * sin(sqrt(Abs(x))) - y * sin(sqrt(Abs(y)))


def _michalewicz() -> sympy.Expr:
    from sympy import pi, sin

    x, y = coordinates()
    return -sin(x) * sin(x**2 / pi) ** 20 - sin(y) * sin(2 * y**2 / pi) ** 20


def _bohachevsky() -> sympy.Expr:
    from sympy import cos, pi

    x, y = coordinates()
    return x**2 + 2 * y**2 - exact(0.3) * cos(3 * pi * x) - exact(0.4) * cos(4 * pi * y) + exact(0.7)


def _drop_wave() -> sympy.Expr:
    from sympy import Piecewise, Rational, cos, sqrt

    x, y = coordinates()
    square = x**2 + y**2
    # cos(12 r) is smooth in r^2, but its derivatives through r divide 0 by 0 at the origin: near it, the series.
    series = 1
    for k in range(4, 0, -1):
        series = 1 - 144 * square * series / ((2 * k) * (2 * k - 1))
    wave = Piecewise((series, square < Rational(1, 1_000_000)), (cos(12 * sqrt(square)), True))
    return -(1 + wave) / (square / 2 + 2)


def _eggholder() -> sympy.Expr:
    from sympy import Abs, sin, sqrt

    x, y = coordinates()
    return -(y + 47) * sin(sqrt(Abs(x / 2 + y + 47))) - x * sin(sqrt(Abs(x - y - 47)))


MANY_MINIMA = (
    Landscape(
        key="rastrigin",
        name="Rastrigin",
        character="A bowl under a regular lattice of deep dents.",
        difficulty="Any rule that follows the gradient ends in the nearest of more than a hundred minima.",
        reference="Rastrigin (1974), Systems of Extremal Control, Nauka; this form: Muhlenbein, Schomisch and Born "
        "(1991), Parallel Computing 17, 619-632.",
        facts=partial(
            Facts,
            expression=_rastrigin,
            domain=((-5.12, 5.12), (-5.12, 5.12)),
            start=(-4.5, 1.1),
            minima=((0.0, 0.0),),
            minimum=0.0,
        ),
    ),
    Landscape(
        key="ackley",
        name="Ackley",
        character="A dented plain around one sharp funnel.",
        difficulty="Far out the funnel hides among dents, and at its tip the gradient does not tend to 0.",
        reference="Ackley (1987), A Connectionist Machine for Genetic Hillclimbing, Kluwer.",
        facts=partial(
            Facts,
            expression=_ackley,
            domain=((-5.0, 5.0), (-5.0, 5.0)),
            start=(-2.4, 3.3),
            minima=((0.0, 0.0),),
            minimum=0.0,
        ),
        notes="The minimum is the tip of a cone: gradient and curvature of the cone count as 0 there. "
        "The window shows the center; surveys search from -32.768 to 32.768.",
    ),
    Landscape(
        key="levy",
        name="Levy",
        character="Parallel waves across a bowl.",
        difficulty="Waves in both coordinates stop a rule far from the minimum.",
        reference="Levy and Montalvo (1985), The tunneling algorithm for the global minimization of functions, "
        "SIAM J. Sci. Stat. Comput. 6(1), 15-29; this form: Laguna and Marti (2005).",
        facts=partial(
            Facts,
            expression=_levy,
            domain=((-10.0, 10.0), (-10.0, 10.0)),
            start=(8.8, -2.2),
            minima=((1.0, 1.0),),
            minimum=0.0,
        ),
    ),
    Landscape(
        key="griewank",
        name="Griewank",
        character="Egg-box waves on a bowl so wide that it hardly shows.",
        difficulty="All minima near the center are almost equally deep.",
        reference="Griewank (1981), Generalized descent for global optimization, JOTA 34(1), 11-39.",
        facts=partial(
            Facts,
            expression=_griewank,
            domain=((-10.0, 10.0), (-10.0, 10.0)),
            start=(-2.4, 1.4),
            minima=((0.0, 0.0),),
            minimum=0.0,
        ),
        notes="The window shows the waves; surveys search from -600 to 600.",
    ),
    Landscape(
        key="schwefel",
        name="Schwefel",
        character="Growing waves; the best basin sits in a far corner.",
        difficulty="The second-best minimum is far from the best, so local slopes mislead.",
        reference="Schwefel (1981), Numerical Optimization of Computer Models, Wiley.",
        facts=partial(
            Facts,
            expression=_schwefel,
            domain=((-500.0, 500.0), (-500.0, 500.0)),
            start=(-266.0, 120.0),
            minima=((420.96874635998203, 420.96874635998203),),
            minimum=0.0,
        ),
        notes="Surveys shift by 418.9829, which leaves the minimum at 0.0000255; here the shift is exact. "
        "On the axes the curvature is infinite; the infinite part counts as 0.",
    ),
    Landscape(
        key="michalewicz",
        name="Michalewicz",
        character="Flat terraces cut by narrow, steep channels.",
        difficulty="Off the channels the gradient is nearly 0; on them the curvature is large.",
        reference="Michalewicz (1992), Genetic Algorithms + Data Structures = Evolution Programs, Springer; m = 10.",
        facts=partial(
            Facts,
            expression=_michalewicz,
            domain=((0.0, math.pi), (0.0, math.pi)),
            start=(1.7, 1.15),
            minima=((2.2029055201726093, math.pi / 2),),
            minimum=-1.8013034100985525,
        ),
        notes="The second coordinate of the minimum is exactly pi/2; surveys give it as 1.57.",
    ),
    Landscape(
        key="bohachevsky",
        name="Bohachevsky",
        character="A bowl with a fine egg-box pattern on it.",
        difficulty="Shallow dents on the slope catch small steps; larger ones roll over them.",
        reference="Bohachevsky, Johnson and Stein (1986), Generalized simulated annealing for function optimization, "
        "Technometrics 28(3), 209-217; their function 1.",
        facts=partial(
            Facts,
            expression=_bohachevsky,
            domain=((-2.0, 2.0), (-2.0, 2.0)),
            start=(-1.5, 1.3),
            minima=((0.0, 0.0),),
            minimum=0.0,
        ),
        notes="The window shows the dents; surveys search from -100 to 100.",
    ),
    Landscape(
        key="drop_wave",
        name="Drop wave",
        character="Rings of waves around a drop in water.",
        difficulty="Every ring is a trough that holds whatever falls into it.",
        reference="Surjanovic and Bingham (2013), Virtual library of simulation experiments.",
        facts=partial(
            Facts,
            expression=_drop_wave,
            domain=((-5.12, 5.12), (-5.12, 5.12)),
            start=(-1.4, 0.9),
            minima=((0.0, 0.0),),
            minimum=-1.0,
        ),
        notes="The formula divides 0 by 0 in its derivatives at the center; a series gives them there.",
    ),
    Landscape(
        key="eggholder",
        name="Eggholder",
        character="Huge irregular waves; the best point lies on the border.",
        difficulty="Hundreds of deep minima, and the lowest value of the square is at its edge.",
        reference="Whitley, Rana, Dzubera and Mathias (1996), Evaluating evolutionary algorithms, "
        "Artificial Intelligence 85, 245-276.",
        facts=partial(
            Facts,
            expression=_eggholder,
            domain=((-512.0, 512.0), (-512.0, 512.0)),
            start=(62.0, 294.0),
            minima=((512.0, 404.2318051137578),),
            minimum=-959.6406627208508,
        ),
        notes="The minimum is on the border x = 512: there the gradient points outward and is not 0. "
        "Where a root has infinite slope, that part of the derivative counts as 0.",
    ),
)
