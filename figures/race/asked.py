"""What a lesson asks of a race before it runs, as a picture to point at: where a path ends, or a curve."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from experiments.race import Lane, RaceResult
from figures.drawing import (
    Asked,
    AskedCurve,
    Disc,
    asked_curves,
    field_lane_color,
    guessed,
    minimum_mark,
    start_mark,
    svg,
)
from figures.race.backdrop import backdrop, race_stage
from figures.race.runners import trails
from figures.theme import shades

Array = NDArray[np.float64]


def asked_place(
    result: RaceResult, lane: int, *, width: int, height: int, dark: bool, guess: tuple[float, float] | None = None
) -> Asked:
    """The surface with the start; with a guessed place that, too, and the path of the lane (from 0) to its end."""
    stage = race_stage(result, width=width, height=height, dark=dark, chrome=False)
    picture = backdrop(stage)
    across, up = stage.box
    asked = Asked(svg="", width=width, height=height, frame=stage.frame, across=across, up=up)
    if guess is not None:
        picture.inside.extend(trails(stage, result.race.steps))
    for x, y in stage.place(np.array(result.race.landscape.minima).reshape(-1, 2)).tolist():
        picture.inside.extend(minimum_mark(x, y, 9.0))  # seen on a phone, too
    x, y = stage.place(np.array(result.race.start))
    picture.inside.extend(start_mark(float(x), float(y), 7.0, dark))
    if guess is not None:
        picture.inside.extend(guessed(*asked.pixel(*guess), dark))
        x, y = stage.place(end_of(result.lanes[lane]))
        fill = field_lane_color(stage.lanes[lane].color, dark)
        picture.inside.append(Disc(x=float(x), y=float(y), radius=6.0, fill=fill, stroke=shades(dark).halo, width=3.0))
    return Asked(svg=svg(picture), width=width, height=height, frame=stage.frame, across=across, up=up)


def asked_curve(
    result: RaceResult, lane: int, until: float, *, width: int, height: int, dark: bool, guess: float | None = None
) -> Asked:
    """The first part of the values of a lane (from 0) by step; with a guess all of it, and what was guessed."""
    values = known_values(result.lanes[lane])
    curve = AskedCurve(steps=np.arange(len(values), dtype=np.float64), values=values, color=drawn_color(result, lane))
    return asked_curves([curve], until, clock="step", width=width, height=height, dark=dark, guess=guess)


def end_of(lane: Lane) -> Array:
    """Where a lane ends: its last point that is a number."""
    points = lane.trajectory.points
    finite = np.flatnonzero(np.isfinite(points).all(axis=-1))
    return points[finite[-1]]


def known_values(lane: Lane) -> Array:
    """The values of a lane as far as they are numbers."""
    values = np.asarray(lane.trajectory.values, dtype=np.float64)
    broken = np.flatnonzero(~np.isfinite(values))
    return values[: broken[0]] if len(broken) else values


def drawn_color(result: RaceResult, lane: int) -> str:
    from figures.race.lanes import drawn_lanes

    return drawn_lanes(result)[lane].color
