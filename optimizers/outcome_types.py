"""What is known of a finished path: its state and the numbers behind it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from numerals import readable

State = Literal[
    "converged",
    "local minimum",
    "saddle",
    "maximum",
    "plateau",
    "held",
    "oscillating",
    "hovering",
    "stalled",
    "moving",
    "falling",
    "undefined",
    "diverged",
]

_LABELS: dict[State, str] = {
    "converged": "converged",
    "local minimum": "in a local minimum",
    "saddle": "stuck at a saddle",
    "maximum": "stuck at a maximum",
    "plateau": "on a plateau",
    "held": "held by weight decay",
    "oscillating": "oscillating",
    "hovering": "hovering in noise",
    "stalled": "stalled",
    "moving": "still moving",
    "falling": "falling without end",
}


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The facts of one path. "The end" is the last finite entry; None stands for what does not apply or is not known.

    state: one of ``State``. steps, last: steps asked for, and the index of the last finite entry.
    diverged_at: the first entry that is not finite (f is not defined there where the state says so), or from which f
        stays above its start while the point runs away.
    calm_until: the last entry before the path runs away; ``last`` where it does not.
    start_value, final_value, final_point: f and where.
    gap: final value above the minimum. threshold: the gap that counts as reached, ``tolerance`` times the gap at the
        start. steps_to_tolerance, evaluations_to_tolerance: when f came below it for good. evaluations: in all.
    distance, start_distance: from the end and from the start to the nearest minimum: the one measure of progress, the
        same for every path and the same that the picture shows. nearest: the minimum that the end is near.
    gradient_norm, eigenvalues: at the end; the eigenvalues of the Hessian ascending. start_eigenvalues: at the start.
    condition_number: largest over smallest eigenvalue at the end, where both are positive.
    largest_curvature: the largest eigenvalue met before anything blew up; largest_curvature_at: at which entry.
    rate, product, limit, product_at: the rate, rate times curvature and its limit, of the step product_at: the first
        beyond the limit where the path diverged, the largest late one where it swings, else the late median.
    rescaled: whether each coordinate has a rate of its own; ``rate`` is then None. first_product: at the first step.
    rate_left: the late rate as a share of the first, of the coordinate that kept most.
    steps_left: steps still needed at the late pace, where that is steady.
    zigzag: share of the late steps that go back across the steepest direction. across: share of the late way spent on
        that. overshoot: how far beyond the minimum the path went, as a share of the way from the start.
    path_length, straight_distance: along the path, and from start to end. last_step: length of the mean late step.
    longest_step: the longest step of all. leaving_step: the one that leaves the domain.
    steps_per_decade: how many steps f needs, late in the path, for a tenth of its gap. doubling: steps in which the
        distance to the saddle doubles, where it grows.
    left_domain_at: the first entry outside the domain. inside: whether the end is in it.
    weight_decay: of the rule, 0 where it has none. decay_pull: its length at the end, where it is part of the gradient.
    noise: standard deviation of the gradient noise. batch: rows that a step sees, where that is what shakes it, else 0.
    noise_floor: the mean gap (or spread of f, where the minimum is not
        known) late in the path.
    """

    state: State
    steps: int
    last: int
    diverged_at: int | None
    calm_until: int
    start_value: float
    final_value: float
    final_point: tuple[float, float]
    gap: float | None
    threshold: float | None
    steps_to_tolerance: int | None
    evaluations_to_tolerance: int | None
    evaluations: int
    distance: float | None
    start_distance: float | None
    nearest: tuple[float, float] | None
    gradient_norm: float
    eigenvalues: tuple[float, float]
    start_eigenvalues: tuple[float, float]
    condition_number: float | None
    largest_curvature: float
    largest_curvature_at: int
    rate: float | None
    product: float | None
    limit: float | None
    product_at: int | None
    first_product: float | None
    rescaled: bool
    rate_left: float | None
    steps_left: float | None
    zigzag: float
    across: float
    overshoot: float
    path_length: float
    straight_distance: float
    last_step: float
    longest_step: float
    leaving_step: float | None
    steps_per_decade: float | None
    doubling: float | None
    left_domain_at: int | None
    inside: bool
    weight_decay: float
    decay_pull: float | None
    noise: float
    noise_floor: float | None
    batch: int = 0

    @property
    def label(self) -> str:
        """The state in a few words, as a table shows it: "diverged at step 14"."""
        if self.state == "diverged":
            return f"diverged at step {readable(self.diverged_at or 0)}"
        if self.state == "undefined":
            return f"left the domain of f at step {readable(self.diverged_at or 0)}"
        return _LABELS[self.state]
