"""The loss along a segment between two places beside its chord, and the smallest curvature on the way.

A function is convex where no chord lies below it: f(A + s (B - A)) <= (1 - s) f(A) + s f(B) for every A, B and s.
Where it is twice differentiable, that is so exactly where no eigenvalue of its Hessian is negative (Boyd and
Vandenberghe, Convex Optimization, 2004, section 3.1).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.neuron.convexity import ENDS
from landscapes import LANDSCAPES, Landscape
from numerals import readable

Array = NDArray[np.float64]

SURFACES: Mapping[str, str] = {"logistic": "Cross-entropy", "sigmoid_squared": "Squared error"}
"""The two losses through the same sigmoid: landscapes by key, and how they are called here."""
SAMPLES = 101
_ROUNDING = 1e-12


@dataclass(frozen=True, kw_only=True)
class Along:
    """One loss along the segment. part: 0 at A, 1 at B, ``(SAMPLES,)``, as are value, chord and smallest.

    smallest: the smallest eigenvalue of the Hessian.
    """

    key: str
    part: Array = field(repr=False)
    value: Array = field(repr=False)
    chord: Array = field(repr=False)
    smallest: Array = field(repr=False)

    @property
    def above(self) -> float:
        """The most by which the loss stands above its chord; 0 where it never does."""
        gap = float((self.value - self.chord).max())
        return gap if gap > _ROUNDING * (1 + float(np.abs(self.chord).max())) else 0.0

    @property
    def at(self) -> float:
        """The part of the way at which it stands highest above."""
        return float(self.part[np.argmax(self.value - self.chord)])

    @property
    def lowest(self) -> float:
        """The smallest eigenvalue of the way; 0 where only rounding is left."""
        lowest = float(self.smallest.min())
        return lowest if abs(lowest) > _ROUNDING else 0.0


@lru_cache(maxsize=32)
def surface_of(key: str, classes: str, weights: str) -> Landscape:
    """The loss over the two weights."""
    return LANDSCAPES[key].with_parameters(data=classes, inputs=weights)


def surfaces_of(values: Mapping[str, Any]) -> dict[str, Landscape]:
    """Both losses over the rows of these settings, by key."""
    return {key: surface_of(key, values["classes"], values["weights"]) for key in SURFACES}


def ends_of(values: Mapping[str, Any]) -> tuple[Array, Array]:
    """A and B, ``(2,)`` each."""
    ax, ay, bx, by = (float(values[name]) for name in ENDS)
    return np.array([ax, ay]), np.array([bx, by])


def chord_of(values: Mapping[str, Any]) -> tuple[Along, ...]:
    """Both losses along the segment."""
    a, b = ends_of(values)
    part = np.linspace(0, 1, SAMPLES)
    points = a + part[:, None] * (b - a)
    made = []
    for key, surface in surfaces_of(values).items():
        value = surface.value(points)
        made.append(
            Along(
                key=key,
                part=part,
                value=value,
                chord=(1 - part) * value[0] + part * value[-1],
                smallest=np.array(np.linalg.eigvalsh(surface.hessian(points))[:, 0], dtype=np.float64),
            )
        )
    return tuple(made)


def chord_sentence(along: Along) -> str:
    """What chord and curvature say of one loss on this way, with their numbers."""
    name = SURFACES[along.key]
    if along.above:
        first = (
            f"{name} stands above its chord by up to {readable(along.above)}, "
            f"{readable(100 * along.at, 2)} % of the way: not convex."
        )
    else:
        first = f"{name} never stands above its chord here."
    if along.lowest < 0:
        return f"{first} Its smallest eigenvalue goes down to {readable(along.lowest)}: there it curves downward."
    return f"{first} Its smallest eigenvalue never falls below 0: it curves upward, or is flat, all the way."
