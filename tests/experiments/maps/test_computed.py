"""Maps and lines of rules that search in loops are descend's own paths, coarse first."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from experiments.maps import (
    EndGrid,
    Goal,
    Growing,
    MapsCodec,
    end_path,
    is_offered,
    path_ends,
    path_goals,
    rest_points,
    server_sheets,
    surface_of,
    window_of,
)
from experiments.maps import computed as module
from optimizers import OPTIMIZERS, descend

LOOPS = [key for key in OPTIMIZERS if not is_offered(key)]


def values_of(**query: str) -> dict[str, Any]:
    values, problems = MapsCodec().read(query)
    assert not problems
    return values


def grown(growing: Growing) -> EndGrid:
    """The grid, after as many blocks as it takes."""
    shares = [growing.share]
    while (grid := growing.whole()) is None:
        growing.advance()
        shares.append(growing.share)
    assert all(one <= other for one, other in pairwise(shares))
    assert (shares[0], shares[-1]) == (0, 1)
    return grid


def test_there_are_seven_rules_that_search_in_loops():
    assert len(LOOPS) == 7


@pytest.mark.parametrize("steps", ["20", "300"])  # the longer ones are tried for fewer steps first
@pytest.mark.parametrize("rule", LOOPS)
def test_every_start_ends_where_descend_says(rule: str, steps: str):
    values = values_of(o1=rule, steps=steps, surface="six_hump_camel")
    sheet = server_sheets(values)["o1"]
    grid = grown(Growing(sheet, None))
    landscape, window = surface_of(values), window_of(values)
    starts = sheet.samples(grid.stride)
    assert starts.shape == (8, 8, 2)
    path = descend(landscape, OPTIMIZERS[rule], start=starts.reshape(-1, 2), steps=int(steps), record="points")
    ends, counted = path_ends(landscape, path, window, rest_points(landscape, window))
    np.testing.assert_array_equal(grid.ends.ravel(), ends)
    np.testing.assert_array_equal(grid.steps.ravel(), counted)


@pytest.mark.parametrize("starts", ["one", "many"])
@pytest.mark.parametrize("rule", [rule for rule in LOOPS if rule != "coordinate_descent"])
def test_every_pair_of_values_does_what_descend_says(rule: str, starts: str):
    values = values_of(view="rates", o1=rule, steps="250", surface="rosenbrock", starts=starts, tolerance="0.001")
    sheet = server_sheets(values)["o1"]
    grid = grown(Growing(sheet, None))
    landscape = surface_of(values)
    names = [values["across"], values["up"]]
    assert [axis.name for axis in sheet.axes] == names
    rng = np.random.default_rng(0)
    for row, column in rng.integers(0, grid.side, (5, 2)):
        pair = dict(zip(names, sheet.samples(grid.stride)[row, column].tolist(), strict=True))
        paths = [
            descend(landscape, OPTIMIZERS[rule], start=[start], steps=250, record="points", **pair)
            for start in sheet.starts
        ]
        told = [path_goals(path, Goal(lowest=0.0, tolerance=0.001), window_of(values)) for path in paths]
        kinds, counted, ends = (np.concatenate(each) for each in zip(*told, strict=True))
        middle = np.sort(np.where(kinds == 0, counted, np.inf))[(len(kinds) - 1) // 2]
        assert (grid.ends[row, column] == 0) == np.isfinite(middle)
        if np.isfinite(middle):
            assert grid.steps[row, column] == middle
        assert grid.values[row, column] == np.sort(np.nan_to_num(ends, nan=np.inf))[(len(ends) - 1) // 2]


def test_a_line_has_its_values_along_the_one_number_of_its_rule():
    values = values_of(view="sensitivity", rules="searching", steps="100", surface="booth")
    sheets = server_sheets(values)
    assert set(sheets) == set(LOOPS)
    for rule, sheet in sheets.items():
        grid = grown(Growing(sheet, None))
        assert grid.last
        own: dict[str, Any] = {axis.name: sheet.samples(1)[:, i] for i, axis in enumerate(sheet.axes)}
        assert len(grid.values) == (64 if own else 1)
        path = descend(surface_of(values), OPTIMIZERS[rule], start=list(sheet.starts), steps=100, **own)
        np.testing.assert_array_equal(grid.values, np.where(path.first_nonfinite < 0, path.values[-1], np.nan))
    assert not sheets["coordinate_descent"].axes


def test_a_finer_grid_keeps_what_is_known_and_stays_within_its_bounds(monkeypatch: pytest.MonkeyPatch):
    for sheet in (
        server_sheets(values_of(o1="trust_region", steps="30"))["o1"],
        server_sheets(values_of(view="rates", o1="trust_region", steps="30"))["o1"],
    ):
        grids = [grown(Growing(sheet, None))]
        while not grids[-1].last:
            grids.append(grown(Growing(sheet, grids[-1])))
        assert [each.side for each in grids] == [8, 16, 32, 64, 128][: len(grids)]
        for coarse, fine in pairwise(grids):
            np.testing.assert_array_equal(fine.ends[::2, ::2], coarse.ends)
            np.testing.assert_array_equal(fine.values[::2, ::2] if sheet.goal else [], coarse.values)
        whole = sheet.outcomes(sheet.samples(grids[-1].stride).reshape(-1, 2))
        np.testing.assert_array_equal(grids[-1].ends.ravel(), whole.ends)
        np.testing.assert_array_equal(grids[-1].steps.ravel(), whole.steps)
    monkeypatch.setattr(module, "SECONDS", 0.0)
    assert grown(Growing(server_sheets(values_of(o1="trust_region", steps="20"))["o1"], None)).last


def test_equal_questions_are_equal_sheets():
    one = server_sheets(values_of(view="rates", o1="bfgs"))["o1"]
    values = values_of(view="rates", o1="bfgs", **{"o1.c1": "0.01"})  # an axis varies it
    assert server_sheets(values)["o1"] == one
    assert hash(server_sheets(values)["o1"]) == hash(one)
    assert server_sheets(values_of(view="rates", o1="bfgs", at_x="1"))["o1"] != one
    assert not server_sheets(values_of(view="rates", o1="adam"))


def test_the_path_from_the_start_of_the_page_ends_as_its_map_says():
    values = values_of(o1="bfgs")
    path, end, steps = end_path(server_sheets(values)["o1"], (values["at_x"], values["at_y"]))
    assert path[0].tolist() == [values["at_x"], values["at_y"]]
    point = rest_points(surface_of(values), window_of(values))[end]
    assert np.hypot(*(path[-1] - (point.x, point.y))) <= point.radius
    assert 0 < steps < values["steps"]
