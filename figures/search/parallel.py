"""Parallel coordinates of a search: a line for each trial through the values of its settings and its goal.

Plotly's own kind of trace for this compiles code in the browser, which the pages forbid; and its lines cannot be
pressed. So these are lines of an ordinary chart, over axes whose heights are all from 0 to 1.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from figures.axes import axis, chart, note
from figures.search.pressed import PRESSED_LINE, points
from figures.search.scales import scales
from figures.search.words import goal_title, part_title
from figures.theme import BLUE, VERMILLION, fading_color, on_background, shades
from numerals import readable
from trainers.sweeps import Sweep, SweepRequest, Trial, best_trial, trial_name

if TYPE_CHECKING:
    import plotly.graph_objects as go

_STEPS = 8  # points from one axis to the next, so that a line can be pressed anywhere
_TONES = 12  # colors of all lines: those of one color are one trace
_BEYOND = 0.14  # where what has diverged stands, past the worst goal


@dataclass(frozen=True, kw_only=True)
class _Upright:
    """One of the axes. heights: of every trial, from 0 to 1. ticks: (height, text)."""

    title: str
    heights: tuple[float, ...]
    ticks: tuple[tuple[float, str], ...]


def parallel_figure(request: SweepRequest, sweep: Sweep, *, chosen: str = "", dark: bool = False) -> go.Figure:
    """Parallel coordinates: a line for each trial through its values and its goal. chosen: the name of a marked trial.

    Each point has the name of its trial as ``customdata``. What has diverged ends beyond the worst goal.
    """
    trials = [trial for trial in sweep.trials if trial.goal is not None or trial.state == "diverged"]
    uprights = _uprights(request, trials)
    best = best_trial(trials, request.maximize)
    goals = uprights[-1].heights
    tones: dict[tuple[str, float, str], list[int]] = {}
    worst_first = sorted(range(len(trials)), key=lambda place: goals[place], reverse=not request.maximize)
    for place in worst_first:
        trial = trials[place]
        name = trial_name(trial.part, trial.number)
        if name == chosen:
            look = (on_background(VERMILLION, dark), 3.2, "solid")
        elif trial.state == "diverged":
            look = (on_background(VERMILLION, dark), 1.2, "2px,3px")
        else:
            level = round(goals[place] * (_TONES - 1)) / (_TONES - 1)
            good = level if request.maximize else 1 - level
            look = (fading_color(BLUE, good, dark), 3.2 if trial is best else 1.4, "solid")
        tones.setdefault(look, []).append(place)
    order = sorted(tones, key=lambda look: look[1])  # what stands out is drawn last, and the better after the worse
    traces = [
        _lines(request, [(trials[k], [each.heights[k] for each in uprights]) for k in tones[look]], look)
        for look in order
    ]
    shade, last = shades(dark), len(uprights) - 1
    notes, shapes = [], []
    for place, each in enumerate(uprights):
        pen = {"color": shade.muted, "width": 1.2}
        shapes.append({"type": "line", "x0": place, "x1": place, "y0": 0, "y1": 1, "line": pen, "layer": "below"})
        line = (place - len(uprights)) % 3  # each title in a line of its own: they would meet on a phone
        title = "<br>".join(each.title if line == row else " " for row in range(3))
        side = {0: "left", last: "right"}.get(place, "center")
        notes.append(note(dark, title, x=place, y=1.02, xref="x", xanchor=side, align=side))
        right = place == last
        notes += [
            note(
                dark,
                text,
                x=place,
                y=height,
                xref="x",
                yref="y",
                xanchor="left" if right else "right",
                yanchor="middle",
                xshift=4 if right else -4,
                bgcolor=f"{shade.background}B0",
                borderpad=0,
                font={"size": 12, "color": shade.text},
            )
            for height, text in each.ticks
        ]
    bare: dict[str, Any] = {"visible": False, "fixedrange": True}
    lost = any(trial.state == "diverged" for trial in trials)
    ends = [-_BEYOND if lost and request.maximize else -0.03, 1 + _BEYOND if lost and not request.maximize else 1.03]
    first = max((len(text) for _, text in uprights[0].ticks), default=0)  # stands left of its axis
    return chart(
        traces,
        dark,
        xaxis=axis(dark, range=[-0.02, last + 0.02], **bare),
        yaxis=axis(dark, range=ends, **bare),
        annotations=notes,
        shapes=shapes,
        hovermode="closest",
        dragmode=False,
        height=380,
        margin={"l": max(40, 7 * first + 12), "r": 76, "t": 70, "b": 10},
        showlegend=False,
    )


def _lines(
    request: SweepRequest, held: Sequence[tuple[Trial, Sequence[float]]], look: tuple[str, float, str]
) -> dict[str, Any]:
    """The lines of some trials as one trace, with a gap after each."""
    color, width, dash = look
    x: list[float | None] = []
    y: list[float | None] = []
    owners: list[Trial] = []
    for trial, heights in held:
        along = np.linspace(0, len(heights) - 1, _STEPS * (len(heights) - 1) + 1)
        x += [*along.tolist(), None]
        y += [*np.interp(along, np.arange(len(heights)), heights).tolist(), None]
        owners += [trial] * (len(along) + 1)
    return {
        "type": "scatter",
        "x": x,
        "y": y,
        "line": {"color": color, "width": width, "dash": dash},
        **PRESSED_LINE,
        **points(request, owners),
    }


def _uprights(request: SweepRequest, trials: Sequence[Trial]) -> list[_Upright]:
    """The study where there are several, each setting, and the goal."""
    found: list[_Upright] = []
    if len(request.parts) > 1:
        keys = [part.key for part in request.parts]
        titles = [part_title(request, part) for part in request.parts]
        heights = _within([keys.index(trial.part) for trial in trials], -0.3, len(keys) - 0.7)
        ticks = zip(_within(range(len(keys)), -0.3, len(keys) - 0.7), titles, strict=True)
        found.append(_Upright(title="", heights=heights, ticks=tuple(ticks)))
    for number, scale in enumerate(scales(request)):
        places, texts = scale.ticks()
        heights = _within(scale.places([trial.values[number] for trial in trials]), *scale.ends)
        ticks = zip(_within(places, *scale.ends), texts, strict=True)
        found.append(_Upright(title=scale.title, heights=heights, ticks=tuple(ticks)))
    return [*found, _goal(request, trials)]


def _goal(request: SweepRequest, trials: Sequence[Trial]) -> _Upright:
    """Losses over decades by their logarithm."""
    told = [trial.goal if trial.state != "diverged" else None for trial in trials]
    goals = [goal for goal in told if goal is not None]
    logs = not request.maximize and bool(goals) and min(goals) > 0 and max(goals) / min(goals) > 8
    shown = [math.log10(goal) for goal in goals] if logs else goals
    low, high = (min(shown), max(shown)) if shown else (0.0, 1.0)
    if low == high:
        low, high = low - 0.5, high + 0.5
    worst = -_BEYOND * 0.7 if request.maximize else 1 + _BEYOND * 0.7
    known = iter(_within(shown, low, high))
    heights = tuple(worst if goal is None else next(known) for goal in told)
    places = np.linspace(low, high, 4).tolist()
    texts = [readable(10**place if logs else place) for place in places]
    ticks = [*zip(_within(places, low, high), texts, strict=True)]
    if len(goals) < len(told):
        ticks.append((worst, "diverged"))
    return _Upright(title=goal_title(request), heights=heights, ticks=tuple(ticks))


def _within(places: Sequence[float], low: float, high: float) -> tuple[float, ...]:
    """As shares of the way from ``low`` to ``high``."""
    return tuple((place - low) / (high - low) for place in places)
