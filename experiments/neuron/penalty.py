"""L1 and L2 over the bowl of least squares with two weights: where the optimum is for every strength, exactly.

The sum is mean (x . w - t)^2 + lambda (rho |w|_1 + (1 - rho) |w|^2 / 2): the elastic net of Zou and Hastie (2005), with
lasso (Tibshirani 1996) at rho = 1 and ridge (Hoerl and Kennard 1970) at rho = 0. The optimum is that of the landscape
"least_squares", whose facts know it in closed form.

The optimum for lambda is also that of the least loss among all weights whose penalty is at most t, its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.neuron.penalties import LAMBDAS
from landscapes import LANDSCAPES, Landscape
from landscapes.neurons import rows_of
from numerals import readable
from programs import Code, run_code

Array = NDArray[np.float64]

_STRAIGHT = 1e-12


@dataclass(frozen=True, kw_only=True)
class Bowl:
    """Least squares of two weights. code: the optimum's, from ``@l1`` and ``@l2``. names: of the features.

    level, slope ``(2,)`` and curvature ``(2, 2)``: of the loss at 0, which give it everywhere, for it is quadratic.
    """

    surface: Landscape = field(repr=False)
    names: tuple[str, ...]
    rows: int
    level: float
    slope: Array
    curvature: Array
    code: Code = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Optimum:
    """Where the sum is least, ``(2,)``. loss: the mean squared error there; radius: the penalty, without lambda."""

    strength: float
    mix: float
    weights: Array
    loss: float
    radius: float

    @property
    def shape(self) -> str:
        """The shape of the constraint in words: a diamond, a circle with its radius, or the penalty itself."""
        if self.mix == 0:
            return f"|w| ≤ {readable(float(np.sqrt(2 * self.radius)))}"
        return f"{'|w₁| + |w₂|' if self.mix == 1 else 'the penalty'} ≤ {readable(self.radius)}"


@lru_cache(maxsize=8)
def bowl_of(fitted: str) -> Bowl:
    """The bowl over these rows, features and target with mean 0."""
    surface = LANDSCAPES["least_squares"].with_parameters(data=fitted)
    rows, at = rows_of(fitted, "two_features"), np.zeros(2)
    return Bowl(
        surface=surface,
        names=rows.meanings[:2],
        rows=len(rows),
        level=float(surface.value(at)),
        slope=surface.gradient(at),
        curvature=surface.hessian(at),
        code=surface.moving_facts,
    )


def bowl_penalty(weights: Array, mix: float) -> Array:
    """rho |w|_1 + (1 - rho) |w|^2 / 2 of ``(*batch, 2)``."""
    return mix * np.abs(weights).sum(-1) + (1 - mix) * (weights**2).sum(-1) / 2


def bowl_loss(bowl: Bowl, weights: Array) -> Array:
    """The mean squared error at ``(*batch, 2)``."""
    return bowl.level + weights @ bowl.slope + ((weights @ bowl.curvature) * weights).sum(-1) / 2


def optima(bowl: Bowl, strengths: Array, mix: float) -> Array:
    """Where loss and penalty together are least, for strengths ``(n,)``: ``(n, 2)``."""
    given = {"@l1": strengths * mix, "@l2": strengths * (1 - mix)}
    return np.stack([np.broadcast_to(each, strengths.shape) for each in run_code(bowl.code, given)[5:7]], axis=-1)


def optimum(bowl: Bowl, strength: float, mix: float) -> Optimum:
    """The same for one strength."""
    (weights,) = optima(bowl, np.array([strength]), mix)
    return Optimum(
        strength=strength,
        mix=mix,
        weights=weights,
        loss=float(bowl_loss(bowl, weights)),
        radius=float(bowl_penalty(weights, mix)),
    )


def optimum_of(values: Mapping[str, Any]) -> Optimum:
    """That of these settings."""
    return optimum(bowl_of(values["fitted"]), LAMBDAS[lambda_place(values["lambda"])], values["mix"])


def lambda_place(strength: float) -> int:
    """The number of the strength that is nearest: the browser knows the optima of these alone."""
    return int(np.abs(np.array(LAMBDAS) - strength).argmin())


def path_of(values: Mapping[str, Any]) -> tuple[Array, Array]:
    """Strengths ``(n,)`` and the weights of each ``(n, 2)``: the regularization path."""
    strengths = np.array(LAMBDAS)
    return strengths, optima(bowl_of(values["fitted"]), strengths, values["mix"])


def zero_from(bowl: Bowl, mix: float) -> tuple[float | None, float | None]:
    """From which lambda on each weight is exactly 0 and stays so; None where it never is.

    A weight comes to 0 or leaves it where the slope of the loss by it is as large as lambda rho, while it is 0; what
    the other weight is meanwhile follows from the same condition for that one. That is a quadratic equation in lambda.
    """
    if mix == 0:
        return None, None
    (p, r), (_, q) = bowl.curvature.tolist()
    u, v = (-bowl.slope).tolist()
    alone = max(abs(u), abs(v)) / mix
    turns = {0.0, alone}
    for strongest, curved, other in ((u, p, v), (v, q, u)):
        for side in (-1.0, 1.0):  # the sign of the weight that is not 0
            for edge in (-1.0, 1.0):
                # other - r (strongest - side rho lambda) / (curved + (1 - rho) lambda) = edge rho lambda
                square = -edge * mix * (1 - mix)
                straight = other * (1 - mix) + r * side * mix - edge * mix * curved
                turns |= {root for root in _roots(square, straight, other * curved - r * strongest) if 0 < root < alone}
    ordered = sorted(turns)
    middles = [(low + high) / 2 for low, high in pairwise(ordered)]
    zero = [optimum(bowl, middle, mix).weights == 0 for middle in middles]
    found: list[float | None] = []
    for i in range(2):
        away = [high for high, each in zip(ordered[1:], zero, strict=True) if not each[i]]
        found.append(max(away, default=0.0))
    return found[0], found[1]


def _roots(square: float, straight: float, level: float) -> tuple[float, ...]:
    if abs(square) < _STRAIGHT:
        return (-level / straight,) if abs(straight) > _STRAIGHT else ()
    inside = straight * straight - 4 * square * level
    if inside < 0:
        return ()
    half = (-straight - np.copysign(np.sqrt(inside), straight)) / 2
    return tuple(float(each) for each in (half / square, level / half if half else 0.0))


def penalty_sentences(values: Mapping[str, Any]) -> tuple[str, str]:
    """Where the optimum is, what the penalty does to both weights, and how lambda and the radius belong together."""
    bowl, mix = bowl_of(values["fitted"]), values["mix"]
    here = optimum_of(values)
    name = {1.0: "L1", 0.0: "L2"}.get(mix, "The elastic net")
    places = " and ".join(
        f"the weight of {each} is {'exactly 0' if weight == 0 else readable(float(weight))}"
        for each, weight in zip(bowl.names, here.weights, strict=True)
    )
    first = f"At λ = {readable(here.strength)} {places}. The same as the least loss with {here.shape}."
    if mix == 0:
        return first, "L2 makes both weights smaller, and neither ever 0: the circle has no corner."
    ends = zero_from(bowl, mix)
    parts = [
        f"{each} from λ = {readable(end)} on" for each, end in zip(bowl.names, ends, strict=True) if end is not None
    ]
    return first, f"{name} makes weights exactly 0: {', '.join(parts)}."
