"""The numbers leave the page without losing a digit."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import numpy as np
import pytest
from pandas import isna

from experiments.race.race import run_race
from experiments.race.reports import report
from experiments.race.types import Entry, Race, RaceResult
from exports.csv_text import inert
from exports.race_csv import COLUMNS, paths_csv
from figures.race.table import results_table, rules_table
from landscapes import LANDSCAPES
from optimizers import OPTIMIZERS
from tests.figures.races import valley


def rows_of(result: RaceResult) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(paths_csv(result), newline="")))


def test_every_step_of_every_lane_is_a_row_with_all_digits() -> None:
    result = valley()
    rows = rows_of(result)
    assert len(rows) == 4 * 121
    assert list(rows[0])[: len(COLUMNS)] == list(COLUMNS)
    path = result.lanes[2].trajectory
    own = [row for row in rows if row["optimizer"] == "Adam"]
    assert [float(row["x"]) for row in own] == path.points[:, 0].tolist()
    assert [float(row["value"]) for row in own] == path.values.tolist()
    assert [float(row["m_y"]) for row in own] == path.states["m"][:, 1].tolist()
    assert [int(row["evaluations"]) for row in own] == path.evaluations.tolist()
    assert own[0]["learning_rate"] == "0.1"
    norms = np.linalg.norm(result.race.landscape.gradient(path.points), axis=-1)
    assert [float(row["gradient_norm"]) for row in own] == norms.tolist()


def test_cells_stay_empty_where_a_rule_has_no_such_memory() -> None:
    rows = rows_of(valley())
    assert {row["m_x"] for row in rows if row["optimizer"].startswith("SGD")} == {""}


def test_matrices_and_single_numbers_get_columns_and_long_memories_do_not() -> None:
    entries = (Entry(optimizer="bfgs"), Entry(optimizer="trust_region"), Entry(optimizer="lbfgs"))
    race = Race(landscape=LANDSCAPES["rosenbrock"], entries=entries, start=(-1.0, 1.0), steps=5)
    result = run_race(race)
    rows = rows_of(result)
    names = set(rows[0])
    assert {"inverse_hessian_xx", "inverse_hessian_xy", "radius", "direction_x"} <= names
    assert not any(name.startswith("steps_") for name in names)
    radius = [float(row["radius"]) for row in rows if row["optimizer"] == "Trust region"]
    assert radius == result.lanes[1].trajectory.states["radius"].ravel().tolist()


@pytest.mark.parametrize("label", ['=HYPERLINK("x")', "+1", "-1", "@x", "\t=1", "\N{FULLWIDTH EQUALS SIGN}1"])
def test_a_label_never_starts_a_formula(label: str) -> None:
    result = valley()
    lanes = (replace(result.lanes[0], label=label), *result.lanes[1:])
    assert rows_of(RaceResult(race=result.race, lanes=lanes))[0]["optimizer"] == f"'{label}"
    assert inert("Adam, rate 0.1") == "Adam, rate 0.1"


def test_rows_that_were_seen_stand_beside_the_evaluations() -> None:
    landscape = LANDSCAPES["least_squares"]
    entries = (
        Entry(optimizer="sam", values={"lr": 0.01}, batch=30),
        Entry(optimizer="sgd", values={"lr": 0.01}, batch=30, draw="replaced"),
        Entry(optimizer="sgd", values={"lr": 0.02}),
    )
    result = run_race(Race(landscape=landscape, entries=entries, start=landscape.start, steps=5))
    table = rows_of(result)
    seen = [[int(row["rows_seen"]) for row in table if row["optimizer"] == lane.label] for lane in result.lanes]
    assert seen == [[0, 60, 120, 180, 200, 260], [0, 30, 60, 90, 120, 150], [0, 100, 200, 300, 400, 500]]
    assert "rows_seen" not in rows_of(valley())[0]


def test_results_are_sorted_by_cost_then_value_with_the_diverged_last() -> None:
    result = valley()
    outcomes = [each.outcome for each in report(result)]
    table = results_table(result, outcomes)
    assert table["Optimizer"] == ["Newton", "Adam", "SGD, rate 0.001", "SGD, rate 0.01"]
    assert table["State"][0] == "converged"
    assert table["State"][-1] == "diverged at step 7"
    newton = outcomes[3]
    assert table["Evaluations to tolerance"][0] == newton.evaluations_to_tolerance
    assert table["Evaluations to tolerance"][-1] is None
    assert table["Final value"][1] == outcomes[2].final_value


def test_every_rule_has_a_row_that_tells_what_it_keeps() -> None:
    table = rules_table(OPTIMIZERS.values()).set_index("Rule")
    assert list(table.index) == [rule.name for rule in OPTIMIZERS.values()]
    adam, sgd = table.loc["Adam"], table.loc["SGD"]
    assert adam["First moment"] == adam["Second moment"] == "leaky mean"
    assert (adam["Bias-corrected"], adam["Memory"], adam["Cost"], adam["Year"]) == ("yes (switch)", "2n", "O(n)", 2014)
    assert table.loc["RMSprop", "Bias-corrected"] == "no (switch)"
    assert table.loc["NAdam", "Bias-corrected"] == "yes"
    assert sgd["Memory"] == "0"
    assert isna(sgd["First moment"])
    assert table.loc["SAM", "Asks each step"] == "two gradients"


def test_a_rule_that_declares_nothing_has_empty_cells() -> None:
    [row] = rules_table([replace(OPTIMIZERS["sgd"], traits=None, reference="Made up.")]).to_dict("records")
    assert row["Rule"] == "SGD"
    assert not row["Memory"]
    assert not row["Cost"]
    assert row["Source"] == "Made up."
