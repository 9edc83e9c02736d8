"""What a map's payload holds for the browser."""

from __future__ import annotations

import json
import struct
from typing import Any

import pytest

from experiments.maps import PRESETS, MapsCodec, end_grid, rest_points
from figures.maps import drawn_rest, maps_payload
from figures.theme import BASINS, OTHER_REST
from landscapes import LANDSCAPES


def header(query: dict[str, str]) -> dict[str, Any]:
    values, problems = MapsCodec().read(query)
    assert not problems
    payload = maps_payload(values, {"surface": values["surface"]})
    return json.loads(payload[8 : 8 + struct.unpack("<I", payload[:4])[0]])


@pytest.mark.parametrize("key", PRESETS)
def test_every_preset_has_a_program_for_each_of_its_rules(key: str):
    told = header(dict(PRESETS[key].query))
    assert told["rules"]
    assert all(rule["program"]["step"] for rule in told["rules"])
    assert set(told["surface"]) >= {"value", "gradient", "hessian"}


def test_minima_beside_each_other_differ_in_color_and_all_have_names():
    landscape = LANDSCAPES["rastrigin"]
    drawn = drawn_rest(rest_points(landscape, landscape.domain))
    minima = [each for each in drawn if each["name"].startswith("minimum")]
    assert len(minima) == 121
    for one in minima:
        near = [each for each in minima if 0 < abs(each["x"] - one["x"]) + abs(each["y"] - one["y"]) < 1.2]
        same = [each for each in near if each["colors"] == one["colors"]]
        assert len(near) >= 2
        assert len(same) <= 1
    assert {each["colors"][0] for each in minima} == set(BASINS)
    assert {each["colors"][0] for each in drawn if each not in minima} == {OTHER_REST}


def test_the_stops_of_a_rate_hold_the_rate_itself():
    rate = header({"o1": "adam", "o1.lr": "0.0123"})["rules"][0]["rate"]
    assert 0.0123 in rate["stops"]
    assert rate["stops"] == sorted(rate["stops"])
    assert min(rate["stops"]) > 0


def test_theory_is_told_on_a_quadratic_alone():
    told = header({"view": "rates", "surface": "elongated_bowl"})
    assert told["theory"]["best"]["label"] == "best pair"
    assert len(told["theory"]["lines"]) == 1
    assert "condition 25" in told["notes"][0]
    assert header({"view": "rates", "surface": "rosenbrock"})["theory"] == {"lines": [], "best": None}


def test_what_is_not_known_is_said():
    assert "No minimum is known" in " ".join(header({"view": "rates", "surface": "saddle"})["notes"])
    assert "no minimum, saddle or maximum" in " ".join(header({"surface": "formula", "f": "x + y"})["notes"])
    assert "not defined" in " ".join(header({"surface": "formula", "f": "log(x) + y^2"})["notes"])


def test_a_rule_without_a_program_comes_with_its_map():
    values, _ = MapsCodec().read({"o1": "bfgs", "o2": "adam", "steps": "20"})
    grid = end_grid(values, "o1")
    payload = maps_payload(values, {}, {"o1": grid})
    told = json.loads(payload[8 : 8 + struct.unpack("<I", payload[:4])[0]])
    first, second = told["rules"]
    assert first["program"] is None
    assert first["computed"]["kind"]["n"] == grid.side**2
    assert second["program"]["step"]
    assert "computed" not in second
    assert any("BFGS works each step out" in note and f"{grid.side} by {grid.side}" in note for note in told["notes"])
