"""What is told of paths that batches shake, beside what theory says."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from experiments.race import Entry, Race, report, run_race
from experiments.race.link import race_from_query
from experiments.race.presets import PRESETS
from experiments.race.reports import batch_noise
from landscapes import LANDSCAPES
from numerals import readable
from optimizers import Batches

LEAST = LANDSCAPES["least_squares"]


def told(entry: Entry, noise: float = 0.0) -> str:
    race = Race(landscape=LEAST, entries=(entry,), start=LEAST.start, steps=3000, noise=noise, seed=3)
    return report(run_race(race))[0].sentence


def test_a_path_that_hovers_says_what_holds_it_up_and_what_theory_says() -> None:
    sentence = told(Entry(optimizer="sgd", values={"lr": 0.02}, batch=5, draw="replaced"))
    assert "held up by batches of 5 rows (gradient noise of" in sentence
    found = re.search(r"average ([\d.]+) above .* holds it at ([\d.]+)\.", sentence)
    assert found is not None
    measured, theory = map(float, found.groups())
    assert measured == pytest.approx(theory, rel=0.15)


def test_theory_speaks_of_independent_batches_where_these_are_not() -> None:
    assert "By theory independent batches hold it at" in told(Entry(optimizer="sgd", values={"lr": 0.1}, batch=1))
    assert "By theory this rate holds it at" in told(Entry(optimizer="sgd", values={"lr": 0.02}), noise=1.0)


@pytest.mark.parametrize(
    "entry",
    [
        Entry(optimizer="adam", values={"lr": 0.05}, batch=5),
        Entry(optimizer="sgd", values={"lr": 0.05}, batch=5, schedule="cosine"),
        Entry(optimizer="sgd", values={"lr": 0.05}),
    ],
)
def test_theory_is_silent_where_it_has_nothing_to_say(entry: Entry) -> None:
    assert "theory" not in told(entry)


def test_all_rows_have_no_noise() -> None:
    whole = Batches(rows=100, size=100)
    assert batch_noise(LEAST, np.array(LEAST.start), whole) == pytest.approx(0, abs=1e-12)


def test_where_noise_puts_the_last_point_is_no_arrival() -> None:
    race = PRESETS["replacement"].race
    for steps in (race.steps - 1, race.steps, race.steps + 3):
        states = [each.outcome.state for each in report(run_race(replace(race, steps=steps)))]
        assert states == ["hovering", "hovering"]


def test_weights_that_grow_for_ever_come_to_no_minimum() -> None:
    race = PRESETS["separable"].race
    for steps in (100, race.steps, 2000):
        sentences = [each.sentence for each in report(run_race(replace(race, steps=steps)))]
        assert not [sentence for sentence in sentences if "minimum" in sentence]


def test_the_step_that_is_told_is_the_one_that_leaves_the_window() -> None:
    race, _ = race_from_query({"surface": "formula", "f": "log(x)+y^2", "o1": "newton"})
    (lane,) = report(run_race(race))
    left = lane.outcome.left_domain_at
    assert lane.outcome.state == "diverged"
    assert left is not None
    leaving = float(np.hypot(*np.diff(lane.lane.trajectory.points[left - 1 : left + 1], axis=0)[0]))
    assert f"a step of length {readable(leaving)} takes it out of the window" in lane.sentence
    assert leaving < lane.outcome.longest_step
