"""Weights that grow for ever: gradient descent on cross-entropy, with and without L2.

Where a line parts the classes there is no minimum. In the end the loss falls like 1/t, the weights grow like
log(t) / margin, and their direction becomes that of the widest margin (Soudry, Hoffer, Nacson, Gunasekar and Srebro,
The implicit bias of gradient descent on separable data, JMLR 19, 2018). With L2 there is one minimum to be reached.

The gradient is that of the landscape "logistic" as a matrix product over all strengths at once, which takes a tenth of
the landscape's time; a test holds the two equal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.neuron.convexity import DECAYS
from landscapes.neurons import is_separable, rows_of
from numerals import readable

Array = NDArray[np.float64]

STEPS = 10_000
_MARKS = 40  # steps that are kept in each decade


@dataclass(frozen=True, kw_only=True)
class Growth:
    """Gradient descent from 0 for every strength of ``DECAYS``, by strength and step.

    steps: the ones that are kept ``(n,)``. weights: ``(strengths, n, 2)``. loss: the cross-entropy alone, without the
    penalty, ``(strengths, n)``. rates: of each strength, one over the steepest curvature there is. separable: whether a
    line parts the classes. widest: the unit vector of the widest margin ``(2,)``, and margin: its width on each side;
    None where no line parts them.
    """

    steps: Array = field(repr=False)
    weights: Array = field(repr=False)
    loss: Array = field(repr=False)
    rates: Array = field(repr=False)
    separable: bool
    widest: Array | None
    margin: float | None

    @property
    def length(self) -> Array:
        """|w|, ``(strengths, n)``."""
        return np.hypot(self.weights[..., 0], self.weights[..., 1])

    @property
    def angle(self) -> Array | None:
        """Degrees between the weights and the widest margin, ``(strengths, n)``; NaN where the weights are 0."""
        if self.widest is None:
            return None
        w, (a, b) = self.weights, self.widest
        turned = np.arctan2(w[..., 0] * b - w[..., 1] * a, w @ self.widest)
        return np.where(self.length > 0, np.degrees(np.abs(turned)), np.nan)


def growth_of(values: Mapping[str, Any]) -> Growth:
    """The paths of these settings."""
    return _growth(values["classes"], values["weights"])


@lru_cache(maxsize=16)
def _growth(classes: str, weights: str) -> Growth:
    rows, bias = rows_of(classes, weights), weights == "one_feature"
    t = rows.by_name["t"]
    x = np.stack([rows.by_name["a"], np.ones(len(t)) if bias else rows.by_name["b"]], axis=-1)
    pays = np.array([1.0, 0.0 if bias else 1.0])
    decays = np.array(DECAYS)[:, None]
    steepest = np.linalg.eigvalsh(x.T @ x / len(t) / 4 + decays[:, :, None] * np.diag(pays))[:, -1:]
    kept = np.unique(np.rint(10 ** (np.arange(_MARKS * np.log10(STEPS) + 1) / _MARKS)).astype(np.intp))
    w = np.zeros((len(decays), 2))
    path = np.empty((len(kept), len(decays), 2))
    place = 0
    for step in range(1, STEPS + 1):
        w = w - (gradient(w, x, t) + decays * pays * w) / steepest
        if step == kept[place]:
            path[place] = w
            place += 1
    path = path.transpose(1, 0, 2)
    separable = is_separable(rows, bias)
    widest, margin = widest_margin((2 * t - 1)[:, None] * x) if separable else (None, None)
    return Growth(
        steps=kept.astype(np.float64),
        weights=path,
        loss=loss(path, x, t),
        rates=1 / steepest[:, 0],
        separable=separable,
        widest=widest,
        margin=margin,
    )


def gradient(w: Array, x: Array, t: Array) -> Array:
    """Of the mean cross-entropy of a sigmoid, at weights ``(*batch, 2)``. x: ``(rows, 2)``, t: 0 or 1 ``(rows,)``."""
    return (0.5 * (1 + np.tanh(0.5 * (w @ x.T))) - t) @ x / len(t)


def loss(w: Array, x: Array, t: Array) -> Array:
    """The mean cross-entropy of a sigmoid at weights ``(*batch, 2)``."""
    return np.logaddexp(0, (1 - 2 * t) * (w @ x.T)).mean(-1)


def widest_margin(signed: Array) -> tuple[Array, float]:
    """The unit vector u whose least u . x over rows ``(n, 2)`` is largest, and that least.

    It is what a hard support vector machine finds. The rows are turned to one side: times 1 or -1 by class. u points
    to the place of their convex hull that is nearest to the origin; it lies on a segment between two rows.
    """
    first, second = signed[:, None, :], signed[None, :, :]
    along = second - first
    square = (along**2).sum(-1)
    part = np.clip(-(first * along).sum(-1) / np.where(square > 0, square, 1.0), 0, 1)
    places = first + part[..., None] * along
    nearest = places.reshape(-1, 2)[np.argmin((places**2).sum(-1))]
    length = float(np.hypot(*nearest))
    return nearest / length, length


def decay_place(decay: float) -> int:
    """The number of the strength that is nearest: paths are known for these alone."""
    return int(np.abs(np.array(DECAYS) - decay).argmin())


def growth_sentences(growth: Growth, decay: float) -> tuple[str, str]:
    """What happens without L2 and with it, in numbers."""
    length, loss_left = growth.length[:, -1], growth.loss[:, -1]
    place = decay_place(decay)
    if growth.angle is not None and growth.margin is not None:
        half = int(np.searchsorted(growth.steps, STEPS / 10))
        more = length[0] - float(growth.length[0, half])
        first = (
            f"Without L2: after {STEPS:,} steps |w| is {readable(float(length[0]))}. The last tenfold of steps added "
            f"{readable(float(more))}; in the end each adds ln(10) / margin = "
            f"{readable(float(np.log(10)) / growth.margin)}. "
            f"{readable(float(growth.angle[0, -1]))} degrees are left to the widest margin."
        )
    else:
        first = (
            f"Without L2: no line parts these classes, so there is a minimum; |w| comes to rest at "
            f"{readable(float(length[0]))}."
        )
    second = (
        f"With λ = {readable(DECAYS[place])}: |w| comes to {readable(float(length[place]))}, "
        f"and a cross-entropy of {readable(float(loss_left[place]))} is left for it."
    )
    return first, second if place else "With λ = 0 nothing holds the weights: both lines are one."
