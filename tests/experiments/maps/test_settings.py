"""The settings of the maps as links, and links between maps and races."""

from __future__ import annotations

import pytest

from experiments.map_links import map_of_race, race_of_map
from experiments.maps import (
    FAMILIES,
    PRESETS,
    MapsCodec,
    axes_of,
    is_offered,
    line_axis,
    path_ends,
    rest_points,
    rule_keys,
    surface_of,
    window_of,
)
from experiments.race import PRESETS as RACES
from experiments.race import race_from_query, race_to_query
from optimizers import OPTIMIZERS

CODEC = MapsCodec()


def test_every_rule_is_on_offer_that_has_what_a_view_varies():
    assert rule_keys("basins") == rule_keys("sensitivity") == tuple(OPTIMIZERS)
    assert set(OPTIMIZERS) - set(rule_keys("rates")) == {"coordinate_descent"}
    assert sum(map(is_offered, OPTIMIZERS)) >= 28
    assert not is_offered("bfgs")


def test_lines_of_sensitivity_hold_every_rule():
    assert {key for _, keys in FAMILIES.values() for key in keys} == set(OPTIMIZERS)
    assert all(len(set(keys)) == len(keys) <= 9 for _, keys in FAMILIES.values())
    numbers = {key: axis.name for key in OPTIMIZERS if (axis := line_axis(key)) is not None}
    assert set(OPTIMIZERS) - set(numbers) == {"coordinate_descent"}
    assert numbers["trust_region"] == "radius"
    assert all(numbers[key] == "lr" for key in numbers if "lr" in axes_of(key))


@pytest.mark.parametrize("key", PRESETS)
def test_presets_are_links_without_a_fault(key: str):
    preset = PRESETS[key]
    values, problems = CODEC.read(preset.query)
    assert not problems
    assert CODEC.write(values) == preset.query
    assert len(preset.look_for.split()) <= 20


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"view": "rates", "o1": "coordinate_descent"}, "o1 was given 'coordinate_descent'"),
        ({"surface": "formula", "f": "x +"}, "The formula cannot be used"),
        ({"x_low": "5"}, "no inside"),
        ({"x_low": "nan"}, "x_low was given 'nan'"),
        ({"view": "rates", "across": "beta1"}, "across was given 'beta1'"),
        ({"steps": "100000"}, "steps was given"),
        ({"f": "x"}, "'f' is not a parameter"),
    ],
)
def test_junk_is_told_and_replaced(query: dict[str, str], said: str):
    values, problems = CODEC.read(query)
    assert len(problems) == 1
    assert said in problems[0]
    (left, right), (bottom, top) = window_of(values)
    assert left < right
    assert bottom < top
    assert CODEC.read(CODEC.write(values)) == (values, [])


def test_a_formula_and_a_window_that_are_both_junk_are_both_replaced():
    values, problems = CODEC.read({"surface": "formula", "f": "import os", "x_low": "3", "x_high": "-3"})
    assert len(problems) == 2
    assert CODEC.read(CODEC.write(values)) == (values, [])


def test_a_change_that_is_not_allowed_is_refused():
    values, _ = CODEC.read({"surface": "formula"})
    for changes, said in (({"f": "x +"}, "ends too early"), ({"x_low": 9.0}, "no inside")):
        with pytest.raises(ValueError, match=said):
            CODEC.changed(values, changes)


def test_another_surface_brings_its_own_window_and_start():
    values, _ = CODEC.read({"at_x": "1", "x_low": "-2"})
    moved = CODEC.changed(values, {"surface": "branin"})
    assert window_of(moved) == surface_of(moved).domain
    assert (moved["at_x"], moved["at_y"]) == surface_of(moved).start


@pytest.mark.parametrize("key", PRESETS)
def test_a_map_leads_to_its_race(key: str):
    values, _ = CODEC.read(PRESETS[key].query)
    race, problems = race_from_query(race_of_map(values))
    assert not problems
    assert race.start == (values["at_x"], values["at_y"])
    assert race.entries[0].optimizer == values["o1"]
    assert {**OPTIMIZERS[values["o1"]].defaults(), **race.entries[0].values}["lr"] == values["o1.lr"]


@pytest.mark.parametrize("key", RACES)
def test_a_race_leads_to_its_map(key: str):
    race = RACES[key].race
    values, problems = CODEC.read(map_of_race(race))
    assert not problems
    first = race.entries[0]
    assert values["o1"] == first.optimizer
    for name, value in {**OPTIMIZERS[first.optimizer].defaults(), **first.values}.items():
        assert values[f"o1.{name}"] == value
    assert surface_of(values).key == race.landscape.key
    assert surface_of(values).parameters == race.landscape.parameters
    assert (values["at_x"], values["at_y"]) == race.start
    assert race_to_query(race)["surface"] == values["surface"]


def test_ends_of_paths_by_hand():
    import numpy as np

    from experiments.maps import End
    from landscapes import LANDSCAPES
    from optimizers import descend

    bowl = LANDSCAPES["elongated_bowl"]
    starts = np.array([[2.0, 2.0], [0.001, 0.0], [0.0, 0.0]])
    rest = rest_points(bowl, bowl.domain)
    path = descend(bowl, OPTIMIZERS["sgd"], start=starts, steps=60, record="points", lr=0.05)
    ends, steps = path_ends(bowl, path, bowl.domain, rest)
    radius = rest[0].radius
    inside = np.hypot(*np.moveaxis(path.points[:, 0], -1, 0)) <= radius
    assert ends.tolist() == [0 if inside[-1] else End.MOVING, 0, 0]
    assert steps.tolist()[1:] == [0, 0]
    away = descend(bowl, OPTIMIZERS["sgd"], start=starts, steps=60, record="points", lr=3.0)
    assert path_ends(bowl, away, bowl.domain, rest)[0].tolist()[:1] == [End.LEFT]
