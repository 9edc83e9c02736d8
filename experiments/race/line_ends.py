"""Where the paths from all along the axis end, of a race in one dimension; as the browser tells it of its own.

See figures/frontend/line/turns.js: a path has come to a turning point when its last three entries lie near it.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from experiments.race.types import Race
from landscapes import TurningPoint, turning_points
from optimizers import OPTIMIZERS, descend

_REACH = 0.02  # share of the window


class AxisEnd(IntEnum):
    """The ends of paths that come to no turning point."""

    MOVING = -1
    LEFT = -2
    DIVERGED = -3
    UNDEFINED = -4  # f is not defined at the start


def axis_ends(race: Race, cells: int = 256) -> tuple[tuple[TurningPoint, ...], list[NDArray[np.int64]]]:
    """The turning points, and for each lane the ends of the paths from the middles of so many cells of the window.

    An end is the number of a turning point, or an ``AxisEnd``.
    """
    low, high = race.landscape.domain[0]
    turns = turning_points(race.landscape)
    starts = np.zeros((cells, 2))
    starts[:, 0] = low + (high - low) * (np.arange(cells) + 0.5) / cells
    radii = [_radius(turns, i, high - low) for i in range(len(turns))]
    ends = []
    for entry in race.entries:
        path = descend(
            race.landscape,
            OPTIMIZERS[entry.optimizer],
            start=starts,
            steps=race.steps,
            schedule=entry.chosen_schedule,
            noise=race.noise,
            seed=race.seed,
            record="points",
            **entry.values,
        )
        last = path.points[-3:, :, 0]
        end = np.full(cells, int(AxisEnd.MOVING))
        end[(last[-1] < low) | (last[-1] > high)] = AxisEnd.LEFT
        for i, (turn, radius) in enumerate(zip(turns, radii, strict=True)):
            end[(np.abs(last - turn.x) <= radius).all(0)] = i
        end[path.first_nonfinite > 0] = AxisEnd.DIVERGED
        end[path.first_nonfinite == 0] = AxisEnd.UNDEFINED
        ends.append(end)
    return turns, ends


def _radius(turns: Sequence[TurningPoint], i: int, width: float) -> float:
    beside = [abs(turns[j].x - turns[i].x) / 3 for j in (i - 1, i + 1) if 0 <= j < len(turns)]
    return min(_REACH * width, *beside, np.inf)
