"""Which state a path has ended in.

Decided in this order; "late" means the last fifth of the path, at least ten steps:
    undefined      the next step leads to where f is not defined
    diverged       point or value is not finite, or far away and above the start
    falling        downhill out of the domain where no minimum is known
    converged      f - minimum <= tolerance (f_start - minimum): relative, so it means the same on every surface
    local minimum  no eigenvalue below zero, and the local quadratic promises less than tolerance of the whole descent,
                   or its bottom is near and still more than half the gap above the minimum
    saddle         at most a hundredth of the domain from a stationary point with an eigenvalue below zero, or from a
                   known saddle, and hardly moving; maximum likewise
    held           hardly moving where weight decay pulls against the slope
    plateau        hardly moving, or not falling, where the slope, followed to the minimum, explains less than a
                   quarter of the gap
    hovering       (with noise) f no longer falls, or the late path is five times longer than where it leads
    oscillating    the late path is five times longer than where it leads, and f does not fall
    stalled        steps shrunk to nothing although the slope would lead on
    moving         anything else
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from optimizers.outcome_types import State
from optimizers.path_measures import Path, Point, nearest_of
from optimizers.rules.symmetric import into_basis, norm

_NEAR = 1e-2  # share of the domain within which a point is "at" a saddle
_RESTING = 1e-2  # share of the domain that a late path may cover and hardly move
_NOTHING = 1e-4  # share of the domain that a late path covers when it has stalled


def decide(
    path: Path,
    gap: float | None,
    threshold: float | None,
    distance: float | None,
    saddles: Sequence[Point],
    noise: float,
    tolerance: float,
    diverged_at: int | None,
    falls: bool,
    held: bool,
    lost: bool,
    inside: bool,
) -> State:
    """The state of a path.

    inside: whether its end is in the window. distance: from the end to the nearest minimum. lost: it breaks off where f
        is not defined. falls: it goes down where no bottom is known. held: weight decay pulls against the slope at the
        end.
    """
    if lost:
        return "undefined"
    if diverged_at is not None:
        return "falling" if falls else "diverged"
    if gap is not None and threshold is not None and gap <= threshold and (not noise or _stays(path, gap, threshold)):
        return "converged"
    low, high = (float(each) for each in path.eigenvalues[-1])
    curvatures, sharpest = np.abs(path.eigenvalues[-1]), float(np.abs(path.eigenvalues).max())
    slopes = np.abs(into_basis(path.vectors[-1], path.gradients[-1]))
    slope, steepest = float(norm(slopes)), float(norm(path.gradients).max())
    floor = np.maximum(curvatures, 1e-300)
    promise = float((slopes * (slopes / floor)).sum()) / 2  # what the local quadratic promises f to fall by
    near_stationary = slope == 0 or float(norm(slopes / floor)) <= _NEAR * path.scale
    curved = float(curvatures.max()) >= 1e-3 * sharpest and sharpest > 0
    late = path.moves[-path.late :]
    reach, net = float(norm(late).sum()), float(norm(late.sum(0)))
    resting = float(norm(np.ptp(path.points[-path.late - 1 :], axis=0))) <= _RESTING * path.scale
    known = gap is not None

    drop = float(path.values[0] - path.values.min())
    settled = promise <= 1e-2 * (drop if gap is None else max(drop, gap)) or drop == 0

    # Outside the window f may level off for ever, as a logistic loss does, and come to no minimum.
    if resting and low > 0 and promise <= tolerance * drop and (known or inside):
        return "local minimum" if known else "converged"
    if resting and curved and low >= -1e-6 * high and slope <= 1e-6 * steepest:
        return "local minimum" if known else "converged"
    # Without noise the path must have come to rest: it may still swing out of this basin.
    at_rest = bool(noise) or (resting and (reach <= 5 * net or reach <= _NOTHING * path.scale))
    bottom_is_high = gap is not None and gap - promise >= 0.5 * gap
    if at_rest and bottom_is_high and curved and low > 0 and near_stationary and settled:
        return "local minimum"
    if resting and curved and near_stationary and settled and low < -1e-6 * sharpest:
        return "maximum" if high < 0 else "saddle"
    if resting and saddles and (nearest_of(path.points[-1], saddles)[0] or 0.0) <= _NEAR * path.scale:
        return "saddle"
    if falls:
        return "falling"
    if resting and held:
        return "held"
    level = float(np.ptp(path.values[-path.late - 1 :])) <= 1e-3 * (gap if known else float(np.ptp(path.values)))
    if (resting or level) and not (curved and near_stationary) and _flat(path, gap, distance):
        return "plateau"
    wanders = reach > _NOTHING * path.scale and reach >= 5 * net
    if noise and (_no_lower(path, gap, 0.5) or wanders):
        return "hovering"
    if wanders and _no_lower(path, gap, 0.0):
        return "oscillating"
    return "stalled" if reach <= _NOTHING * path.scale else "moving"


def _stays(path: Path, gap: float, threshold: float) -> bool:
    """Whether f is as near the minimum through the late part as at the end, where noise may have put it by chance."""
    minimum = float(path.values[-1]) - gap
    return float(np.median(path.values[-path.late :])) - minimum <= threshold


def _flat(path: Path, gap: float | None, distance: float | None) -> bool:
    """Whether the slope cannot account for what is missing: on a convex surface |g| distance >= gap.

    Where no minimum is known, followed through the whole window it must change f by next to nothing: little beside the
    descent, and little beside f as it stands, since a steep start makes anything else look flat.
    """
    slope = float(norm(path.gradients[-1]))
    if gap is not None and distance is not None:
        return slope * distance <= 0.25 * gap
    value, descent = abs(float(path.values[-1])), float(np.ptp(path.values))
    return slope * path.scale <= 1e-3 * min(descent, max(1.0, value)) and len(path.moves) > 0


def _no_lower(path: Path, gap: float | None, slack: float) -> bool:
    """Whether f in the last half of the late part is not lower, by more than noise or a tenth, than in the first."""
    values = path.values[-path.late :]
    former, latter = values[: len(values) // 2], values[len(values) // 2 :]
    if not len(former):
        return False
    fall = float(former.mean() - latter.mean())
    if slack:
        return fall <= slack * float(max(former.std(), latter.std()))
    base = float(former.mean()) - (float(path.values[-1]) - gap) if gap is not None else float(np.ptp(path.values))
    return fall <= (0.1 if gap is not None else 1e-3) * base
