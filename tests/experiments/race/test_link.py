"""A link and its race are two forms of one thing, and a link from a stranger is never trusted."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from experiments.race.finished import finished_race
from experiments.race.link import MAX_ENTRIES, race_from_query, race_to_query
from experiments.race.presets import PRESETS
from experiments.race.types import Entry, Race
from landscapes import LANDSCAPES, parse_formula
from optimizers import OPTIMIZERS


def test_an_empty_link_is_the_default_race() -> None:
    race, problems = race_from_query({})
    assert problems == []
    assert race.landscape.key == "rosenbrock"
    assert len(race.entries) == 4
    assert race_to_query(race) == {"surface": "rosenbrock"}


@pytest.mark.parametrize("key", PRESETS)
def test_every_preset_survives_its_link(key: str) -> None:
    race = PRESETS[key].race
    again, problems = race_from_query(race_to_query(race))
    assert problems == []
    assert again == race


def test_a_start_that_was_clicked_gives_the_very_paths_that_its_link_gives() -> None:
    race = replace(PRESETS["newton_saddle"].race, start=(0.1234567890123456, -1 / 3))
    again, problems = race_from_query(race_to_query(race))
    assert problems == []
    for lane, other in zip(finished_race(race).result.lanes, finished_race(again).result.lanes, strict=True):
        assert np.array_equal(lane.trajectory.points, other.trajectory.points, equal_nan=True)


@pytest.mark.parametrize("key", OPTIMIZERS)
def test_every_optimizer_survives_its_link_with_all_its_hyperparameters(key: str) -> None:
    values = {}
    for parameter in OPTIMIZERS[key].hyperparameters:
        if parameter.kind == "bool":
            values[parameter.name] = not parameter.default
        elif parameter.kind == "choice":
            values[parameter.name] = parameter.choices[-1]
        else:
            values[parameter.name] = parameter.slider_stops[-2] if parameter.slider_stops else parameter.high
            values[parameter.name] = int(values[parameter.name]) if parameter.kind == "int" else values[parameter.name]
    values = {p.name: values[p.name] for p in OPTIMIZERS[key].hyperparameters if values[p.name] != p.default}
    race = Race(
        landscape=LANDSCAPES["beale"],
        entries=(Entry(optimizer=key, values=values),),
        start=(0.25, -1.5),
        steps=77,
        noise=0.125,
        seed=12,
    )
    again, problems = race_from_query(race_to_query(race))
    assert problems == []
    assert again == race


def test_a_rate_is_sought_only_where_the_link_has_no_usable_one(monkeypatch: pytest.MonkeyPatch) -> None:
    sought = []
    monkeypatch.setattr("experiments.race.link.tuned_rate", lambda landscape, key: sought.append(key) or 0.125)
    entries = {f"o{n}": key for n, key in enumerate(["lbfgs", "adam", "sgd", "newton"], 1)}
    race, problems = race_from_query({**entries, "o1.lr": "0.3", "o2.lr": "0.01", "o4.lr": "1"})
    assert (problems, sought) == ([], ["sgd"])
    assert [entry.values.get("lr") for entry in race.entries][:3] == [0.3, 0.01, 0.125]
    race, problems = race_from_query({"o1": "adam", "o1.lr": "fast"})
    assert race.entries[0].values["lr"] == 0.125
    assert len(problems) == 1


def test_a_formula_and_its_window_survive_the_link() -> None:
    landscape = parse_formula("x^2 + 3*sin(y)", domain=((-2, 2), (-1, 4)))
    race, _ = race_from_query({"surface": "formula", "f": "x^2 + 3*sin(y)", "window": "-2,2,-1,4"})
    assert race.landscape.domain == landscape.domain
    assert race.landscape.value(_point(0.5, 0.5)) == landscape.value(_point(0.5, 0.5))
    assert race_from_query(race_to_query(race))[0].landscape.name == landscape.name


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"surface": "atlantis"}, ["surface", "atlantis"]),
        ({"steps": "7"}, ["steps", "7", "[10, 5000]"]),
        ({"steps": "12.5"}, ["steps", "whole number"]),
        ({"noise": "nan"}, ["noise", "nan"]),
        ({"seed": "-1"}, ["seed", "-1"]),
        ({"start": "1"}, ["start", "2 numbers"]),
        ({"start": "1,inf"}, ["start", "inf"]),
        ({"o1": "sgdd"}, ["o1", "sgdd"]),
        ({"o1": "adam", "o1.beta1": "1.5"}, ["o1.beta1", "1.5", "[0, 1)"]),
        ({"o1": "adam", "o1.schedule": "never"}, ["o1.schedule", "never"]),
        ({"surface": "formula", "f": "__import__('os')"}, ["formula", "cannot be used"]),
        ({"surface": "formula", "f": "9**9**9"}, ["formula", "cannot be used"]),
        ({"surface": "formula", "window": "3,-3,0,1"}, ["window", "3,-3,0,1"]),
        ({"s.condition": "5"}, ["s.condition", "not a parameter"]),
        ({"<script>": "1"}, ["not a parameter"]),
    ],
)
def test_junk_falls_back_to_the_default_and_is_named(query: dict[str, str], words: list[str]) -> None:
    race, problems = race_from_query(query)
    assert len(problems) == 1
    for word in words:
        assert word in problems[0]
    assert race_from_query(race_to_query(race))[1] == []


def test_no_more_than_the_allowed_optimizers_race() -> None:
    race, problems = race_from_query({f"o{n}": "sgd" for n in range(1, MAX_ENTRIES + 3)})
    assert len(race.entries) == MAX_ENTRIES
    assert len(problems) == 2


_keys = st.one_of(
    st.sampled_from(["surface", "f", "window", "start", "steps", "noise", "seed", "o1", "o1.lr", "o2"]), st.text()
)
_texts = st.one_of(st.text(), st.sampled_from(["adam", "formula", "1e400", "-0", "nan", "1,2", "x", "sinusoids", "0"]))


@settings(deadline=None, max_examples=150, derandomize=True)
@given(st.dictionaries(_keys, _texts, max_size=8))
def test_any_link_gives_a_race_whose_link_is_clean(query: dict[str, str]) -> None:
    race, _ = race_from_query(query)
    again, problems = race_from_query(race_to_query(race))
    assert problems == []
    assert race_to_query(again) == race_to_query(race)


def _point(x: float, y: float):
    import numpy as np

    return np.array([x, y])
