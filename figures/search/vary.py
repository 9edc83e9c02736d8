"""A search over settings as pictures: where the goal is good, how it came there, and what mattered."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.search import best_so_far
from figures.axes import axis, chart, log_axis, note
from figures.search.pressed import PRESSED_LINE, points
from figures.search.scales import COLORS, MARKS, Scale, scales
from figures.search.words import goal_title, name_words, part_title, value_text
from figures.theme import (
    BLACK,
    BLUE,
    GREEN,
    ORANGE,
    PURPLE,
    SKY,
    VERMILLION,
    YELLOW,
    on_background,
    plotly_colorscale,
    shades,
)
from numerals import readable
from trainers.sweeps import Part, Sweep, SweepRequest, Trial, best_trial, trial_name

if TYPE_CHECKING:
    import plotly.graph_objects as go

_MARGIN = {"l": 8, "r": 8, "t": 34, "b": 8}
_LEGEND = {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"}
_DASHES = ("solid", "6px,4px", "2px,3px", "10px,3px,2px,3px")
_FEW = (BLUE, ORANGE, GREEN, VERMILLION, PURPLE, SKY, BLACK, YELLOW)


def score_figure(request: SweepRequest, sweep: Sweep, *, chosen: str = "", dark: bool = False) -> go.Figure:
    """The goal over what is varied: a curve for one setting, a map for two. chosen: the name of a marked trial.

    Each point has the name of its trial as ``customdata``.
    """
    if len(request.axes) == 1:
        return _curve(request, sweep, chosen, dark)
    return _map(request, sweep, chosen, dark)


def _of(sweep: Sweep, part: Part) -> list[Trial]:
    return [trial for trial in sweep.trials if trial.part == part.key]


def _goals(sweep: Sweep) -> list[float]:
    return [trial.goal for trial in sweep.trials if trial.goal is not None]


def _goal_axis(request: SweepRequest, sweep: Sweep, dark: bool) -> tuple[dict[str, Any], float]:
    """(the axis of the goal, the place of what has none): losses over decades are on a logarithmic one."""
    goals, title = _goals(sweep), goal_title(request)
    if not goals:
        return axis(dark, title, range=[0, 1], fixedrange=True), 1.0
    spreads = [trial.spread or 0.0 for trial in sweep.trials if trial.goal is not None]
    low = min(goal - spread for goal, spread in zip(goals, spreads, strict=True))
    high = max(goal + spread for goal, spread in zip(goals, spreads, strict=True))
    if not request.maximize and low > 0 and high / low > 8:
        shown = log_axis(dark, title, [low, high, high * 1.3])
        return shown, high * 1.25
    room = 0.1 * max(high - low, 1e-3 * max(abs(high), 1e-9))
    ends = [low - room, high + room * 1.6]
    worst = low - room * 0.5 if request.maximize else high + room
    return axis(dark, title, range=ends, fixedrange=True), worst


def _curve(request: SweepRequest, sweep: Sweep, chosen: str, dark: bool) -> go.Figure:
    scale, (heights, worst) = scales(request)[0], _goal_axis(request, sweep, dark)
    traces: list[dict[str, Any]] = []
    for number, part in enumerate(request.parts):
        trials = sorted(_of(sweep, part), key=lambda trial: scale.place(trial.values[0]))
        scored = [trial for trial in trials if trial.goal is not None and trial.state != "diverged"]
        color = on_background(_color(request, part), dark)
        spreads = [trial.spread or 0.0 for trial in scored]
        traces.append(
            {
                "type": "scatter",
                "mode": "lines+markers",
                "x": scale.places([trial.values[0] for trial in scored]),
                "y": [trial.goal for trial in scored],
                "error_y": {"type": "data", "array": spreads, "visible": any(spreads), "thickness": 1.4, "width": 4},
                "name": part_title(request, part),
                "line": {"color": color, "width": 1.6, "dash": _DASHES[number % len(_DASHES)]},
                "marker": {
                    "size": [14 if trial_name(trial.part, trial.number) == chosen else 9 for trial in scored],
                    "symbol": [
                        MARKS[part.sampler] + ("" if trial.state == "complete" else "-open") for trial in scored
                    ],
                    "color": color,
                    "line": {"width": 1.4, "color": color},
                },
                **points(request, scored),
            }
        )
    traces += _lost(request, sweep, [scale], worst, dark)
    return chart(
        traces,
        dark,
        xaxis=scale.as_axis(dark),
        yaxis=heights,
        hovermode="closest",
        dragmode=False,
        height=400,
        margin=_MARGIN,
        legend=_LEGEND,
        showlegend=len(traces) > 1,
    )


def _color(request: SweepRequest, part: Part) -> str:
    if len(request.samplers) > 1 or request.beside is None:
        return COLORS[part.sampler]
    return (*COLORS.values(), VERMILLION)[request.beside.values.index(part.side)]


def _lost(
    request: SweepRequest, sweep: Sweep, along: Sequence[Scale], worst: float, dark: bool, **place: Any
) -> list[dict[str, Any]]:
    """Crosses where the loss became no number."""
    trials = [trial for trial in sweep.trials if trial.state == "diverged"]
    if not trials:
        return []
    return [
        {
            "type": "scatter",
            "mode": "markers",
            "x": along[0].places([trial.values[0] for trial in trials]),
            "y": [worst] * len(trials),
            "name": "diverged",
            "marker": {"size": 10, "symbol": "x", "color": on_background(VERMILLION, dark)},
            **points(request, trials),
            **place,
        }
    ]


def _map(request: SweepRequest, sweep: Sweep, chosen: str, dark: bool) -> go.Figure:
    """A panel for each study, all in one scale of colors, with the better color for the better goal."""
    across, up = scales(request)
    parts, goals = request.parts, _goals(sweep)
    low, high = (min(goals), max(goals)) if goals else (0.0, 1.0)
    logs = not request.maximize and low > 0 and high / low > 8
    bar = _color_bar(low, high, logs, goal_title(request), dark)
    columns = min(3, len(parts))
    rows = math.ceil(len(parts) / columns)
    traces: list[dict[str, Any]] = []
    layout: dict[str, Any] = {}
    notes = []
    for number, part in enumerate(parts):
        row, column = divmod(number, columns)
        ends = _panel(column, columns, row, rows)
        suffix = "" if number == 0 else str(number + 1)
        anchors = {"xaxis": f"x{suffix}", "yaxis": f"y{suffix}"}
        shown = across.as_axis(dark, most=6 if columns < 3 else 2, domain=ends[0], anchor=f"y{suffix}")
        if columns == 3 and column != 1:  # three titles beside each other would meet on a phone
            shown |= {"title": {"text": ""}}
        raised = up.as_axis(dark, domain=ends[1], anchor=f"x{suffix}")
        if column:
            raised |= {"title": {"text": ""}, "showticklabels": False}
        layout |= {f"xaxis{suffix}": shown, f"yaxis{suffix}": raised}
        if len(parts) > 1:
            notes.append(note(dark, part_title(request, part), x=ends[0][0], y=ends[1][1] + 0.01))
        traces += _panel_traces(request, _of(sweep, part), part, (across, up), anchors, (logs, chosen, dark))
    for trace in traces:
        for holder in (trace, trace.get("marker", {})):
            if holder.pop("toned", False):
                holder["coloraxis"] = "coloraxis"
    return chart(
        traces,
        dark,
        **layout,
        coloraxis=bar,
        annotations=notes,
        hovermode="closest",
        dragmode=False,
        height=420 if rows == 1 else 300 * rows + 60,
        margin=_MARGIN,
        showlegend=False,
    )


def _panel(column: int, columns: int, row: int, rows: int) -> tuple[list[float], list[float]]:
    gap, lead = 0.07 if columns == 2 else 0.03, 0.12  # the last tick of one panel and the first of the next do not meet
    width, height = (1 - gap * (columns - 1)) / columns, (1 - lead * (rows - 1)) / rows
    left, top = column * (width + gap), 1 - row * (height + lead)
    return [left, left + width], [max(0.0, top - height), top]


def _color_bar(low: float, high: float, logs: bool, title: str, dark: bool) -> dict[str, Any]:
    ends = (math.log10(low), math.log10(high)) if logs else (low, high)
    if ends[0] == ends[1]:
        ends = (ends[0] - 0.5, ends[1] + 0.5)
    places = np.linspace(*ends, 4).tolist()
    texts = [readable(10**place if logs else place) for place in places]
    return {
        "colorscale": plotly_colorscale(dark),
        "reversescale": "loss" in title,  # the lighter the better, whichever way that is
        "cmin": ends[0],
        "cmax": ends[1],
        "colorbar": {"title": {"text": title, "side": "right"}, "tickvals": places, "ticktext": texts, "thickness": 12},
    }


def _panel_traces(
    request: SweepRequest,
    trials: Sequence[Trial],
    part: Part,
    along: tuple[Scale, Scale],
    anchors: Mapping[str, str],
    look: tuple[bool, str, bool],
) -> list[dict[str, Any]]:
    (across, up), (logs, chosen, dark) = along, look
    scored = [trial for trial in trials if trial.goal is not None and trial.state != "diverged"]
    colors = [math.log10(trial.goal) if logs and trial.goal else trial.goal for trial in scored]
    traces: list[dict[str, Any]] = []
    grid = part.sampler == "grid"
    if grid:
        lattice = request.grid
        x, y = ([scale.place(value) for value in lattice[scale.axis.name]] for scale in along)
        by_place = {trial.values: color for trial, color in zip(scored, colors, strict=True)}
        names = [scale.axis.name for scale in along]
        traces.append(
            {
                "type": "heatmap",
                "x": x,
                "y": y,
                "z": [[by_place.get((a, b)) for a in lattice[names[0]]] for b in lattice[names[1]]],
                "toned": True,
                "hoverinfo": "skip",
                "xgap": 2,
                "ygap": 2,
                **anchors,
            }
        )
    marks = [trial_name(trial.part, trial.number) == chosen for trial in scored]
    traces.append(
        {
            "type": "scatter",
            "mode": "markers",
            "x": across.places([trial.values[0] for trial in scored]),
            "y": up.places([trial.values[1] for trial in scored]),
            "name": part_title(request, part),
            "marker": {
                "size": [18 if mark else 13 for mark in marks],
                "symbol": [MARKS[part.sampler] if trial.state == "complete" else "circle-x" for trial in scored],
                "color": colors,
                "toned": True,
                "opacity": 1.0,
                "line": {"width": [2.5 if mark else 0.8 for mark in marks], "color": shades(dark).text},
            },
            **points(request, scored),
            **anchors,
        }
    )
    lost = [trial for trial in trials if trial.state == "diverged"]
    if lost:
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "x": across.places([trial.values[0] for trial in lost]),
                "y": up.places([trial.values[1] for trial in lost]),
                "name": "diverged",
                "marker": {
                    "size": 10,
                    "symbol": "x-thin",
                    "line": {"width": 2, "color": on_background(VERMILLION, dark)},
                },
                **points(request, lost),
                **anchors,
            }
        )
    best = best_trial(trials, request.maximize)
    if best is not None:
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "x": [across.place(best.values[0])],
                "y": [up.place(best.values[1])],
                "marker": {
                    "size": 24,
                    "symbol": "circle-open",
                    "color": on_background(VERMILLION, dark),
                    "line": {"width": 2.6, "color": on_background(VERMILLION, dark)},
                },
                "hoverinfo": "skip",
                **anchors,
            }
        )
    return traces


def best_figure(request: SweepRequest, sweep: Sweep, *, dark: bool = False) -> go.Figure:
    """The best goal so far against the trials that have ended, and against the time they took; a line a study.

    Each point has the name of the trial that was the best by then as ``customdata``.
    """
    traces: list[dict[str, Any]] = []
    shown = [value for each in best_so_far(request, sweep) for value in each.best if math.isfinite(value)]
    for number, each in enumerate(best_so_far(request, sweep)):
        color, title = on_background(_color(request, each.part), dark), part_title(request, each.part)
        holders = [holder for holder in each.holders if holder is not None]
        first = len(each.holders) - len(holders)  # before it, nothing was complete
        for suffix, along in (("", list(range(1, len(each.best) + 1))), ("2", list(each.seconds))):
            traces.append(
                {
                    "type": "scatter",
                    "mode": "lines+markers",
                    "x": along[first:],
                    "y": each.best[first:],
                    "name": title,
                    "legendgroup": title,
                    "showlegend": not suffix,
                    "line": {"shape": "hv", "color": color, "width": 2.2, "dash": _DASHES[number % len(_DASHES)]},
                    "marker": {"size": 5, "symbol": MARKS[each.part.sampler], "color": color},
                    "xaxis": f"x{suffix}",
                    "yaxis": f"y{suffix}",
                    **points(request, holders, "best so far, "),
                }
            )
    log = not request.maximize and shown and min(shown) > 0 and max(shown) / min(shown) > 8
    heights = log_axis(dark, goal_title(request), shown) if log else axis(dark, goal_title(request), fixedrange=True)
    if shown and min(shown) == max(shown):  # the first was the best
        room = 0.2 * abs(shown[0]) or 1.0
        heights |= {"range": [shown[0] - room, shown[0] + room]}
    if not shown:  # Plotly's own numbers of an empty axis are no losses
        heights |= {"range": [0, 1], "showticklabels": False}
    return chart(
        traces,
        dark,
        xaxis=axis(dark, "trials that have ended", domain=[0, 0.48], rangemode="tozero", fixedrange=True),
        xaxis2=axis(dark, "seconds of training", domain=[0.52, 1], rangemode="tozero", anchor="y2", fixedrange=True),
        yaxis=heights,
        yaxis2=heights | {"anchor": "x2", "matches": "y", "showticklabels": False, "title": {"text": ""}},
        hovermode="closest",
        dragmode=False,
        height=300,
        margin=_MARGIN,
        legend=_LEGEND,
        showlegend=len(request.parts) > 1,
    )


def marginal_figure(request: SweepRequest, sweep: Sweep, *, dark: bool = False) -> go.Figure:
    """The goal over each setting alone, whatever the other was: how many values of it were tried shows at the foot."""
    along, muted = scales(request), shades(dark).muted
    heights, _ = _goal_axis(request, sweep, dark)
    width = (1 - 0.06 * (len(along) - 1)) / len(along)
    layout: dict[str, Any] = {}
    traces: list[dict[str, Any]] = []
    for place, scale in enumerate(along):
        suffix = "" if place == 0 else str(place + 1)
        left = place * (width + 0.06)
        layout[f"xaxis{suffix}"] = scale.as_axis(dark, domain=[left, left + width], anchor=f"y{suffix}")
        own = {} if not place else {"anchor": f"x{suffix}", "showticklabels": False, "title": {"text": ""}}
        layout[f"yaxis{suffix}"] = heights | own
        for part in request.parts:
            trials = [trial for trial in _of(sweep, part) if trial.goal is not None and trial.state != "diverged"]
            color, title = on_background(_color(request, part), dark), part_title(request, part)
            traces.append(
                {
                    "type": "scatter",
                    "mode": "markers",
                    "x": scale.places([trial.values[place] for trial in trials]),
                    "y": [trial.goal for trial in trials],
                    "name": title,
                    "legendgroup": title,
                    "showlegend": place == 0,
                    "marker": {"size": 8, "symbol": MARKS[part.sampler], "color": color, "opacity": 0.8},
                    "xaxis": f"x{suffix}",
                    "yaxis": f"y{suffix}",
                    **points(request, trials),
                }
            )
    counts = [
        note(dark, _counts(request, sweep, place), x=place * (width + 0.06), y=1.01, font={"size": 12, "color": muted})
        for place in range(len(along))
    ]
    return chart(
        traces,
        dark,
        **layout,
        annotations=counts,
        hovermode="closest",
        dragmode=False,
        height=340,
        margin=_MARGIN | {"t": 56},
        legend=_LEGEND | {"y": 1.09},
        showlegend=len(request.parts) > 1,
    )


def _counts(request: SweepRequest, sweep: Sweep, place: int) -> str:
    """How many values of a setting each study has tried, in the order of the legend."""
    return (
        f"{', '.join(str(len({trial.values[place] for trial in _of(sweep, part)})) for part in request.parts)} values"
    )


def curves_figure(request: SweepRequest, sweep: Sweep, *, chosen: str = "", dark: bool = False) -> go.Figure:
    """The goal by epoch of every trial; the best one and the chosen one stand out, pruned ones end early."""
    best = best_trial(sweep.trials, request.maximize)
    marked = trial_name(best.part, best.number) if best is not None else ""
    traces, highest = [], []
    named: set[str] = set()
    if len(request.axes) == 1 and len(sweep.trials) <= len(_FEW):
        scale = scales(request)[0]
        order = sorted(sweep.trials, key=lambda trial: (trial.part, scale.place(trial.values[0])))
    else:
        order = sorted(sweep.trials, key=lambda trial: trial_name(trial.part, trial.number) in (marked, chosen))
    for trial in order:
        if not trial.curve:
            continue
        name = trial_name(trial.part, trial.number)
        few = len(request.axes) == 1 and len(sweep.trials) <= len(_FEW)
        look, title = _own_line(request, trial, dark) if few else _line(trial, name, marked, chosen, dark)
        if few and name in (marked, chosen):
            look["width"] = 3.4
        finite = [value for value in trial.curve if math.isfinite(value)]
        highest += finite[:1]
        traces.append(
            {
                "type": "scatter",
                "x": trial.epochs,
                "y": [value if math.isfinite(value) else None for value in trial.curve],
                "name": title,
                "legendgroup": title,
                "showlegend": title not in named,
                "line": look,
                **PRESSED_LINE,
                **points(request, [trial] * len(trial.curve)),
            }
        )
        named.add(title)
    top = float(np.median(highest)) if highest else 1.0
    ends = {"range": [0, 1.25 * top]} if not request.maximize and top > 0 else {}
    return chart(
        traces,
        dark,
        xaxis=axis(dark, "epoch", rangemode="tozero", fixedrange=True),
        yaxis=axis(dark, goal_title(request).removeprefix("best "), fixedrange=True, **ends),
        hovermode="closest",
        dragmode=False,
        height=320,
        margin=_MARGIN,
        legend=_LEGEND,
    )


def _own_line(request: SweepRequest, trial: Trial, dark: bool) -> tuple[dict[str, Any], str]:
    """The line of one of a few trials, which all have a color and a name of their own."""
    number = trial.number + request.trials * [part.key for part in request.parts].index(trial.part)
    color, dash = on_background(_FEW[number % len(_FEW)], dark), _DASHES[number % len(_DASHES)]
    side = f"{part_title(request, _part_of(request, trial))}: " if len(request.parts) > 1 else ""
    return {"color": color, "width": 1.8, "dash": dash}, f"{side}{value_text(request.axes[0].name, trial.values[0])}"


def _part_of(request: SweepRequest, trial: Trial) -> Part:
    return next(part for part in request.parts if part.key == trial.part)


def _line(trial: Trial, name: str, best: str, chosen: str, dark: bool) -> tuple[dict[str, Any], str]:
    if name == chosen:
        return {"color": on_background(VERMILLION, dark), "width": 3.0}, "chosen"
    if name == best:
        return {"color": on_background(GREEN, dark), "width": 3.0}, "best"
    if trial.state == "pruned":
        return {"color": on_background(COLORS["grid"], dark), "width": 1.4, "dash": "4px,3px"}, "pruned"
    if trial.state == "diverged":
        return {"color": on_background(VERMILLION, dark), "width": 1.2, "dash": "2px,3px"}, "diverged"
    return {"color": shades(dark).muted, "width": 0.8}, "all others"


def importance_figure(request: SweepRequest, sweep: Sweep, *, dark: bool = False) -> go.Figure:
    """The share of each setting in what makes trials good, by PED-ANOVA, a bar for each study."""
    traces = []
    names = [axis.name for axis in request.axes]
    for part in request.parts:
        shares = sweep.importance.get(part.key)
        if shares:
            traces.append(
                {
                    "type": "bar",
                    "orientation": "h",
                    "y": [name_words(name) for name in names],
                    "x": [shares.get(name, 0.0) for name in names],
                    "name": part_title(request, part),
                    "marker": {"color": on_background(_color(request, part), dark)},
                    "hovertemplate": "%{y}: %{x:.0%}",
                }
            )
    return chart(
        traces,
        dark,
        xaxis=axis(dark, "share", range=[0, 1], tickformat=".0%", fixedrange=True),
        yaxis=axis(dark, "", fixedrange=True, autorange="reversed"),
        dragmode=False,
        height=220,
        margin=_MARGIN,
        legend=_LEGEND,
        showlegend=len(traces) > 1,
        bargap=0.35,
    )
