"""Races in one dimension: links, what is said of a lane, where starts end, and that each preset shows what it says."""

# ruff: noqa: RUF001 (the minus sign belongs in the sentences)

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from experiments.race import (
    LINE_PRESETS,
    AxisEnd,
    Entry,
    Race,
    axis_ends,
    line_codec,
    preset_of,
    race_from_query,
    race_link,
    race_to_query,
    report,
    run_race,
    view_to_query,
    with_one_more,
    with_start,
)
from experiments.race.page_state import ShownRace
from experiments.surfaces import LINE, PLANE
from landscapes import LINES, Landscape, parse_line

CODEC = line_codec()


def race_on(line: Landscape, *entries: Entry, start: float | None = None, steps: int = 50, noise: float = 0.0) -> Race:
    at = (line.start[0] if start is None else start, 0.0)
    return Race(landscape=line, entries=entries, start=at, steps=steps, noise=noise)


def sentences(race: Race) -> list[str]:
    return [each.sentence for each in report(run_race(race))]


# ---- links


@pytest.mark.parametrize("key", LINE_PRESETS)
def test_a_preset_is_its_own_link(key: str) -> None:
    preset = LINE_PRESETS[key]
    again, problems = race_from_query(race_link(preset.race), LINE)
    assert (again, problems) == (preset.race, [])
    assert preset_of(again, LINE_PRESETS) == key
    assert len(preset.look_for.split()) <= 20


@pytest.mark.parametrize("surface", LINES)
def test_every_function_has_a_link(surface: str) -> None:
    race, problems = race_from_query({"surface": surface, "start": "0.7", "steps": "20"}, LINE)
    assert problems == []
    assert race.start == (0.7, 0.0)
    assert race_to_query(race) == {"surface": surface, "start": "0.7", "steps": "20"}


def test_a_formula_with_its_window() -> None:
    query = {"surface": "formula", "f": "y = x^2 + sin(5x)", "window": "-2,4", "o1": "sgd", "o1.lr": "0.1"}
    race, problems = race_from_query(query, LINE)
    assert problems == []
    assert race.landscape.domain[0] == (-2.0, 4.0)
    assert race_to_query(race) == query


def test_an_address_without_parameters_opens_the_first_preset() -> None:
    shown, problems = CODEC.read({})
    first = next(iter(LINE_PRESETS.values()))
    assert (shown.race, dict(shown.view), problems) == (first.race, dict(first.view), [])
    assert CODEC.write(shown) == {**race_link(first.race), **view_to_query(first.view)}


def test_what_cannot_be_used_is_told() -> None:
    query = {
        "surface": "rosenbrock",
        "o1": "coordinate_descent",
        "o2": "sgd",
        "o2.lr": "-1",
        "start": "1,2",
        "steps": "many",
        "s.t": "9",
    }
    race, problems = race_from_query(query, LINE)
    assert race.landscape.key == LINE.first
    told = " ".join(problems)
    for part in ("surface was given 'rosenbrock'", "o1 was given", "o2.lr", "start was given '1,2'", "steps", "s.t"):
        assert part in told
    for f in ("x*y", "x +", "", "log(-1 - x^2)"):
        race, problems = race_from_query({"surface": "formula", "f": f}, LINE)
        assert race.landscape.name == LINE.formula
        assert "cannot be used" in problems[0]
    _, problems = race_from_query({"surface": "formula", "window": "2,1"}, LINE)
    assert "each low end below its high end" in problems[0]


def test_neither_dimension_opens_the_other() -> None:
    assert race_from_query({"surface": "waves"}, PLANE)[0].landscape.dimensions == 2
    assert not set(LINE.catalogue) & set(PLANE.catalogue)


def test_settings_change_and_a_hand_moves_along_the_axis() -> None:
    shown, _ = CODEC.read({})
    moved = with_start(shown, 0.25, 7.0)
    assert moved.race.start == (0.25, 0.0)
    other = CODEC.changed(shown, {"surface": "formula", "f": "x^2"})
    assert other.race.landscape.name == LINE.formula, "a new formula starts from the default one"
    own = CODEC.changed(other, {"f": "x^2", "x_low": -5.0})
    assert (own.race.landscape.name, own.race.landscape.domain[0]) == ("x^2", (-5.0, 3.0))
    with pytest.raises(ValueError, match="y has no place in it"):
        CODEC.changed(own, {"f": "x + y"})
    with pytest.raises(ValueError, match="x from 4 to 3"):
        CODEC.changed(own, {"x_low": 4.0})
    with pytest.raises(KeyError):
        CODEC.changed(shown, {"start_y": 1.0})
    full = shown.race
    for _ in range(12):
        full = with_one_more(full)
    assert "coordinate_descent" not in {entry.optimizer for entry in full.entries}
    with pytest.raises(ValueError, match="coordinate_descent"):
        CODEC.changed(shown, {"o1": "coordinate_descent"})


# ---- what is said


