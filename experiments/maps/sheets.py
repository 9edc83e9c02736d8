"""What a map computes of one rule, as numbers: its axes, starts and budget, and where each path of it ends.

The browser is told the same of the rules that it moves itself (figures/frontend/maps/compute.js).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from experiments.maps.ends import path_ends
from experiments.maps.goals import Goal, Whole, median_goals, path_goals
from experiments.maps.rest import Window, grid_starts, rest_points
from experiments.maps.settings import FAMILIES, NONE, axes_of, is_offered, line_axis, surface_of, window_of
from experiments.maps.theory import span
from landscapes import Identified, Landscape, identified
from optimizers import OPTIMIZERS, Hyperparameter, Trajectory, descend

Array = NDArray[np.float64]
Progress = Callable[[float], None]
"""Called now and then with the share done; what it raises ends the work."""

SAMPLES = 512  # along each axis of the finest map of the browser (figures/frontend/maps/panel.js)
COLUMNS = 64  # of a line (figures/frontend/maps/sensitivity.js)
SEVERAL = 3  # starts along each axis, where the steps of many are counted
STILL = 64  # steps in a row without any move, after which a path rests (figures/frontend/maps/sweep.js)
_CELL = 5  # numbers that descend records of a point and step


@dataclass(frozen=True, kw_only=True)
class Axis:
    """What samples vary: "x" or "y" of the start, or a hyperparameter."""

    name: str
    low: float
    high: float
    log: bool = False

    def along(self, part: Array) -> Array:
        """The values at parts, 0 to 1, of the axis."""
        if not self.log:
            return self.low + part * (self.high - self.low)
        return self.low * (self.high / self.low) ** part


class Outcomes(NamedTuple):
    """Of samples ``(n,)``: ends, steps and values as ``path_ends`` and ``path_goals`` tell them (no values with the
    former), and of which of them that is sure."""

    ends: Whole
    steps: Whole
    values: Array
    settled: NDArray[np.bool_]


def _prolonged(path: Trajectory, steps: int) -> Trajectory:
    """The same paths, each at its last point up to so many steps."""
    more = steps - path.steps
    points, values = (np.concatenate([each, np.repeat(each[-1:], more, axis=0)]) for each in (path.points, path.values))
    return replace(path, points=points, values=values)


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A map (two axes), a line (one) or a single number (none) of one rule; equal sheets have equal paths.

    own: the hyperparameters that no axis varies. starts: those of every sample, none where the axes are x and y.
    goal: what is counted, or None for the points that paths end in.
    """

    surface: Identified
    window: Window
    rule: str
    own: tuple[tuple[str, Any], ...]
    steps: int
    axes: tuple[Axis, ...]
    starts: tuple[tuple[float, float], ...] = ()
    goal: Goal | None = None

    @property
    def is_map(self) -> bool:
        """Whether it has samples in a plane, coarse and fine."""
        return len(self.axes) == 2

    @property
    def numbers(self) -> int:
        """How many are recorded of one sample."""
        return _CELL * (self.steps + 1) * max(1, len(self.starts))

    def samples(self, stride: int) -> Array:
        """The values of the axes: ``(side, side, 2)`` of every ``stride``-th sample of a map, row 0 at the top, each in
        the middle of its cell of the finest one; ``(columns, axes)`` of a line or number."""
        if not self.is_map:
            part = (np.arange(COLUMNS) + 0.5) / COLUMNS
            return np.stack([axis.along(part) for axis in self.axes], axis=-1) if self.axes else np.zeros((1, 0))
        part = (np.arange(0, SAMPLES, stride) + 0.5) / SAMPLES
        across, up = self.axes
        return np.stack(np.meshgrid(across.along(part), up.along(1 - part)), axis=-1)

    def outcomes(self, samples: Array, progress: Progress | None = None, tried: int | None = None) -> Outcomes:
        """What becomes of samples ``(n, axes)``.

        tried: take so many steps only, and tell of those paths that have come to rest by then what all steps would.
        """
        landscape = self.surface.landscape
        given: dict[str, Any] = {axis.name: samples[:, i] for i, axis in enumerate(self.axes)}
        if self.goal is None:
            start = np.stack([given.pop("x"), given.pop("y")], axis=-1)
        else:
            start = np.repeat(np.array(self.starts), len(samples), axis=0)
            given = {name: np.tile(values, len(self.starts)) for name, values in given.items()}
        path = descend(
            landscape,
            OPTIMIZERS[self.rule],
            start=start,
            steps=tried or self.steps,
            record="points",
            progress=progress,
            **dict(self.own),
            **given,
        )
        settled: NDArray[np.bool_] = np.ones(len(start), dtype=bool)
        if tried is not None:
            moves = np.not_equal(path.points[-STILL - 1 :], path.points[-1]).any(axis=(0, 2))
            settled[moves & (path.first_nonfinite < 0)] = False
            path = _prolonged(path, self.steps)
        if self.goal is None:
            ends, steps = path_ends(landscape, path, self.window, rest_points(landscape, self.window))
            return Outcomes(ends, steps, np.zeros(0), settled)
        several = (len(self.starts), len(samples))
        kinds, steps, values = path_goals(path, self.goal, self.window)
        if len(self.starts) == 1:
            return Outcomes(kinds, steps, values, settled)
        told = median_goals(kinds.reshape(several), steps.reshape(several), values.reshape(several))
        return Outcomes(*told, np.asarray(settled.reshape(several).all(axis=0)))


