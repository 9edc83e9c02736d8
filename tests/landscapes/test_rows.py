"""Losses made of rows: the rows themselves, their batches, what is lowest, and who knows better."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression, Ridge

from landscapes import LANDSCAPES, Landscape
from landscapes.neurons import (
    CLASSES,
    INPUTS,
    LOSSES,
    REGRESSION,
    UNITS,
    is_separable,
    row_loss,
    row_table,
    rows_of,
    stored_rows,
)
from landscapes.rows import MOST_ROWS, Rows
from tools.stored_rows import library_rows


def rows_in(landscape: Landscape) -> Rows:
    assert landscape.rows is not None
    return landscape.rows


CHOICES = [(data, inputs) for data in CLASSES for inputs in INPUTS]


def test_the_rows_of_the_file_are_scikit_learns() -> None:
    assert {name: rows.tolist() for name, rows in stored_rows().items()} == {
        name: rows.tolist() for name, rows in library_rows().items()
    }


def test_rows_that_are_none_say_what_is_allowed() -> None:
    with pytest.raises(ValueError, match="allowed are 1 to 1000 rows"):
        Rows(columns=("a",), table=np.zeros((MOST_ROWS + 1, 1)))
    with pytest.raises(ValueError, match="for 2 columns"):
        Rows(columns=("a", "b"), table=np.zeros((3, 1)))
    with pytest.raises(ValueError, match="not finite"):
        Rows(columns=("a",), table=np.array([[np.nan]]))
    for name in ("x", "y", "A", "a_i", "e", "", "a b"):
        with pytest.raises(ValueError, match="a column was given the name"):
            Rows(columns=(name,), table=np.zeros((3, 1)))
    with pytest.raises(ValueError, match="allowed are drawn, iris"):
        row_table("../secret")
    with pytest.raises(ValueError, match="is not made of rows"):
        LANDSCAPES["rosenbrock"].batch([0])


def test_the_table_of_a_caller_is_copied_and_locked() -> None:
    table = np.ones((2, 1))
    rows = Rows(columns=("a",), table=table)
    table[:] = 7
    assert rows.table.tolist() == [[1.0], [1.0]]
    with pytest.raises(ValueError, match="read-only"):
        rows.table[0] = 2


@pytest.mark.parametrize("key", ["least_squares", "logistic", "sigmoid_squared"])
def test_a_batch_is_the_mean_over_its_rows(key: str) -> None:
    landscape, random = LANDSCAPES[key], np.random.default_rng(1)
    points = random.uniform(-3, 3, (5, 2))
    n = len(rows_in(landscape))
    one_by_one = [landscape.batch([i]) for i in range(n)]
    for name in ("value", "gradient", "hessian"):
        each = np.stack([getattr(row, name)(points) for row in one_by_one])
        np.testing.assert_allclose(each.mean(0), getattr(landscape, name)(points), rtol=1e-12, atol=1e-14)
        taken = random.integers(0, n, 17)
        np.testing.assert_allclose(
            each[taken].mean(0), getattr(landscape.batch(taken), name)(points), rtol=1e-12, atol=1e-14
        )


@pytest.mark.parametrize(("data", "inputs"), CHOICES)
def test_logistic_regression_is_scikit_learns_where_it_exists(data: str, inputs: str) -> None:
    landscape = LANDSCAPES["logistic"].with_parameters(data=data, inputs=inputs)
    rows, bias = rows_of(data, inputs), inputs == "one_feature"
    features = rows.table[:, :1] if bias else rows.table[:, :2]
    theirs = LogisticRegression(C=np.inf, fit_intercept=bias, tol=1e-12, max_iter=10_000, solver="newton-cholesky")
    if data.startswith("setosa"):
        assert landscape.minima == ()
        assert landscape.minimum is None
        return
    theirs.fit(features, rows.by_name["t"])
    weights = [*theirs.coef_[0], *(np.atleast_1d(theirs.intercept_) if bias else ())]
    np.testing.assert_allclose(landscape.minima, [weights], rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("l2", [0.01, 0.3])
def test_with_l2_separable_rows_have_the_minimum_of_scikit_learn(l2: float) -> None:
    landscape = LANDSCAPES["logistic"].with_parameters(data="setosa_virginica", l2=l2)
    rows = rows_in(landscape)
    theirs = LogisticRegression(C=1 / (l2 * len(rows)), fit_intercept=False, tol=1e-12, solver="newton-cholesky")
    theirs.fit(rows.table[:, :2], rows.by_name["t"])
    np.testing.assert_allclose(landscape.minima, theirs.coef_, rtol=1e-7)


@pytest.mark.parametrize("data", REGRESSION)
def test_least_squares_with_its_penalties_is_as_low_as_can_be(data: str) -> None:
    plain = LANDSCAPES["least_squares"].with_parameters(data=data)
    a, b, t = rows_in(plain).table.T
    ridge = Ridge(alpha=0.2 / 2 * len(t), fit_intercept=False, tol=1e-12).fit(np.column_stack([a, b]), t)
    held = plain.with_parameters(l2=0.2)
    np.testing.assert_allclose(held.minima, [ridge.coef_], rtol=1e-9, atol=1e-12)
    for inputs, l1, l2 in itertools.product(INPUTS, (0.0, 0.05, 0.4, 1.3), (0.0, 0.5)):
        landscape = plain.with_parameters(inputs=inputs, l1=l1, l2=l2)
        ((x, y),) = landscape.minima
        around = np.array([x, y]) + np.random.default_rng(0).normal(size=(2000, 2)) * np.logspace(-8, 0, 2000)[:, None]
        assert landscape.value(np.array([x, y])) == pytest.approx(landscape.minimum, rel=1e-13)
        assert landscape.minimum is not None
        assert landscape.value(around).min() >= landscape.minimum * (1 - 1e-13)


def test_a_large_l1_puts_weights_at_exactly_zero() -> None:
    minima = [LANDSCAPES["least_squares"].with_parameters(l1=l1).minima[0] for l1 in (0.0, 1.0, 2.0)]
    assert minima[0][1] != 0
    assert minima[1][1] == 0 != minima[1][0]
    assert LANDSCAPES["least_squares"].with_parameters(inputs="one_feature", data="iris", l1=2.0).minima[0][1] != 0


def test_which_rows_a_line_parts() -> None:
    parted = {choice for choice in CHOICES if is_separable(rows_of(*choice), choice[1] == "one_feature")}
    assert parted == {(data, inputs) for data, inputs in CHOICES if data.startswith("setosa")}


def test_every_loss_of_every_unit_can_be_written_and_a_wrong_one_is_told() -> None:
    for unit, loss in itertools.product(UNITS, LOSSES):
        assert {str(symbol) for symbol in row_loss(unit, loss).free_symbols} == {"a", "b", "t", "x", "y"}
    with pytest.raises(ValueError, match="allowed are linear"):
        row_loss("step", "squared")
    with pytest.raises(ValueError, match="allowed are squared"):
        row_loss("linear", "hinge")


def test_xor_cannot_be_learned_by_one_neuron() -> None:
    lowest = LANDSCAPES["logistic"].with_parameters(data="xor").minimum
    assert lowest is not None
    assert lowest > 0.99 * np.log(2)
