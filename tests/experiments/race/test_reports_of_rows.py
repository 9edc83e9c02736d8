"""What is told of paths that batches shake, beside what theory says."""

from __future__ import annotations

import re

import numpy as np
import pytest

from experiments.race import Entry, Race, report, run_race
from experiments.race.reports import batch_noise
from landscapes import LANDSCAPES
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
