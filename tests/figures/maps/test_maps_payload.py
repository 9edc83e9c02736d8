"""What a map's payload holds for the browser."""

from __future__ import annotations

import json
import struct
from typing import Any

import pytest

from experiments.maps import PRESETS, Answer, EndGrid, Growing, MapsCodec, rest_points, server_sheets
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


def of_server(query: dict[str, str], known: bool = True) -> tuple[dict[str, Any], dict[str, EndGrid]]:
    """The header with all that the server knows of rules without a program, or with nothing yet."""
    values, problems = MapsCodec().read(query)
    assert not problems
    grids = {}
    for name, sheet in server_sheets(values).items():
        growing = Growing(sheet, None)
        while (grid := growing.whole()) is None:
            growing.advance()
        grids[name] = grid
    answers = {name: Answer(grid=grid if known else None, share=0.25) for name, grid in grids.items()}
    payload = maps_payload(values, {}, answers)
    return json.loads(payload[8 : 8 + struct.unpack("<I", payload[:4])[0]]), grids


@pytest.mark.parametrize("view", ["basins", "rates"])
def test_a_rule_without_a_program_comes_with_its_map(view: str):
    told, grids = of_server({"view": view, "o1": "bfgs", "steps": "20"})
    (rule,) = told["rules"]
    assert rule["program"] is None
    assert rule["computed"]["kind"]["n"] == rule["computed"]["number"]["n"] == grids["o1"].side ** 2
    assert set(rule["inputs"]) == {"c1", "c2"}
    assert any("BFGS works each step out" in note for note in told["notes"])
    waiting, _ = of_server({"view": view, "o1": "bfgs", "steps": "20"}, known=False)
    assert "stride" not in waiting["rules"][0]["computed"]
    assert waiting["rules"][0]["computed"]["share"] == 0.25


def test_rules_with_and_without_a_program_stand_side_by_side():
    told, _ = of_server({"o1": "bfgs", "o2": "adam", "steps": "20"})
    assert told["rules"][1]["program"]["step"]
    assert "computed" not in told["rules"][1]


def test_lines_are_named_by_the_number_that_they_vary():
    told, grids = of_server({"view": "sensitivity", "rules": "searching", "steps": "20"})
    rules = {rule["key"]: rule for rule in told["rules"]}
    assert {key for key, rule in rules.items() if rule["program"] is None} == set(grids)
    assert rules["trust_region"]["axis"]["words"] == "radius"
    assert rules["newton"]["axis"]["words"] == "rate"
    assert rules["bfgs"]["computed"]["value"]["n"] == 64
    assert rules["coordinate_descent"]["computed"]["value"]["n"] == 1
    assert "Coordinate descent has no number to choose." in told["notes"]
    assert "Every rule keeps its defaults but for the rate." in header({"view": "sensitivity"})["notes"]
