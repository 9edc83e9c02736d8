"""Landscapes whose point is a saddle: the gradient vanishes and yet f falls in some direction."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from landscapes.from_sympy import coordinates
from landscapes.types import Array, Facts, Landscape

if TYPE_CHECKING:
    import sympy


def _saddle() -> sympy.Expr:
    x, y = coordinates()
    return x**2 - y**2


def _monkey_saddle() -> sympy.Expr:
    x, y = coordinates()
    return x**3 - 3 * x * y**2


def _deep_linear() -> sympy.Expr:
    x, y = coordinates()
    return (x * y - 1) ** 2


def distance_to_hyperbola(points: Array) -> Array:
    """Distance to the curve x y = 1, both branches, ``(*batch, 2) -> (*batch)``.

    On a branch (e^s, e^-s) the squared distance is minimised by Newton's method from the best of a grid of s.
    """
    points = np.asarray(points, dtype=np.float64)
    grid = np.linspace(-4, 4, 65)
    nearest = np.full(points.shape[:-1], np.inf)
    with np.errstate(all="ignore"):
        for sign in (1.0, -1.0):
            x, y = sign * points[..., 0], sign * points[..., 1]
            s = grid[np.argmin((np.exp(grid) - x[..., None]) ** 2 + (np.exp(-grid) - y[..., None]) ** 2, axis=-1)]
            for _ in range(16):
                u, v = np.exp(s), np.exp(-s)
                slope = (u - x) * u - (v - y) * v
                curvature = np.abs(2 * u * u - x * u + 2 * v * v - y * v)
                s = s - np.clip(slope / np.maximum(curvature, 1e-12), -0.5, 0.5)
            nearest = np.fmin(nearest, np.hypot(np.exp(s) - x, np.exp(-s) - y))
    return nearest


SADDLES = (
    Landscape(
        key="saddle",
        name="Saddle",
        character="Rises along x, falls along y; unbounded below.",
        difficulty="Started near y = 0, a rule first settles at the saddle and leaves it slowly.",
        reference="Dauphin et al. (2014), Identifying and attacking the saddle point problem, arXiv:1406.2572.",
        facts=partial(
            Facts,
            expression=_saddle,
            domain=((-2.0, 2.0), (-2.0, 2.0)),
            start=(-1.6, 0.02),
            saddles=((0.0, 0.0),),
        ),
        notes="There is no minimum: every rule that leaves the saddle goes on forever.",
    ),
    Landscape(
        key="monkey_saddle",
        name="Monkey saddle",
        character="Three valleys and three ridges meet in one flat point.",
        difficulty="At the origin the gradient and the whole Hessian vanish, so no local model shows the way down.",
        reference="Hilbert and Cohn-Vossen (1932), Anschauliche Geometrie, Springer.",
        facts=partial(
            Facts,
            expression=_monkey_saddle,
            domain=((-1.5, 1.5), (-1.5, 1.5)),
            start=(1.1, 0.12),
            saddles=((0.0, 0.0),),
        ),
        notes="There is no minimum: f falls without bound in three directions.",
    ),
    Landscape(
        key="deep_linear",
        name="Deep linear network",
        character="The loss of two weights in a row, w1 w2 = 1: a curve of minima around a saddle.",
        difficulty="Small weights start at a saddle, and along the curve of minima the curvature grows without bound.",
        reference="Saxe, McClelland and Ganguli (2014), Exact solutions to the nonlinear dynamics of learning in deep "
        "linear neural networks, arXiv:1312.6120.",
        facts=partial(
            Facts,
            expression=_deep_linear,
            domain=((-2.5, 2.5), (-2.5, 2.5)),
            start=(-1.9, 0.7),
            minima=((1.0, 1.0), (-1.0, -1.0)),
            minimum=0.0,
            saddles=((0.0, 0.0),),
            distance=distance_to_hyperbola,
        ),
        notes="x and y are the weights. Every point of the curve x y = 1 is a minimum. "
        "The two marked ones are the flattest.",
    ),
)
