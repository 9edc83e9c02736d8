"""The pictures of a search over settings: every trial where its values are, its goal, and the way to it."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from experiments.search import best_so_far
from figures.search import (
    best_figure,
    curves_figure,
    importance_figure,
    marginal_figure,
    parallel_figure,
    part_title,
    request_title,
    request_words,
    score_figure,
    sweep_sentences,
    time_words,
)
from figures.search.scales import Scale
from trainers import RunConfig
from trainers.sweeps import Axis, Sweep, SweepRequest, Trial

RATE = Axis(name="optimizer.lr", low=0.001, high=1.0, log=True)
WIDTH = Axis(name="model.width", values=(4, 16))


def request(**changes: Any) -> SweepRequest:
    return SweepRequest(**{"config": RunConfig().to_json(), "axes": (RATE, WIDTH), "trials": 4, **changes})


def trial(part: str, number: int, values: tuple[Any, ...], goal: float | None, **more: Any) -> Trial:
    curve = {} if goal is None else {"epochs": (0.0, 1.0), "curve": (1.0, goal), "goals": (goal,)}
    state = {"state": "complete" if goal is not None else "diverged"}
    return Trial(**{"part": part, "number": number, "values": values, "goal": goal, **curve, **state, **more})


GRID = Sweep(
    experiment="e",
    trials=(
        trial("grid", 0, (0.001, 4), 0.9, order=0, seconds=1.0),
        trial("grid", 1, (0.001, 16), 0.6, order=2, seconds=2.0),
        trial("grid", 2, (1.0, 4), 0.7, order=1, seconds=1.5),
        trial("grid", 3, (1.0, 16), None, order=3, seconds=0.5),
    ),
    importance={"grid": {"optimizer.lr": 0.8, "model.width": 0.2}},
)


def names(figure: Any) -> set[str]:
    return {name for trace in figure.data for name in (trace.customdata if trace.customdata is not None else ())}


@pytest.mark.parametrize("dark", [False, True])
def test_a_grid_is_a_heat_map_with_every_goal_in_its_cell(dark: bool) -> None:
    figure: Any = score_figure(request(samplers=("grid",)), GRID, dark=dark)
    heat = figure.data[0]
    assert np.array(heat.z, dtype=object).tolist() == [[0.9, 0.7], [0.6, None]]
    assert list(heat.x) == pytest.approx([-3, 0])
    assert list(heat.y) == [0, 1]
    assert names(figure) == {f"grid {number}" for number in range(4)}
    (lost,) = (trace for trace in figure.data if trace.name == "diverged")
    assert (list(lost.x), list(lost.y)) == ([0.0], [1.0])
    best = figure.data[-1]
    assert (list(best.x), list(best.y)) == ([-3.0], [1.0])
    assert (figure.layout.xaxis.title.text, figure.layout.yaxis.title.text) == ("Learning rate", "Width")
    assert figure.layout.coloraxis.reversescale
    assert figure.layout.coloraxis.colorbar.title.text == "best validation loss"


def test_studies_stand_side_by_side_in_one_scale_of_colors() -> None:
    asked = request(samplers=("grid", "random", "tpe"))
    figure: Any = score_figure(asked, GRID)
    panels = [figure.layout.xaxis.domain, figure.layout.xaxis2.domain, figure.layout.xaxis3.domain]
    assert all(left[1] < right[0] for left, right in pairwise(panels))
    assert [note.text for note in figure.layout.annotations] == ["Grid", "At random", "Model-based"]
    assert figure.data[0].coloraxis == "coloraxis"


def test_one_setting_is_a_curve_with_the_spread_of_its_seeds() -> None:
    sweep = Sweep(
        experiment="e",
        trials=(
            trial("random", 0, (0.1,), 0.5, goals=(0.4, 0.6)),
            trial("random", 1, (0.01,), 0.8, goals=(0.8, 0.8)),
            trial("random", 2, (1.0,), None),
            trial("random", 3, (0.5,), 0.7, state="pruned"),
        ),
    )
    figure: Any = score_figure(request(axes=(RATE,), seeds=2), sweep, chosen="random 0")
    line, lost = figure.data
    assert list(line.x) == pytest.approx([-2, -1, math.log10(0.5)])
    assert list(line.y) == [0.8, 0.5, 0.7]
    assert list(line.error_y.array) == pytest.approx([0, math.sqrt(0.02), 0])
    assert list(line.customdata) == ["random 1", "random 0", "random 3"]
    assert list(line.marker.symbol) == ["circle", "circle", "circle-open"]
    assert list(line.marker.size) == [9, 14, 9]
    assert list(lost.customdata) == ["random 2"]


def test_the_best_so_far_never_gets_worse_and_costs_what_was_trained() -> None:
    asked = request(samplers=("grid",))
    (found,) = best_so_far(asked, GRID)
    assert found.best == (0.9, 0.7, 0.6, 0.6)
    assert found.seconds == (1.0, 2.5, 4.5, 5.0)
    drawn: Any = best_figure(asked, GRID)
    by_count, by_time = drawn.data
    assert list(by_count.x) == [1, 2, 3, 4]
    assert list(by_time.x) == [1.0, 2.5, 4.5, 5.0]
    assert list(by_count.y) == list(by_time.y) == [0.9, 0.7, 0.6, 0.6]
    up = request(samplers=("grid",), goal="val_metric")
    assert best_so_far(up, GRID)[0].best == (0.9, 0.9, 0.9, 0.9)
    nothing: Any = best_figure(asked, Sweep(experiment="e"))
    assert nothing.layout.yaxis.showticklabels is False, "there is no number yet"
    assert drawn.layout.yaxis.showticklabels is not False


def test_each_setting_alone_shows_how_many_of_its_values_were_tried() -> None:
    figure: Any = marginal_figure(request(samplers=("grid",)), GRID)
    assert [note.text for note in figure.layout.annotations] == ["2 values", "2 values"]
    across, up = figure.data
    assert list(across.x) == pytest.approx([-3, -3, 0])
    assert list(up.x) == [0, 1, 0]


def test_curves_say_which_is_best_pruned_and_diverged() -> None:
    trials = (*GRID.trials[:3], trial("grid", 4, (0.1, 4), 0.95, state="pruned"))
    figure: Any = curves_figure(request(samplers=("grid",)), Sweep(experiment="e", trials=trials), chosen="grid 0")
    by_name = {trace.name: trace for trace in figure.data}
    assert set(by_name) == {"best", "pruned", "chosen", "all others"}
    assert set(by_name["best"].customdata) == {"grid 1"}
    assert by_name["pruned"].line.dash != "solid"
    few: Any = curves_figure(
        request(axes=(RATE,)),
        Sweep(experiment="e", trials=(trial("random", 0, (0.01,), 0.5), trial("random", 1, (0.1,), 0.4))),
    )
    assert [trace.name for trace in few.data] == ["0.01", "0.1"]


def test_importance_and_parallel_coordinates_have_every_setting() -> None:
    asked = request(samplers=("grid",))
    importances: Any = importance_figure(asked, GRID)
    (bars,) = importances.data
    assert (list(bars.y), list(bars.x)) == (["Learning rate", "Width"], [0.8, 0.2])
    parallel: Any = parallel_figure(asked, GRID)
    titles = [each.text for each in parallel.layout.annotations if each.yref == "paper"]
    # Each stands in a line of its own: they would meet on a phone.
    assert titles == ["Learning rate<br> <br> ", " <br>Width<br> ", " <br> <br>best validation loss"]
    lines = {name: line for trace in parallel.data for name, line in drawn_lines(trace).items()}
    assert set(lines) == {"grid 0", "grid 1", "grid 2", "grid 3"}
    ends = {name: line[-1] for name, line in lines.items()}
    # The goals 0.9, 0.6 and 0.7 between the best and the worst of them; what has diverged ends beyond.
    assert [ends[f"grid {k}"] for k in range(3)] == pytest.approx([1, 0, 1 / 3])
    assert ends["grid 3"] > 1
    rates = {name: line[0] for name, line in lines.items()}
    assert rates["grid 0"] == rates["grid 1"] < rates["grid 2"] == rates["grid 3"]
    assert "diverged" in [each.text for each in parallel.layout.annotations]


def drawn_lines(trace: Any) -> dict[str, list[float]]:
    """The heights of each trial of a trace of parallel coordinates."""
    lines: dict[str, list[float]] = {}
    for name, y in zip(trace.customdata, trace.y, strict=True):
        if y is not None:
            lines.setdefault(name, []).append(y)
    return lines


@pytest.mark.parametrize("goal", ["val_loss", "val_metric"])
def test_the_better_end_of_parallel_coordinates_is_where_the_better_goals_are(goal: str) -> None:
    asked = request(samplers=("grid",), goal=goal)
    parallel: Any = parallel_figure(asked, GRID, chosen="grid 2")
    lines = {name: line for trace in parallel.data for name, line in drawn_lines(trace).items()}
    lost = lines["grid 3"][-1]
    assert lost > 1 if goal == "val_loss" else lost < 0
    widths = {name: trace.line.width for trace in parallel.data for name in set(trace.customdata)}
    best = "grid 1" if goal == "val_loss" else "grid 0"
    assert {name for name, width in widths.items() if width > 3} == {best, "grid 2"}  # the chosen one, too


def test_every_picture_of_trials_can_be_pressed_wherever_a_trial_is_drawn() -> None:
    """Plotly chooses no point of a line that has no marks, and no point without a name is a trial."""
    for axes in ((RATE,), (RATE, WIDTH)):
        asked = request(axes=axes, samplers=("grid",))
        trials = tuple(replace(each, values=each.values[: len(axes)]) for each in GRID.trials)
        for draw in (score_figure, best_figure, marginal_figure, curves_figure, parallel_figure):
            if len(axes) == 1 and draw in (marginal_figure, parallel_figure):
                continue  # they are of two settings
            figure: Any = draw(asked, Sweep(experiment="e", trials=trials))
            pressed = [trace for trace in figure.data if trace.type == "scatter" and trace.hoverinfo != "skip"]
            assert pressed
            for trace in pressed:
                assert "markers" in trace.mode
                assert len(trace.customdata) == len(trace.x)


def test_a_point_of_the_best_so_far_is_the_trial_that_was_it() -> None:
    figure: Any = best_figure(request(samplers=("grid",)), GRID)
    by_trials = figure.data[0]
    assert list(by_trials.x) == [1, 2, 3, 4]
    assert list(by_trials.customdata) == ["grid 0", "grid 2", "grid 1", "grid 1"]
    late = (trial("grid", 0, (0.001, 4), None, order=0), trial("grid", 1, (0.01, 4), 0.5, order=1))
    after: Any = best_figure(request(samplers=("grid",)), Sweep(experiment="e", trials=late))
    assert list(after.data[0].x) == [2]


def test_nothing_yet_is_drawn_as_nothing() -> None:
    for axes in ((RATE,), (RATE, WIDTH)):
        asked, empty = request(axes=axes, samplers=("grid",)), Sweep(experiment="e")
        for draw in (score_figure, best_figure, marginal_figure, curves_figure, importance_figure, parallel_figure):
            draw(asked, empty)


def test_scales_have_ticks_inside_their_range() -> None:
    for axis in (
        RATE,
        WIDTH,
        Axis(name="model.dropout", low=0.0, high=0.5),
        Axis(name="optimizer.lr", low=0.1, high=0.2, log=True),
    ):
        scale = Scale(axis=axis, title="")
        places, texts = scale.ticks()
        low, high = scale.ends
        assert all(low <= place <= high for place in places)
        assert len(places) == len(texts) == len(set(texts)) >= 2


def test_switches_and_numbers_beside_each_other_say_what_they_are_of() -> None:
    residual = Axis(name="model.residual", values=(False, True))
    asked = request(axes=(RATE,), samplers=("grid",), beside=residual)
    titles = [part_title(asked, part) for part in asked.parts]
    assert titles == ["Residual connections off", "Residual connections on"]
    by_name = request(axes=(RATE,), samplers=("grid",), beside=Axis(name="optimizer.name", values=("adam", "adamw")))
    assert [part_title(by_name, part) for part in by_name.parts] == ["Adam", "AdamW"]


def test_a_best_that_was_the_first_has_room_on_both_sides() -> None:
    alone = Sweep(experiment="e", trials=GRID.trials[1:2])
    figure: Any = best_figure(request(samplers=("grid",)), alone)
    low, high = figure.layout.yaxis.range
    assert 0 < low < 0.6 < high < 1


def test_sentences_name_the_best_of_each_study_and_how_the_others_ended() -> None:
    told = sweep_sentences(request(samplers=("grid", "random")), GRID)
    assert told == ["Grid: **0.6** at Learning rate 0.001, Width 16.", "1 diverged."]


def test_a_search_is_called_by_what_it_varies_and_on_which_data() -> None:
    asked = request(samplers=("grid",), beside=Axis(name="optimizer.name", values=("adam", "adamw")))
    assert request_title(asked) == "Learning rate and Width, Optimizer side by side on Two moons, by a grid"
    data = Axis(name="data.name", values=("moons", "circles"))
    assert request_title(request(axes=(data,), samplers=("random",))) == "Data, at random"


def test_what_will_be_searched_is_said_with_its_values() -> None:
    asked = request(samplers=("tpe",), beside=Axis(name="optimizer.name", values=("sgd", "adam")))
    assert request_words(asked) == (
        "**Learning rate** from 0.001 to 1, evenly over its powers of ten and **Width** at 4, 16, by a model of what "
        "was good so far; side by side for **Optimizer** SGD, Adam."
    )
    assert [time_words(seconds) for seconds in (None, 0.2, 89, 600)] == ["", "about 1 s", "about 89 s", "about 10 min"]
