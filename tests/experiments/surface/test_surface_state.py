"""The page of loss surfaces as a state: links, presets, which runs are in which picture, words."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from experiments.surface import (
    CODEC,
    MOST_RUNS,
    PLANE_NAMES,
    PRESETS,
    asked,
    groups_of,
    link_presets,
    measured_sentence,
    roughness,
    run_ids,
    sentences,
    sharpness_columns,
    sharpness_sentence,
)
from settings import preset_of
from trainers.surfaces import PLANES, RUNS_OF, Joint, Mark, Sharpness, Surface, SurfaceRequest


def test_a_link_says_everything_and_comes_back() -> None:
    query = {
        "runs": "aB3-c4",
        "plane": "curve",
        "reach": "0.5",
        "points": "65",
        "rows": "500",
        "seed": "3",
        "shown": "val_loss",
        "log": "false",
        "view": "height",
    }
    values, problems = CODEC.read(query)
    assert not problems
    assert CODEC.write(values) == query
    assert run_ids(values) == ("aB3", "c4")
    assert asked(values) == {"plane": "curve", "reach": 0.5, "resolution": 65, "rows": 500, "seed": 3}
    assert CODEC.write(CODEC.read({})[0]) == {}


@pytest.mark.parametrize("junk", ["../x", "a-b-c-d-e", "-", "a--b", "<b>", "a" * 17])
def test_ids_that_are_none_are_told_and_left_out(junk: str) -> None:
    values, problems = CODEC.read({"runs": junk})
    assert len(problems) == 1
    assert run_ids(values) == ()


def test_every_plane_has_a_name_and_whatever_is_allowed_makes_a_request() -> None:
    assert set(PLANE_NAMES) == set(PLANES) == set(RUNS_OF)
    for plane, count in RUNS_OF.items():
        for reach, rows, points in (("0.01", "1", "17"), ("100", "100000", "129")):
            values, problems = CODEC.read({"plane": plane, "reach": reach, "rows": rows, "points": points})
            assert not problems
            names = tuple(f"r{k}" for k in range(count))
            SurfaceRequest(runs=names, kept=names, **asked(values))


def test_one_picture_a_run_or_one_of_the_first_runs() -> None:
    four = ("a", "b", "c", "d")
    assert len(four) == MOST_RUNS
    random, three, line = (CODEC.read({"plane": plane})[0] for plane in ("random", "three", "line"))
    assert groups_of(random, four) == [("a",), ("b",), ("c",), ("d",)]
    assert groups_of(three, four) == [("a", "b", "c")]
    assert groups_of(line, four) == [("a", "b")]
    assert groups_of(line, ("a",)) == []
    twice = CODEC.read({"runs": "a-a-b"})[0]
    assert run_ids(twice) == ("a", "b")


@pytest.mark.parametrize("key", PRESETS)
def test_presets_are_links_of_few_words_with_runs_enough_for_their_plane(key: str) -> None:
    preset = PRESETS[key]
    configs = preset.configs()
    assert 1 <= len(configs) <= MOST_RUNS
    assert len({role for role, _ in configs}) == len(configs)
    assert all(len(role) <= 16 for role, _ in configs)
    assert len(preset.title.split()) <= 5
    assert len(preset.look_for.split()) <= 20
    assert groups_of(CODEC.read(preset.query)[0], [role or "x" for role, _ in configs])
    assert preset_of(CODEC.write(CODEC.read(preset.query)[0]), link_presets()) == key


SHARP = Sharpness(
    loss=0.5,
    gradient=0.1,
    eigenvalues=(4.0, 2.0),
    lowest=-0.5,
    trace=9.0,
    trace_error=0.5,
    probes=40,
    sam=0.01,
    rho=0.05,
)
SMOOTH = Surface(
    alphas=(-1.0, 0.0, 1.0),
    betas=(-1.0, 0.0, 1.0),
    values={"train_loss": np.exp(np.add.outer(np.arange(3.0), np.arange(3.0)))},
    marks=(Mark(kind="run", label="one", alpha=0.0, beta=0.0),),
    sharpness=(SHARP,),
)


def test_roughness_is_the_mean_bend_of_the_logarithm() -> None:
    assert roughness(SMOOTH) == pytest.approx(0, abs=1e-12)  # an exponential has a straight logarithm
    grid = np.exp(np.array([[0.0, 1.0, 0.0]] * 3))
    assert roughness(replace(SMOOTH, values={"train_loss": grid})) == pytest.approx((3 * 2 + 3 * 0) / 6)
    assert roughness(replace(SMOOTH, betas=(0.0,), values={"train_loss": np.ones((1, 3))})) is None
    assert roughness(SMOOTH, "val_loss") is None
    assert roughness(replace(SMOOTH, values={"train_loss": np.full((3, 3), np.nan)})) is None


def test_what_a_surface_says() -> None:
    line = Joint(kind="line", shares=(0.0, 0.5, 1.0), train_loss=(0.1, 0.6, 0.1), val_loss=())
    curve = Joint(kind="curve", shares=(0.0, 0.5, 1.0), train_loss=(0.1, 0.05, 0.1), val_loss=())
    told = sentences(replace(SMOOTH, joints=(line, curve), explained=(0.9, 0.05)))
    assert told[0] == "The straight line climbs **0.5** above its ends in the training loss."
    assert told[1] == "The trained curve meets no barrier in the training loss."
    assert told[2] == "The axes hold 90 % and 5 % of the path's variance."
    assert len(told) == 3
    normal = replace(SMOOTH, batch_norm=True, rows=(1000, 200), parameters=1218)
    assert measured_sentence(normal).startswith("1,218 weights; 1,000 training and 200 validation rows")
    assert "those of the run" in measured_sentence(normal)
    assert "mixed" in measured_sentence(replace(normal, marks=normal.marks * 2))
    assert "batch norm" not in measured_sentence(SMOOTH)
    assert "Random directions" in measured_sentence(normal)
    assert "Random directions" not in measured_sentence(normal, random=False)
    table = sharpness_columns([("a run", SMOOTH)])
    assert table["run"] == ["one"]
    assert table["largest eigenvalue"] == [4.0]
    assert table["the next ones"] == ["2"]
    assert table["trace"] == ["9 ± 0.5"]
    assert sharpness_columns([("a run", replace(SMOOTH, sharpness=()))]) == {}
    assert "missing" not in sharpness_sentence([SMOOTH])
    assert "missing" in sharpness_sentence([SMOOTH, replace(SMOOTH, sharpness=(replace(SHARP, lowest=None),))])
