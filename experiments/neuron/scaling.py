"""The same neuron on a feature as it is measured, and with mean 0 and variance 1: one race, two bowls.

Weight and bias of a scaled feature say the same as those of the feature itself: w / deviation and b - w mean /
deviation. So both surfaces have the same minimum, and gradient descent starts at 0 in both, where both predict the
same. It takes one over the steepest curvature of the loss as its rate. How many steps it needs grows with the condition
number of the Hessian at the minimum (Boyd and Vandenberghe, Convex Optimization, 2004, section 9.3).

The gradient is that of the landscape as a matrix product, ten times as fast; a test holds the two equal.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.neuron.growth import gradient
from landscapes import LANDSCAPES, Landscape
from landscapes.neurons import REGRESSION, row_table, rows_of
from numerals import readable

Array = NDArray[np.float64]

MOST_STEPS = 20_000
MOST_OF_SQUARES = 100_000
"""The steps of a race; least squares takes them at once."""
TOLERANCE = 0.001
"""The share of the start's height above the minimum that may be left when the race is over."""


@dataclass(frozen=True, kw_only=True)
class Raced:
    """One way to measure the feature, and its race. minimum: weight and bias ``(2,)``; lowest: the loss there.

    condition: of the Hessian at the minimum. rate: of gradient descent. path: every place, ``(most + 1, 2)``. steps:
    those at which the share of the height that is left is known, left: that share, ``(n,)`` both. needed: the first
    step with no more than ``TOLERANCE`` left; None where all steps are not enough.
    """

    scaled: bool
    surface: Landscape = field(repr=False)
    minimum: Array = field(repr=False)
    lowest: float
    condition: float
    rate: float
    path: Array = field(repr=False)
    steps: Array = field(repr=False)
    left: Array = field(repr=False)
    needed: int | None


def races_of(values: Mapping[str, Any]) -> tuple[Raced, Raced]:
    """The race as measured and the one on the scaled feature."""
    return _raced(values["measured"], False), _raced(values["measured"], True)


def measured_surface(data: str, scaled: bool) -> Landscape:
    """The loss over the weight of one feature and a bias: squared error of numbers, cross-entropy of classes."""
    known = LANDSCAPES[_key(data)].with_parameters(data=data, inputs="one_feature")
    if scaled:
        return known
    rows = rows_of(data, "one_feature", scaled=False)

    def facts(**given: Any) -> Any:
        return replace(known.facts(**given), rows=rows, minima=(), minimum=None, search=None)

    return replace(known, key=f"{known.key}_as_measured", facts=facts)


def _key(data: str) -> str:
    return "least_squares" if data in REGRESSION else "logistic"


@lru_cache(maxsize=16)
def _raced(data: str, scaled: bool) -> Raced:
    surface = measured_surface(data, scaled)
    (minimum,) = measured_surface(data, True).minima
    place = np.array(minimum)
    if not scaled:
        feature = row_table(data)[0][:, 0]
        weight = minimum[0] / float(feature.std())
        place = np.array([weight, minimum[1] - weight * float(feature.mean())])
    smallest, largest = np.linalg.eigvalsh(surface.hessian(place)).tolist()
    rate = 1 / float(np.linalg.eigvalsh(surface.hessian(np.zeros(2)))[-1])  # steepest at 0, of both losses
    path = _descent(surface, rate, squares=data in REGRESSION)
    marks = np.unique(np.rint(np.geomspace(1, len(path) - 1, 240)).astype(np.intp))
    steps = np.append(0, marks)
    lowest = float(surface.value(place))
    height = float(surface.value(np.zeros(2))) - lowest

    def left_at(which: NDArray[np.intp]) -> Array:
        return (surface.value(path[which]) - lowest) / height

    left = np.maximum(left_at(steps), 0.0)
    return Raced(
        scaled=scaled,
        surface=surface,
        minimum=place,
        lowest=lowest,
        condition=largest / smallest,
        rate=rate,
        path=path,
        steps=steps.astype(np.float64),
        left=left,
        needed=_needed(steps, left, left_at),
    )


def _descent(surface: Landscape, rate: float, *, squares: bool) -> Array:
    rows = surface.rows
    assert rows is not None
    t = rows.by_name["t"]
    x = np.stack([rows.by_name["a"], np.ones(len(t))], axis=-1)
    if squares:  # the distance to the minimum is multiplied by the same matrix in every step
        curvature, straight = 2 * x.T @ x / len(t), 2 * t @ x / len(t)
        values, vectors = np.linalg.eigh(curvature)
        minimum = np.linalg.solve(curvature, straight)
        shrunk = (1 - rate * values) ** np.arange(MOST_OF_SQUARES + 1)[:, None]
        return minimum - (shrunk * (minimum @ vectors)) @ vectors.T
    w, path = np.zeros(2), np.zeros((MOST_STEPS + 1, 2))
    for step in range(1, MOST_STEPS + 1):
        w = w - rate * gradient(w, x, t)
        path[step] = w
    return path


def _needed(steps: NDArray[np.intp], left: Array, left_at: Callable[[NDArray[np.intp]], Array]) -> int | None:
    """The loss falls with every step at this rate, so the first step lies between two known ones."""
    below = np.flatnonzero(left <= TOLERANCE)
    if not len(below):
        return None
    high = int(below[0])
    between = np.arange(int(steps[high - 1]) + 1, int(steps[high]) + 1)
    return int(between[np.flatnonzero(left_at(between) <= TOLERANCE)[0]])


def scaling_sentence(raced: Raced) -> str:
    """Condition number and steps in words."""
    if raced.needed is None:
        steps = f"{len(raced.path) - 1:,} steps leave {readable(100 * float(raced.left[-1]))} % of the height"
    else:
        steps = f"{raced.needed:,} steps are enough" if raced.needed > 1 else "one step is enough"
    return f"Condition number {readable(raced.condition)}; {steps}, at a rate of {readable(raced.rate)}."