def test_a_sentence_says_which_minimum_and_in_how_many_steps_or_why_not() -> None:
    wells = sentences(LINE_PRESETS["wells"].race)
    assert wells[0] == "SGD ends in the minimum at x = 0.96, 0.6 higher than the one at x = −1.04."
    assert wells[1].startswith("Momentum reaches the minimum at x = −1.04 in 135 steps")
    rates = sentences(LINE_PRESETS["rates"].race)
    assert rates[1] == "SGD, rate 1 reaches the minimum at x = 0 in 1 step."
    assert rates[2].startswith("SGD, rate 1.9 still jumps across the minimum at 100 % of its steps")
    assert "2.1 exceeds the limit 2" in rates[3]
    assert sentences(LINE_PRESETS["hilltop"].race)[0] == (
        "Newton ends at the maximum at x = 0.0754: the slope is 0, the curvature −3.93."
    )
    assert sentences(LINE_PRESETS["plateau"].race)[0].startswith("SGD is on a plateau at x = 4.13: the slope is")
    assert sentences(LINE_PRESETS["kink"].race)[0].startswith("SGD, constant rate swings to and fro in steps of 0.31")
    flat = race_on(LINES["absolute_value"], Entry(optimizer="newton"))
    assert sentences(flat) == ["Newton diverges at step 1: the curvature there is 0, so the step has no bound."]
    root = race_on(parse_line("x - log(x)"), Entry(optimizer="sgd", values={"lr": 5.0}), start=2.5)
    assert "leaves the domain of f at step 1: after x = 2.5" in sentences(root)[0]


@pytest.mark.parametrize("key", LINE.rules)
@pytest.mark.parametrize("name", LINES)
def test_no_sentence_speaks_of_two_dimensions(name: str, key: str) -> None:
    (sentence,) = sentences(race_on(LINES[name], Entry(optimizer=key), steps=40))
    assert len(sentence.split()) <= 27
    for word in ("both", "eigenvalue", "Hessian", "valley", "saddle:", "condition number", ", 0)"):
        assert word not in sentence


# ---- where starts end


def ends_of(key: str) -> tuple[list[float], list[np.ndarray]]:
    turns, ends = axis_ends(LINE_PRESETS[key].race)
    return [turn.x for turn in turns], ends


def test_small_steps_end_in_the_well_they_begin_in() -> None:
    _, (sgd, momentum, _) = ends_of("wells")
    x = -1.8 + 3.6 * (np.arange(256) + 0.5) / 256
    np.testing.assert_array_equal(sgd == 0, x < 0.0754)
    assert set(sgd) == {0, 2}
    assert ((momentum == 0) & (x > 0.0754)).sum() > 10, "momentum leaves the right well from some starts"


def test_newton_goes_to_the_maximum_from_around_it() -> None:
    turns, (newton, free, sgd) = ends_of("hilltop")
    x = -1.8 + 3.6 * (np.arange(256) + 0.5) / 256
    assert (newton[np.abs(x - turns[1]) < 0.3] == 1).all()
    assert not (free == 1).any()
    assert not (sgd == 1).any()


def test_other_ends_are_told_apart() -> None:
    _, rates = ends_of("rates")
    assert (rates[1] == 0).all()
    assert set(rates[3]) <= {int(AxisEnd.MOVING), int(AxisEnd.LEFT)}
    _, (newton, *_) = ends_of("overshoot")
    x = -3 + 6 * (np.arange(256) + 0.5) / 256
    np.testing.assert_array_equal(newton == AxisEnd.DIVERGED, np.abs(x) > 1.0887)
    _, (constant, decaying) = ends_of("kink")
    assert (constant == AxisEnd.MOVING).mean() > 0.8, "who bounces has not arrived"
    assert (decaying == 0).all()


def test_a_start_where_f_is_not_defined_is_no_divergence() -> None:
    landscape = parse_line("x - log(x)")
    race = Race(
        landscape=landscape, entries=(Entry(optimizer="newton", values={"lr": 1.3}),), start=(2.0, 0.0), steps=60
    )
    low, high = landscape.domain[0]
    x = low + (high - low) * (np.arange(256) + 0.5) / 256
    _, (ends,) = axis_ends(race)
    np.testing.assert_array_equal(ends == AxisEnd.UNDEFINED, x < 0)
    assert (ends == AxisEnd.DIVERGED).sum() > 10, "from the right Newton jumps where there is no f"


# ---- what the presets claim


def last(key: str) -> list[float]:
    return [float(lane.trajectory.points[-1, 0]) for lane in run_race(LINE_PRESETS[key].race).lanes]


def test_presets_show_what_they_say() -> None:
    assert np.sign(last("wells")).tolist() == [1, -1, 1]
    np.testing.assert_allclose(last("waves")[::2], 3.949307, atol=2e-3)
    assert abs(last("waves")[1]) < 1e-3
    sgd, *walkers = last("plateau")
    assert sgd > 4.1
    assert np.abs(walkers).max() < 0.01
    thrown = [lane.trajectory.points[:, 0].min() for lane in run_race(LINE_PRESETS["cliff"].race).lanes]
    assert max(thrown[:2]) < -2
    assert min(thrown[2:]) > -1
    newton = run_race(LINE_PRESETS["flat"].race).lanes[2].trajectory.points[:, 0]
    np.testing.assert_allclose(newton[1:40] / newton[:39], 2 / 3, rtol=1e-12)
    growing = np.abs(np.diff(run_race(LINE_PRESETS["overshoot"].race).lanes[0].trajectory.points[:4, 0]))
    assert (np.diff(growing) > 0).all()


@pytest.mark.parametrize("key", ["sgd", "sam", "prodigy", "newton"])
def test_noise_stays_on_the_axis(key: str) -> None:
    race = race_on(LINES["double_well"], Entry(optimizer=key), noise=0.5)
    quiet = run_race(replace(race, noise=0.0)).lanes[0].trajectory
    noisy = run_race(race).lanes[0].trajectory
    np.testing.assert_array_equal(noisy.points[:, 1], 0.0)
    assert not np.array_equal(noisy.points[:, 0], quiet.points[:, 0])


def test_a_shown_race_is_a_value() -> None:
    shown, _ = CODEC.read({})
    assert shown == ShownRace(race=shown.race, view=shown.view)
