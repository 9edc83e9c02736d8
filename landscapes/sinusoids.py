"""Random sums of sines and cosines, f = sum a sin(b x + c y) + d cos(e x + f y), with coefficients from a seed.

b, c, e, f are whole numbers from -3 to 3 and a, d have two decimals, so f has period 2 pi in both coordinates and its
lowest points in one period are stationary. They are found when the landscape is built: Newton's method from every local
minimum of a fine grid, which no wave of these lengths can hide a minimum from.
"""

from __future__ import annotations

import random
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from landscapes.from_sympy import coordinates, exact
from landscapes.lowest import distinct, polish
from landscapes.types import Array, Facts, Landscape, Points
from settings import Hyperparameter

if TYPE_CHECKING:
    import sympy

_PAIRS = 3
_GRID = 128
_HIGHEST = 3

Wave = tuple[float, int, int]


def waves(seed: int) -> tuple[tuple[Wave, ...], tuple[Wave, ...]]:
    """The sines and the cosines of a seed, each as (amplitude, whole number of x, whole number of y).

    Python's ``Random.random`` gives the same numbers in every version, so a seed in a link stays the same surface.
    """
    draw = random.Random(seed).random
    waves: list[list[Wave]] = [[], []]
    used: set[tuple[int, int]] = set()
    while len(waves[1]) < _PAIRS:
        kind = int(len(waves[0]) > len(waves[1]))
        amplitude = round(0.3 + 0.7 * draw(), 2) * (1 if draw() < 0.5 else -1)
        b, c = (int(draw() * (2 * _HIGHEST + 1)) - _HIGHEST for _ in range(2))
        b, c = max((b, c), (-b, -c))  # sin(-u) = -sin(u): one sign of u is enough
        # The first two waves cross at an angle, or f would be constant along a line.
        parallel = len(used) == 1 and all(b * q - c * p == 0 for p, q in used)
        if (b, c) != (0, 0) and (b, c) not in used and not parallel:
            used.add((b, c))
            waves[kind].append((amplitude, b, c))
    return tuple(waves[0]), tuple(waves[1])


def _expression(seed: int) -> sympy.Expr:
    import sympy

    x, y = coordinates()
    sines, cosines = waves(seed)
    terms = []
    for sine, cosine in zip(sines, cosines, strict=True):
        for (amplitude, b, c), function in ((sine, sympy.sin), (cosine, sympy.cos)):
            parts = [symbol if factor == 1 else factor * symbol for factor, symbol in ((b, x), (c, y)) if factor]
            angle = parts[0] if len(parts) == 1 else parts[0] + parts[1]
            terms.append((amplitude, function(angle)))
    total = exact(terms[0][0]) * terms[0][1]
    for amplitude, wave in terms[1:]:
        total = total + exact(amplitude) * wave if amplitude > 0 else total - exact(-amplitude) * wave
    return total


def _waves(seed: int, points: Array) -> tuple[Array, Array, Array]:
    """Of a seed, at points ``(..., 2)``: the waves and their slopes along their angles, ``(..., 6)``, and the turns."""
    sines, cosines = waves(seed)
    amplitude = np.array([wave[0] for wave in (*sines, *cosines)])
    turns = np.array([wave[1:] for wave in (*sines, *cosines)], dtype=np.float64)
    # sin(u) = cos(u - pi / 2): one cosine and one sine of all angles.
    angle = points @ turns.T - np.pi / 2 * (np.arange(len(amplitude)) < len(sines))
    return amplitude * np.cos(angle), -amplitude * np.sin(angle), turns


def _derivatives(seed: int, points: Array) -> tuple[Array, Array, Array]:
    """Value ``(n)``, gradient ``(n, 2)`` and Hessian ``(n, 2, 2)`` of the waves of a seed at points ``(n, 2)``."""
    wave, slope, turns = _waves(seed, points)
    return wave.sum(-1), slope @ turns, -np.einsum("nk,ki,kj->nij", wave, turns, turns)


@lru_cache(maxsize=64)
def lowest_points(seed: int) -> tuple[Points, float, tuple[float, float]]:
    """The global minima in [-pi, pi] x [-pi, pi], their value, and a start on a ridge."""
    axis = -np.pi + 2 * np.pi * np.arange(_GRID) / _GRID
    points = np.stack(np.meshgrid(axis, axis, indexing="ij"), axis=-1)
    value = _derivatives(seed, points.reshape(-1, 2))[0].reshape(_GRID, _GRID)
    neighbors = [np.roll(value, (i, j), (0, 1)) for i in (-1, 0, 1) for j in (-1, 0, 1) if i or j]
    basins = points[(value <= np.minimum.reduce(neighbors))]
    basins = polish(lambda points: _derivatives(seed, points)[1:], basins, longest=0.05)
    depth = _derivatives(seed, basins)[0]
    lowest = basins[depth <= depth.min() + 1e-9]
    minima = distinct(np.mod(lowest + np.pi, 2 * np.pi) - np.pi, 1e-5)
    return tuple(minima), float(depth.min()), _ridge(seed)


def _ridge(seed: int) -> tuple[float, float]:
    """The highest start of a coarse grid from which two ways down end apart, both of them in the window.

    One way follows the gradient, the other gives every coordinate about the same pace, as Adam and its kin do: where
    these two part, so do the rules of a race.
    """
    axis = np.round(np.linspace(-2.4, 2.4, 17), 1)
    starts = np.stack(np.meshgrid(axis, axis, indexing="ij"), axis=-1).reshape(-1, 2)
    points, reach = np.stack([starts, starts]), np.zeros((2, len(starts)))
    for k in range(240):
        _, slope, turns = _waves(seed, points)
        gradient = slope @ turns
        if k < 160:
            gradient[1] /= np.abs(gradient[1]) + 0.1
        points = points - 0.02 * gradient
        reach = np.maximum(reach, np.abs(points).max(-1))
    stays = reach.max(0) <= np.pi - 0.15
    parts = np.abs(points[0] - points[1]).max(-1) > 0.3
    height = _derivatives(seed, starts)[0]
    for wanted in (stays & parts, stays):
        if wanted.any():
            best = starts[int(np.where(wanted, height, -np.inf).argmax())]
            break
    else:
        best = starts[int(reach.max(0).argmin())]
    return float(best[0]), float(best[1])


def _sinusoids(seed: int) -> Facts:
    minima, minimum, start = lowest_points(seed)
    side = (-float(np.pi), float(np.pi))
    return Facts(expression=lambda: _expression(seed), domain=(side, side), start=start, minima=minima, minimum=minimum)


SINUSOIDS = Landscape(
    key="sinusoids",
    name="Random sinusoids",
    character="A random sum of sines and cosines; every seed is a new mountain range.",
    difficulty="Many minima of different depth and no pattern to learn: which one wins is up to the path.",
    reference="This project's own; the minima are computed by Newton's method from a fine grid.",
    facts=_sinusoids,
    hyperparameters=(
        Hyperparameter(
            name="seed",
            symbol="s",
            default=4,
            meaning="Which random surface.",
            kind="int",
            low=0,
            high=99,
            valid="[0, 1000000000]",
        ),
    ),
    notes="The window is one period in both coordinates, so no minimum is lost outside it.",
)
