"""Prepared inputs, and what gradient descent makes of them: one race a stage, its numbers and a sentence.

Every stage is fitted on the training part. The loss over two weights is the exact quadratic of least squares, and the
path is that of ``descend`` with plain gradient descent, from the same start in every stage.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.normalization.whitening import STAGES, Data, condition_number, fit
from landscapes.least_squares import LeastSquares
from numerals import readable
from optimizers import OPTIMIZERS, Trajectory, descend

Array = NDArray[np.float64]
Window = tuple[tuple[float, float], tuple[float, float]]

ARRIVED = 1e-3
"""A race has arrived where the loss above its minimum is this share of what it was at the start."""


@dataclass(frozen=True, kw_only=True)
class StageRace:
    """One stage: the training inputs ``(n, 2)`` after it, least squares on them, and gradient descent down that.

    excess: ``(steps + 1,)``, loss above the minimum as a share of what it is at the start. arrived: the first step at
    which that is at most ``ARRIVED``, or None.
    """

    stage: str
    name: str
    inputs: Array = field(repr=False)
    loss: LeastSquares = field(repr=False)
    condition: float
    rate: float
    trajectory: Trajectory = field(repr=False)
    excess: Array = field(repr=False)
    arrived: int | None

    @property
    def diverges(self) -> bool:
        """Whether the rate is above what the steepest direction allows."""
        return self.rate > self.loss.largest_stable_rate


def race_stages(
    data: Data,
    stages: Sequence[str],
    *,
    start: tuple[float, float],
    steps: int,
    share: float | None = 1.0,
    rate: float = 0.1,
) -> tuple[StageRace, ...]:
    """Gradient descent on every stage. With ``share`` the rate is that share of each stage's best one, else ``rate``.

    The best rate of a quadratic is 2 / (largest + smallest curvature). Source: Polyak (1964).
    """
    return tuple(_race(data, stage, start, steps, share, rate) for stage in stages)


def _race(
    data: Data, stage: str, start: tuple[float, float], steps: int, share: float | None, rate: float
) -> StageRace:
    inputs = fit(stage, data.train_x).apply(data.train_x)
    loss = LeastSquares(x=inputs, y=data.train_y)
    curvatures = np.linalg.eigvalsh(loss.hessian(np.zeros(2)))
    chosen = rate if share is None else share * 2 / float(curvatures.sum())
    trajectory = descend(loss, OPTIMIZERS["sgd"], start=start, steps=steps, lr=chosen)
    # From the distance to the minimum: the difference of two losses would drown in rounding.
    away = trajectory.points - loss.minimum
    above = 0.5 * ((away @ loss.hessian(np.zeros(2))) * away).sum(-1)
    excess = above / above[0] if above[0] > 0 else np.zeros_like(above)
    below = np.flatnonzero(excess <= ARRIVED)
    return StageRace(
        stage=stage,
        name=STAGES[stage],
        inputs=inputs,
        loss=loss,
        condition=condition_number(inputs),
        rate=chosen,
        trajectory=trajectory,
        excess=excess,
        arrived=int(below[0]) if len(below) else None,
    )


def weight_window(races: Sequence[StageRace]) -> Window:
    """One square window over the weights that holds every start and minimum, and the paths that stay near them."""
    anchors = np.array([point for race in races for point in (race.trajectory.points[0], race.loss.minimum)])
    low, high = anchors.min(0), anchors.max(0)
    reach = max(float((high - low).max()), 1e-6)
    near = [
        path[(path > low - 0.6 * reach).all(-1) & (path < high + 0.6 * reach).all(-1)]
        for path in (race.trajectory.points for race in races)
    ]
    points = np.concatenate([anchors, *near])
    low, high = points.min(0), points.max(0)
    half = 0.58 * float((high - low).max())
    (x, y) = (low + high) / 2
    return (x - half, x + half), (y - half, y + half)


def stage_table(races: Sequence[StageRace]) -> pd.DataFrame:
    """A row a stage, numbers as text."""
    return pd.DataFrame(
        {
            "stage": [race.name for race in races],
            "condition number κ": [readable(race.condition) for race in races],
            "learning rate": [readable(race.rate) for race in races],
            "largest stable rate": [readable(race.loss.largest_stable_rate) for race in races],
            "steps to 1/1,000": [
                "diverges"
                if race.diverges
                else "not within the run"
                if race.arrived is None
                else readable(race.arrived)
                for race in races
            ],
            "loss at the minimum": [readable(float(race.loss.value(race.loss.minimum))) for race in races],
        }
    )


def stage_sentence(races: Sequence[StageRace]) -> str:
    """Which stage brings the condition number down, with the numbers."""
    known = {race.stage: race.condition for race in races}
    white = known.get("whitened", known.get("zca", 1.0))
    numbers = (
        f"The condition number is {readable(known['raw'])} as measured, {readable(known['centered'])} centered, "
        f"{readable(known['scaled'])} scaled, {readable(white)} whitened."
    )
    if known["scaled"] < 2:
        return f"{numbers} The features are nearly independent, so scaling suffices."
    return f"{numbers} The features are dependent, so only whitening suffices."
