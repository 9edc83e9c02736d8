"""A fair race spends one budget, is judged without the known minimum, can be repeated and stopped."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from experiments.race.fair import (
    RACE_STARTS,
    SOLVED,
    TUNING_STARTS,
    FairRace,
    affordable_fair_race,
    fair_result,
    run_fair_race,
    searched,
)
from experiments.race.fair_state import EIGHT, FairCodec, fair_of, race_of
from experiments.race.link import race_from_query, race_link
from experiments.race.presets import PRESETS
from exports.fair import fair_csv, fair_script
from landscapes import LANDSCAPES, Landscape, parse_formula
from optimizers import OPTIMIZERS, descend

SMALL = FairRace(landscape=LANDSCAPES["himmelblau"], rules=("sgd", "adam", "sam"), budget=60, trials=10)
CODEC = FairCodec()


@pytest.fixture(scope="module")
def result():
    return run_fair_race(SMALL)


def test_every_rule_spends_the_same_budget_on_its_search(result) -> None:
    for each in result.tuned:
        assert len(each.best) == SMALL.trials
        assert each.spent <= SMALL.trials * TUNING_STARTS * SMALL.budget
        assert (np.diff(each.best) <= 0).all()
    sgd, adam, sam = result.tuned
    assert adam.spent == SMALL.trials * TUNING_STARTS * SMALL.budget
    assert max(sgd.spent, sam.spent) <= adam.spent  # less where paths diverge


def test_the_race_is_that_of_descend_from_starts_that_no_search_has_seen(result) -> None:
    assert result.starts.shape == (RACE_STARTS, 2)
    finals, lows, paths = [], [], []
    for each in result.tuned:
        steps = SMALL.budget // (2 if each.rule == "sam" else 1)
        path = descend(SMALL.landscape, OPTIMIZERS[each.rule], start=result.starts, steps=steps, **each.values)
        assert (path.evaluations[-1] == SMALL.budget).all()
        np.testing.assert_array_equal(each.finals, path.values[-1])
        finals.append(path.values[-1])
        lows.append(path.values.min(0))
        paths.append(path)
    lowest, first = np.min(lows, axis=0), SMALL.landscape.value(result.starts)
    for each, path, final in zip(result.tuned, paths, finals, strict=True):
        np.testing.assert_allclose(each.left, (final - lowest) / (first - lowest))
        for i in range(RACE_STARTS):
            below = np.flatnonzero(path.values[:, i] <= lowest[i] + SOLVED * (first[i] - lowest[i]))
            assert each.solved[i] == (path.evaluations[below[0], i] if len(below) else np.inf)
        assert each.share_solved(SMALL.budget) == np.isfinite(each.solved).mean()


def test_what_is_chosen_beats_the_defaults_and_lies_on_the_sliders(result) -> None:
    for each in result.tuned:
        assert each.best[-1] <= each.best[0]  # the defaults are tried first
        for parameter in searched(OPTIMIZERS[each.rule]):
            assert parameter.check(each.values[parameter.name]) == each.values[parameter.name]
        assert not set(each.values) & {"eps", "weight_decay"}


def test_the_same_race_gives_the_same_result_and_another_draw_another(result) -> None:
    again, other = run_fair_race(SMALL), run_fair_race(replace(SMALL, draw=1))
    for one, two in zip(result.tuned, again.tuned, strict=True):
        assert one.values == two.values
        np.testing.assert_array_equal(one.finals, two.finals)
    assert not np.array_equal(other.starts, result.starts)


def test_the_known_minimum_is_never_used(result, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("minima", "minimum", "distance", "saddles"):
        monkeypatch.delattr(Landscape, name)
    for one, two in zip(result.tuned, run_fair_race(SMALL).tuned, strict=True):
        np.testing.assert_array_equal(one.solved, two.solved)


def test_rules_without_anything_to_choose_race_too_and_divergence_is_infinite() -> None:
    race = replace(SMALL, rules=("coordinate_descent", "lbfgs", "newton"), budget=40, trials=5)
    searching, lbfgs, newton = run_fair_race(race).tuned
    assert searching.values == {}
    assert len(searching.best) == 1
    assert np.isfinite(searching.finals).all()
    assert len(lbfgs.best) == len(newton.best) == 5
    away = run_fair_race(
        FairRace(landscape=parse_formula("-exp(x^2+y^2)", domain=((1, 2), (1, 2))), rules=("sgd",), budget=20, trials=5)
    )
    assert (away.tuned[0].finals == np.inf).any() or np.isfinite(away.tuned[0].finals).all()


def test_progress_goes_from_nothing_to_all_and_can_end_the_search() -> None:
    shares: list[float] = []
    run_fair_race(SMALL, shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert len(shares) >= 2 * len(SMALL.rules)

    class Left(Exception):
        pass

    def leave(_share: float) -> None:
        raise Left

    with pytest.raises(Left):
        fair_result({"draw": "77"}, SMALL, leave)
    kept = fair_result({"draw": "77"}, SMALL)  # nobody is locked out by who has left
    assert fair_result({"draw": "77"}, SMALL, leave) is kept


def test_one_link_takes_no_more_than_its_share() -> None:
    assert affordable_fair_race(SMALL) == SMALL
    large = affordable_fair_race(replace(SMALL, budget=2000, trials=100))
    assert (large.budget, large.trials) == (2000, 20)


@pytest.mark.parametrize(
    "query",
    [
        {"surface": "rosenbrock"},
        {"surface": "elongated_bowl", "s.condition": "100", "rules": "adam,sgd", "noise": "0.1"},
        {"surface": "formula", "f": "x^2 + y^4", "window": "-1,2,-1,3", "steps": "100", "trials": "20", "draw": "3"},
        {"surface": "beale", "search": "random"},
    ],
)
def test_a_link_opens_what_it_was_written_for(query: dict[str, str]) -> None:
    race, problems = CODEC.read(query)
    assert not problems
    assert CODEC.write(race) == query


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ({"rules": "sgd,no_such"}, "rules"),
        ({"rules": ","}, "rules"),
        ({"rules": "a" * 5000}, "rules"),
        ({"rules": ",".join(OPTIMIZERS)}, "rules"),
        ({"steps": "1e9"}, "steps"),
        ({"trials": "nan"}, "trials"),
        ({"draw": "-1"}, "draw"),
        ({"search": "grid"}, "search"),
        ({"surface": "nowhere"}, "surface"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_junk_in_a_link_is_named_and_a_valid_race_remains(query: dict[str, str], named: str) -> None:
    race, [problem] = CODEC.read(query)
    assert named in problem
    assert 1 <= len(race.rules) <= 12
    assert CODEC.read(CODEC.write(race)) == (race, [])


def test_settings_change_by_name() -> None:
    race, _ = CODEC.read({})
    assert race.rules == EIGHT
    moved = CODEC.changed(race, {"surface": "elongated_bowl"})
    moved = CODEC.changed(CODEC.changed(moved, {"s.condition": 50.0}), {"rules": ["adam"], "steps": 100, "noise": 0.5})
    assert (moved.landscape.key, moved.landscape.parameters["condition"]) == ("elongated_bowl", 50.0)
    assert (moved.rules, moved.budget, moved.noise) == (("adam",), 100, 0.5)
    assert CODEC.setting(moved, "s.condition")[1] == 50.0
    assert CODEC.setting(moved, "steps")[1] == 100
    with pytest.raises(ValueError, match="one to 12"):
        CODEC.changed(race, {"rules": []})
    with pytest.raises(ValueError, match="trials"):
        CODEC.changed(race, {"trials": 10**6})


def test_it_comes_from_a_race_and_leads_to_one(result) -> None:
    from_preset = fair_of(PRESETS["valley"].race)
    assert from_preset.rules == tuple(entry.optimizer for entry in PRESETS["valley"].race.entries)
    assert from_preset.budget == PRESETS["valley"].race.steps
    x, y = result.starts[0].tolist()
    race = race_of(SMALL, {each.rule: each.values for each in result.tuned}, (x, y))
    opened, problems = race_from_query(race_link(race))
    assert not problems
    assert [entry.optimizer for entry in opened.entries] == list(SMALL.rules)
    rates = [{**OPTIMIZERS[entry.optimizer].defaults(), **entry.values}["lr"] for entry in opened.entries]
    assert rates == [each.values["lr"] for each in result.tuned]


def test_every_start_of_every_rule_is_a_row_with_all_digits(result) -> None:
    rows = list(csv.DictReader(io.StringIO(fair_csv(result), newline="")))
    assert len(rows) == len(SMALL.rules) * RACE_STARTS
    of_adam = [row for row in rows if row["rule"] == "adam"]
    adam = result.tuned[1]
    assert [[float(row["start_x"]), float(row["start_y"])] for row in of_adam] == result.starts.tolist()
    assert [float(row["final_value"]) for row in of_adam] == adam.finals.tolist()
    assert [float(row["solved_after"] or "inf") for row in of_adam] == adam.solved.tolist()
    assert {f"lr={adam.values['lr']!r}" in row["chosen"] for row in of_adam} == {True}


def test_the_script_repeats_the_race(tmp_path: Path) -> None:
    race = replace(SMALL, rules=("sgd", "adam"), trials=5)
    path = tmp_path / "fair.py"
    path.write_text(fair_script(CODEC.write(race)), encoding="utf-8")
    root = Path(__file__).resolve().parents[3]
    ran = subprocess.run(
        [sys.executable, str(path)], cwd=root, env={"PYTHONPATH": str(root)}, capture_output=True, text=True, check=True
    )
    for each, line in zip(run_fair_race(race).tuned, ran.stdout.splitlines(), strict=True):
        assert line.startswith(
            f"{each.rule}: {each.share_solved(race.budget):.0%} of the starts solved, {each.spent:,} "
        )
        assert f"lr={each.values['lr']:g}" in line
