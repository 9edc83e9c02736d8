"""A map opens with a rate that shows something, on every surface of the menu."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

from experiments.map_rates import map_rate
from experiments.maps import End, MapsCodec, declared, grid_starts, path_ends, rest_points, surface_of, window_of
from experiments.race import tuned_entry
from experiments.surfaces import FORMULA
from landscapes import LANDSCAPES
from optimizers import OPTIMIZERS, descend

CODEC = MapsCodec(partial(declared, rate=map_rate))


@pytest.mark.parametrize("key", [FORMULA, *LANDSCAPES])
def test_a_surface_opens_with_a_map_that_shows_something(key: str):
    values, problems = CODEC.read({"surface": key})
    assert not problems
    landscape, window = surface_of(values), window_of(values)
    starts = grid_starts(window, 8).reshape(-1, 2)
    rule = OPTIMIZERS[values["o1"]]
    path = descend(landscape, rule, start=starts, steps=values["steps"], record="points", lr=values["o1.lr"])
    ends, _ = path_ends(landscape, path, window, rest_points(landscape, window))
    assert (ends == End.MOVING).mean() <= 0.75  # easom is flat but for a small pit
    # One color is the truth of a saddle, whose slopes lead out, and of drop_wave, where all come to rest on rings.
    assert len(np.unique(ends)) > 1 or ends[0] >= 0 or key in ("saddle", "drop_wave")


@pytest.mark.parametrize("rule", ["adam", "sgd", "newton"])
def test_where_the_rate_of_a_race_shows_something_it_is_that_of_the_map(rule: str):
    landscape = LANDSCAPES["himmelblau"]
    assert map_rate(landscape, rule) == tuned_entry(landscape, rule).values.get("lr")


def test_the_rate_is_the_default_of_the_surface_and_one_by_hand_stays_while_a_parameter_moves():
    values, _ = CODEC.read({"surface": "logistic"})
    assert values["o1.lr"] == map_rate(LANDSCAPES["logistic"], "momentum")
    assert CODEC.write(values) == {"surface": "logistic"}
    values, _ = CODEC.read({"surface": "elongated_bowl", "o1.lr": "0.003"})
    moved = CODEC.changed(values, {"s.condition": 50.0})
    assert moved["o1.lr"] == 0.003
    assert CODEC.changed(values, {"surface": "booth"})["o1.lr"] == map_rate(LANDSCAPES["booth"], "momentum")
