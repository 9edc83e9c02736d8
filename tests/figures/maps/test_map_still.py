"""The still of a map has what the map's own paths come to."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from experiments.maps import (
    MapsCodec,
    computed_grid,
    goal_of,
    map_sheet,
    rest_points,
    starts_of,
    surface_of,
    window_of,
)
from figures.maps import map_figure
from optimizers import OPTIMIZERS, descend


def values_of(**query: str) -> dict[str, Any]:
    values, problems = MapsCodec().read({"steps": "60", **query})
    assert not problems
    return values


def image(figure: Any) -> Any:
    (one,) = [trace for trace in figure.data if trace.type == "heatmap"]
    return one


def color_at(figure: Any, x: float, y: float) -> str:
    one = image(figure)
    column, row = (int(np.abs(np.asarray(axis) - place).argmin()) for axis, place in ((one.x, x), (one.y, y)))
    return one.colorscale[int(one.z[row][column])][1]


def test_a_start_at_a_minimum_has_the_full_color_of_its_own():
    values = values_of(o1="sgd", **{"o1.lr": "0.01"})
    figure: Any = map_figure(values)
    minima = [point for point in rest_points(surface_of(values), window_of(values)) if point.kind == "minimum"]
    told = {trace.name.partition(":")[0]: trace.marker.color for trace in figure.data if trace.name}
    assert len(minima) == 4
    colors = set()
    for point in minima:
        (name,) = [
            name
            for name in told
            if name.startswith("minimum") and f"({point.x:.3g}, {point.y:.3g})" in name.replace("\N{MINUS SIGN}", "-")
        ]
        assert color_at(figure, point.x, point.y).lower() == told[name].lower()
        colors.add(told[name])
    assert len(colors) == 4


def test_a_pair_of_rates_has_the_color_of_what_descent_comes_to():
    """Momentum on a bowl: where it converges, the steps that the legend names are those of ``descend``."""
    values = values_of(view="rates", surface="elongated_bowl", o1="momentum", up="momentum", steps="200")
    sheet = map_sheet(values, "o1")
    grid = computed_grid(sheet)
    row, column = np.argwhere(grid.ends == 0)[7]
    figure: Any = map_figure(values)
    one = image(figure)
    rate, momentum = sheet.samples(grid.stride)[row, column]
    assert one.z[::-1][row][column] < 64
    path = descend(
        surface_of(values),
        OPTIMIZERS["momentum"],
        start=(values["at_x"], values["at_y"]),
        steps=200,
        lr=rate,
        momentum=momentum,
    )
    lowest = surface_of(values).minimum
    assert lowest is not None
    above, steps = path.values - lowest, grid.steps[row, column]
    assert above[steps] <= values["tolerance"] * above[0] < above[steps - 1]
    names = [trace.name or "" for trace in figure.data]
    assert any(name.startswith("best pair by theory: rate 0.111, momentum 0.444") for name in names)
    assert any(
        name.startswith("converges") and f"fewest steps: {grid.steps[grid.ends == 0].min()} " in name for name in names
    )


def test_every_rule_of_a_family_has_its_line():
    figure: Any = map_figure(values_of(view="sensitivity", rules="free"))
    assert [trace.name for trace in figure.data] == [
        "Adadelta",
        "Rprop",
        "Prodigy",
        "Schedule-free AdamW",
        "Newton",
        "Adam",
    ]
    adam, values = figure.data[-1], values_of(view="sensitivity", rules="free")
    (start,), lowest = starts_of(values), goal_of(values, surface_of(values)).lowest
    path = descend(surface_of(values), OPTIMIZERS["adam"], start=start, steps=60, lr=adam.x[30])
    assert lowest is not None
    assert adam.y[30] == pytest.approx(path.values[-1] - lowest)


@pytest.mark.parametrize("o2", ["none", "newton"])
def test_two_rules_stand_beside_each_other(o2: str):
    figure: Any = map_figure(values_of(o2=o2))
    assert sum(trace.type == "heatmap" for trace in figure.data) == 1 + (o2 != "none")
