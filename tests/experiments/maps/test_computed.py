"""Maps of rules that search in loops are grids of descend's own paths, coarse first."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from experiments.maps import (
    MapsCodec,
    end_grid,
    end_path,
    finer_grid,
    path_ends,
    rest_points,
    rule_keys,
    sample_starts,
    surface_of,
    window_of,
)
from experiments.maps import computed as module
from optimizers import OPTIMIZERS, descend

LOOPS = [key for key in OPTIMIZERS if key not in rule_keys()]


def values_of(**query: str) -> dict:
    values, problems = MapsCodec().read(query)
    assert not problems
    return values


@pytest.mark.parametrize("rule", LOOPS)
def test_every_start_ends_where_descend_says(rule: str):
    values = values_of(o1=rule, steps="20", surface="six_hump_camel")
    grid = end_grid(values, "o1")
    landscape, window = surface_of(values), window_of(values)
    starts = sample_starts(window, grid.stride)
    rng = np.random.default_rng(1)
    rows, columns = rng.integers(0, grid.side, (2, 40))
    path = descend(landscape, OPTIMIZERS[rule], start=starts[rows, columns], steps=20, record="points")
    ends, steps = path_ends(landscape, path, window, rest_points(landscape, window))
    assert (grid.ends[rows, columns] == ends).all()
    assert (grid.steps[rows, columns] == steps).all()


def test_a_finer_grid_keeps_what_is_known_and_stays_within_its_bounds(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "AT_ONCE", 0.0)
    values = values_of(o1="trust_region", steps="30")
    grids = [end_grid(values, "o1")]
    assert grids[0].side == 16
    while finer_grid(values, "o1"):
        grids.append(end_grid(values, "o1"))
    assert [each.side for each in grids] == [16, 32, 64, 128][: len(grids)]
    assert grids[-1].last
    assert not any(each.last for each in grids[:-1])
    for coarse, fine in pairwise(grids):
        assert (fine.ends[::2, ::2] == coarse.ends).all()
    monkeypatch.setattr(module, "SECONDS", 0.0)
    other = values_of(o1="trust_region", steps="20")
    assert end_grid(other, "o1").last
    assert not finer_grid(other, "o1")


def test_whoever_leaves_ends_the_work():
    def left(_share: float) -> None:
        raise InterruptedError

    values = values_of(o1="bfgs", steps="50", surface="booth")
    with pytest.raises(InterruptedError):
        end_grid(values, "o1", left)
    assert end_grid(values, "o1").side >= 16  # and others are not kept waiting


def test_the_path_from_the_start_of_the_page_ends_as_its_map_says():
    values = values_of(o1="bfgs")
    path, end, steps = end_path(values, "o1")
    assert path[0].tolist() == [values["at_x"], values["at_y"]]
    point = rest_points(surface_of(values), window_of(values))[end]
    assert np.hypot(*(path[-1] - (point.x, point.y))) <= point.radius
    assert 0 < steps < values["steps"]