def server_sheets(values: Mapping[str, Any]) -> dict[str, Sheet]:
    """The sheets of the rules that the browser cannot move: by slot, or by rule where lines are compared."""
    if values["view"] == "sensitivity":
        family = FAMILIES[values["rules"]][1]
        return {key: line_sheet(values, key) for key in family if not is_offered(key)}
    slots = [slot for slot in ("o1", "o2") if values.get(slot, NONE) != NONE and not is_offered(values[slot])]
    return {slot: map_sheet(values, slot) for slot in slots}


def map_sheet(values: Mapping[str, Any], slot: str) -> Sheet:
    """The map of basins or rates of the rule ``values[slot]``."""
    rule = values[slot]
    own = {each.name: values[f"{slot}.{each.name}"] for each in OPTIMIZERS[rule].hyperparameters}
    if values["view"] == "basins":
        (left, right), (bottom, top) = window_of(values)
        return _sheet(values, rule, own, (Axis(name="x", low=left, high=right), Axis(name="y", low=bottom, high=top)))
    known = axes_of(rule)
    return _sheet(values, rule, own, tuple(_axis(known[values[name]]) for name in ("across", "up")))


def line_sheet(values: Mapping[str, Any], rule: str) -> Sheet:
    """The line of a rule that keeps its defaults but for one number; of one that has none, its only sample."""
    axis = line_axis(rule)
    return _sheet(values, rule, OPTIMIZERS[rule].defaults(), () if axis is None else (_axis(axis),))


def _axis(axis: Hyperparameter) -> Axis:
    low, high = span(axis)
    return Axis(name=axis.name, low=low, high=high, log=axis.log)


def _sheet(values: Mapping[str, Any], rule: str, own: Mapping[str, Any], axes: tuple[Axis, ...]) -> Sheet:
    landscape, varied = surface_of(values), {axis.name for axis in axes}
    basins = values["view"] == "basins"
    return Sheet(
        surface=identified(landscape),
        window=window_of(values),
        rule=rule,
        own=tuple((name, value) for name, value in own.items() if name not in varied),
        steps=values["steps"],
        axes=axes,
        starts=() if basins else tuple(starts_of(values)),
        goal=None if basins else goal_of(values, landscape),
    )


def goal_of(values: Mapping[str, Any], landscape: Landscape) -> Goal:
    """The lowest value that is known: the surface's own, else that of the lowest minimum in the window."""
    lowest = landscape.minimum
    if lowest is None:
        known = [point.value for point in rest_points(landscape, window_of(values)) if point.kind == "minimum"]
        lowest = min(known, default=None)
    return Goal(lowest=None if lowest is None else float(lowest), tolerance=values["tolerance"])


def starts_of(values: Mapping[str, Any]) -> list[tuple[float, float]]:
    """The starts whose steps a map of rates, or a line, counts."""
    if values["starts"] == "one":
        return [(values["at_x"], values["at_y"])]
    return [(x, y) for x, y in grid_starts(window_of(values), SEVERAL).reshape(-1, 2).tolist()]
