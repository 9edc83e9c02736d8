"""The 3-D figure holds the surface and the paths of the race."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from experiments.race.race import run_race
from experiments.race.types import Entry, Race, RaceResult
from figures.race.field import field_scale, sample
from figures.race.lanes import drawn_lanes
from figures.race.surface import surface_figure
from landscapes import LANDSCAPES
from tests.figures.races import noisy, valley


def drawn(result: RaceResult, **settings: Any) -> Any:
    """The figure, whose attributes Plotly makes as it runs."""
    return surface_figure(result, **settings)


def lanes_of(result: RaceResult, **settings: Any) -> dict[str, list[Any]]:
    """Trail, steps and head of each lane."""
    figure = drawn(result, **settings)
    return {lane.label: [t for t in figure.data if t.legendgroup == lane.label] for lane in drawn_lanes(result)}


def test_height_is_f_where_the_scale_is_linear() -> None:
    race = Race(landscape=LANDSCAPES["saddle"], entries=(Entry(optimizer="sgd"),), start=(1.0, 0.5), steps=10)
    figure = drawn(run_race(race))
    surface = figure.data[0]
    x, y, z = (np.asarray(surface[name]) for name in "xyz")
    assert z == pytest.approx(x[None, :] ** 2 - y[:, None] ** 2, abs=1e-5)
    assert figure.layout.scene.zaxis.title.text == "f"


def test_height_is_the_logarithmic_level_where_values_span_decades_and_the_axis_says_so() -> None:
    figure = drawn(valley())
    landscape = LANDSCAPES["rosenbrock"]
    _, _, values = sample(landscape, landscape.domain, 80, 80)
    scale = field_scale(values)
    assert np.asarray(figure.data[0].z) == pytest.approx(scale.levels(values), abs=1e-6)
    assert np.asarray(figure.data[0].customdata) == pytest.approx(values, rel=1e-6)
    axis = figure.layout.scene.zaxis
    assert axis.title.text == "f, logarithmic"
    assert "100" in axis.ticktext
    hundred = axis.tickvals[axis.ticktext.index("100")]
    assert scale.value(hundred) == pytest.approx(100)


def test_trails_lie_just_above_the_surface_and_heads_stand_at_the_step() -> None:
    result = noisy()
    landscape = result.race.landscape
    _, _, values = sample(landscape, landscape.domain, 80, 80)
    scale = field_scale(values)
    for lane in drawn_lanes(result):
        trail, steps, head = lanes_of(result, step=17)[lane.label]
        points = np.stack([trail.x, trail.y], axis=-1).astype(float)
        seen = ~np.isnan(points[:, 0])
        above = np.asarray(trail.z)[seen] - scale.levels(landscape.value(points[seen]))
        assert (above > 0).all()
        assert above.max() < 0.03
        assert (head.x[0], head.y[0]) == pytest.approx(tuple(lane.trajectory.points[17]), abs=1e-6)
        assert head.customdata[0] == pytest.approx([17, lane.trajectory.values[17]], rel=1e-6)
        assert steps.customdata[:, 0].tolist() == list(range(18))


def test_a_diverged_lane_ends_at_the_edge_without_a_head() -> None:
    trail, _, head = lanes_of(valley())["SGD, rate 0.01"]
    assert np.isnan(head.x).all()
    assert len(head.x) == 1  # without a point Plotly leaves it out of the legend
    finite = np.asarray(trail.x)[~np.isnan(trail.x)]
    assert finite.min() >= -2
    assert finite.max() <= 2


def test_each_lane_is_once_in_the_legend_and_switches_as_a_whole() -> None:
    for traces in lanes_of(valley()).values():
        assert [trace.showlegend for trace in traces] == [False, False, True]


def test_names_of_a_user_are_not_read_as_html() -> None:
    from dataclasses import replace

    result = valley()
    lane = replace(result.lanes[0], label="<b>x</b>")
    figure = drawn(RaceResult(race=result.race, lanes=(lane,)))
    assert {trace.name for trace in figure.data if trace.legendgroup == lane.label} == {"&lt;b&gt;x&lt;/b&gt;"}


def test_the_camera_stays_and_the_figure_is_small() -> None:
    long = run_race(
        Race(
            landscape=LANDSCAPES["rosenbrock"],
            entries=tuple(Entry(optimizer=key, values={"lr": 1e-3}) for key in ("sgd", "momentum", "adam", "rmsprop")),
            start=(-1.5, 2.0),
            steps=5000,
        )
    )
    first, last = drawn(long, step=3), drawn(long)
    assert first.layout.scene.uirevision == last.layout.scene.uirevision == "camera"
    assert len(last.to_json()) < 150_000


def test_a_step_beyond_the_end_is_the_end_and_a_negative_one_is_refused() -> None:
    beyond, end = (lanes_of(noisy(), step=step)["Momentum"][2].x[0] for step in (4000, 40))
    assert beyond == end
    with pytest.raises(ValueError, match="step was given -1; allowed is a whole number from 0 to 40"):
        drawn(noisy(), step=-1)
