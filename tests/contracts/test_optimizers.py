"""What every entry of OPTIMIZERS and SCHEDULES holds. A new entry is covered by being there."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landscapes import LANDSCAPES
from optimizers import OPTIMIZERS, SCHEDULES, descend
from optimizers.meter import Meter
from settings.hyperparameter import Hyperparameter, Interval

PROMISED_OPTIMIZERS = [
    "sgd",
    "momentum",
    "momentum_ema",
    "nesterov",
    "adagrad",
    "adadelta",
    "rmsprop",
    "adam",
    "adam_l2",
    "amsgrad",
    "adamw",
    "adamax",
    "nadam",
    "radam",
    "rprop",
    "asgd",
    "lion",
    "sophia",
    "sam",
    "lookahead",
    "adan",
    "ademamix",
    "prodigy",
    "schedule_free_adamw",
    "muon",
    "shampoo",
    "gd_backtracking",
    "coordinate_descent",
    "conjugate_gradient",
    "newton",
    "damped_newton",
    "saddle_free_newton",
    "trust_region",
    "bfgs",
    "lbfgs",
]
PROMISED_SCHEDULES = [
    "constant",
    "step",
    "multistep",
    "exponential",
    "inverse_time",
    "inverse_sqrt",
    "polynomial",
    "cosine",
    "cosine_restarts",
    "linear_warmup",
    "cyclical",
    "one_cycle",
    "reduce_on_plateau",
]

HIMMELBLAU = LANDSCAPES["himmelblau"]
STARTS = np.random.default_rng(7).uniform(-3, 3, (5, 2))
HYPERPARAMETERS = [
    pytest.param(parameter, id=f"{key}-{parameter.name}")
    for catalogue in (OPTIMIZERS, SCHEDULES)
    for key, entry in catalogue.items()
    for parameter in entry.hyperparameters
]
OPTIMIZER_HYPERPARAMETERS = [
    pytest.param(key, parameter, id=f"{key}-{parameter.name}")
    for key, rule in OPTIMIZERS.items()
    for parameter in rule.hyperparameters
]


class Bowl:
    """(x^2 + 4 y^2) / 2."""

    def value(self, points):
        return 0.5 * (points[..., 0] ** 2 + 4.0 * points[..., 1] ** 2)

    def gradient(self, points):
        return points * np.array([1.0, 4.0])

    def hessian(self, points):
        return np.broadcast_to(np.diag([1.0, 4.0]), (*points.shape, 2)).copy()


def _sentences(text: str) -> list[str]:
    return [sentence for sentence in re.split(r"(?<=[.:;?])\s+", text) if sentence]


def _assert_plain(text: str) -> None:
    """In-app text: sentences of at most twenty words, no exclamation marks."""
    assert text.strip() == text != ""
    assert "!" not in text
    for sentence in _sentences(text):
        assert len(sentence.split()) <= 20, sentence


def test_the_catalogues_hold_what_is_promised():
    assert set(PROMISED_OPTIMIZERS) <= set(OPTIMIZERS)
    assert set(PROMISED_SCHEDULES) <= set(SCHEDULES)


@pytest.mark.parametrize("catalogue", [OPTIMIZERS, SCHEDULES], ids=["optimizers", "schedules"])
def test_keys_names_and_hyperparameter_names_are_distinct(catalogue):
    for key, entry in catalogue.items():
        assert key == entry.key
        assert re.fullmatch(r"[a-z][a-z0-9_]*", key)
        names = [parameter.name for parameter in entry.hyperparameters]
        assert len(set(names)) == len(names)
    assert len({entry.name for entry in catalogue.values()}) == len(catalogue)


@pytest.mark.parametrize("key", OPTIMIZERS)
def test_an_optimizer_is_explained(key):
    rule = OPTIMIZERS[key]
    _assert_plain(rule.idea)
    assert rule.idea.endswith(".")
    if rule.notes:
        _assert_plain(rule.notes)
    assert re.search(r"\d{4}", rule.reference), "a reference has a year"
    assert "x_{" in rule.latex
    assert rule.latex.count("{") == rule.latex.count("}")
    assert rule.latex.count(r"\begin{") == rule.latex.count(r"\end{")
    assert (rule.torch is None) == (rule.torch_arguments is None)


@pytest.mark.parametrize("key", SCHEDULES)
def test_a_schedule_is_explained(key):
    schedule = SCHEDULES[key]
    _assert_plain(schedule.meaning)
    if schedule.notes:
        _assert_plain(schedule.notes)
    assert schedule.latex.count("{") == schedule.latex.count("}")
    assert re.search(r"\d{4}", schedule.reference), "a reference has a year"
    assert (schedule.torch is None) == (schedule.torch_arguments is None)
    assert (schedule.init is None) == (schedule.observe is None)


@pytest.mark.parametrize("parameter", HYPERPARAMETERS)
def test_a_hyperparameter_means_something_and_its_slider_offers_valid_values(parameter: Hyperparameter):
    _assert_plain(parameter.meaning)
    assert len(parameter.meaning.split()) <= 20
    assert parameter.symbol
    if parameter.kind in ("float", "int"):
        valid = Interval.parse(parameter.valid)
        assert valid.holds(np.array([parameter.low, parameter.high, *parameter.slider_stops, parameter.default])).all()
        assert parameter.low <= float(parameter.default) <= parameter.high, "the slider reaches the default"
        if parameter.log:
            assert parameter.low >= 0
    if parameter.kind == "choice":
        assert len(set(parameter.choices)) == len(parameter.choices) > 1


@pytest.mark.parametrize("key", OPTIMIZERS)
def test_a_step_is_pure_and_keeps_names_and_shapes(key):
    rule = OPTIMIZERS[key]
    hyper = rule.defaults()
    for points in (STARTS[0], STARTS):
        state = rule.init(points, hyper)
        shapes = {name: np.shape(array) for name, array in state.items()}
        assert all(shape[: points.ndim - 1] == points.shape[:-1] for shape in shapes.values())
        for k in range(6):
            before = points.copy(), {name: np.array(array) for name, array in state.items()}, dict(hyper)
            results = [_one_step(rule, points, state, hyper, k) for _ in range(2)]
            np.testing.assert_array_equal(points, before[0])
            assert hyper == before[2]
            for name, array in state.items():
                np.testing.assert_array_equal(array, before[1][name], err_msg=name)
            (points, state), (again, state_again) = results
            np.testing.assert_array_equal(points, again)
            assert points.dtype == np.float64
            assert {name: np.shape(array) for name, array in state.items()} == shapes
            for name, array in state.items():
                np.testing.assert_array_equal(array, state_again[name], err_msg=name)


def _one_step(rule, points, state, hyper, k) -> Any:
    meter = Meter(HIMMELBLAU, None)
    meter.begin(k)
    with np.errstate(all="ignore"):  # as descend does
        return rule.step(meter, points, state, hyper, k)


def _assert_one_of_batch(alone, together, i: int) -> None:
    np.testing.assert_array_equal(alone.points, together.points[:, i])
    np.testing.assert_array_equal(alone.values, together.values[:, i])
    np.testing.assert_array_equal(alone.evaluations, together.evaluations[:, i])
    np.testing.assert_array_equal(alone.rates, together.rates[:, i])
    assert alone.first_nonfinite == together.first_nonfinite[i]
    assert set(alone.states) == set(together.states)
    for name, state in alone.states.items():
        if state.shape[1:] == together.states[name].shape[2:]:  # a memory may be as long as the largest setting asks
            np.testing.assert_array_equal(state, together.states[name][:, i], err_msg=name)


@pytest.mark.parametrize("key", OPTIMIZERS)
def test_a_batch_equals_its_paths_one_by_one(key):
    rule = OPTIMIZERS[key]
    together = descend(HIMMELBLAU, rule, start=STARTS, steps=40, noise=0.1)
    for i, start in enumerate(STARTS):
        _assert_one_of_batch(descend(HIMMELBLAU, rule, start=start, steps=40, noise=0.1), together, i)


def _given(parameter: Hyperparameter, value: Any) -> dict[str, Any]:
    return {parameter.name: value}


@pytest.mark.parametrize(("key", "parameter"), OPTIMIZER_HYPERPARAMETERS)
def test_an_array_of_values_gives_the_paths_of_its_entries(key, parameter):
    rule, start = OPTIMIZERS[key], (0.3, -1.4)
    if parameter.kind in ("bool", "choice"):
        options = (True, False) if parameter.kind == "bool" else parameter.choices
        for option in options:
            assert descend(HIMMELBLAU, rule, start=start, steps=5, **_given(parameter, option)).steps == 5
        with pytest.raises(ValueError, match=parameter.name):
            descend(HIMMELBLAU, rule, start=start, steps=5, **_given(parameter, np.array([1.0, 2.0])))
        return
    stops = parameter.slider_stops or (parameter.low, (parameter.low + parameter.high) / 2, parameter.high)
    values = np.array([parameter.default, stops[0], stops[len(stops) // 2], stops[-1]], dtype=np.float64)
    values = np.round(values) if parameter.kind == "int" else values
    together = descend(HIMMELBLAU, rule, start=start, steps=30, **_given(parameter, values))
    for i, value in enumerate(values.tolist()):
        value = int(value) if parameter.kind == "int" else value
        _assert_one_of_batch(descend(HIMMELBLAU, rule, start=start, steps=30, **_given(parameter, value)), together, i)


@pytest.mark.parametrize("key", OPTIMIZERS)
@settings(max_examples=8)
@given(data=st.data())
def test_any_value_of_the_sliders_runs_and_repeats(key, data):
    rule = OPTIMIZERS[key]
    values = {parameter.name: data.draw(_offered(parameter), parameter.name) for parameter in rule.hyperparameters}
    once = descend(HIMMELBLAU, rule, start=STARTS, steps=25, noise=0.5, seed=1, **values)
    again = descend(HIMMELBLAU, rule, start=STARTS, steps=25, noise=0.5, seed=1, **values)
    np.testing.assert_array_equal(once.points, again.points)
    assert np.isfinite(once.points).all()
    assert np.isfinite(once.values).all()
    assert (np.diff(once.evaluations, axis=0) >= 0).all()
    alone = descend(HIMMELBLAU, rule, start=STARTS[2], steps=25, noise=0.5, seed=1, **values)
    np.testing.assert_array_equal(alone.points, once.points[:, 2])


def _offered(parameter: Hyperparameter) -> st.SearchStrategy:
    if parameter.kind == "bool":
        return st.booleans()
    if parameter.kind == "choice":
        return st.sampled_from(parameter.choices)
    if parameter.kind == "int":
        return st.integers(int(parameter.low), int(parameter.high))
    return (
        st.sampled_from(parameter.slider_stops) if parameter.slider_stops else st.floats(parameter.low, parameter.high)
    )


EXTREMES = (0.0, 5e-324, 1e-300, 1e-16, 1 - 2**-53, 1.0, 2.0, 1e16, 9.99e99, 1e100)


def _extremes(parameter: Hyperparameter) -> list[float]:
    valid = Interval.parse(parameter.valid)
    return [value for value in (*EXTREMES, *(-value for value in EXTREMES)) if valid.holds(value)]


@pytest.mark.parametrize(("key", "parameter"), OPTIMIZER_HYPERPARAMETERS)
def test_extreme_but_valid_values_are_divergence_at_worst_never_an_error(key, parameter):
    if parameter.kind != "float":
        return
    rule, values = OPTIMIZERS[key], np.array(_extremes(parameter))
    together = descend(HIMMELBLAU, rule, start=(0.3, -1.4), steps=12, **_given(parameter, values))
    assert np.isfinite(together.points).all()
    for i, value in enumerate(values.tolist()):
        alone = descend(HIMMELBLAU, rule, start=(0.3, -1.4), steps=12, **_given(parameter, value))
        np.testing.assert_array_equal(alone.points, together.points[:, i], err_msg=str(value))


@pytest.mark.parametrize("key", SCHEDULES)
def test_extreme_but_valid_values_of_a_schedule_are_divergence_at_worst(key):
    for parameter in SCHEDULES[key].hyperparameters:
        for value in _extremes(parameter) if parameter.kind == "float" else ():
            chosen = SCHEDULES[key].choose(**_given(parameter, value))
            path = descend(HIMMELBLAU, OPTIMIZERS["adam"], start=(0.3, -1.4), steps=250, schedule=chosen)
            assert np.isfinite(path.points).all()


@pytest.mark.parametrize("value", [1.01e100, 1e300, 1.7e308])
def test_values_beyond_a_hundred_powers_of_ten_are_refused_by_what_is_allowed(value):
    with pytest.raises(ValueError, match=r"lr was given .*; allowed is a number in \[0, inf\), at most 1e\+100"):
        descend(HIMMELBLAU, OPTIMIZERS["sgd"], start=(0.3, -1.4), steps=1, lr=value)


@pytest.mark.parametrize("key", OPTIMIZERS)
def test_defaults_go_down_a_bowl(key):
    path = descend(Bowl(), OPTIMIZERS[key], start=(1.0, -0.5), steps=100)
    assert path.first_nonfinite == -1
    assert np.isfinite(path.points).all()
    assert all(np.isfinite(state).all() for state in path.states.values())
    assert path.values[-1] < path.values[0]
    assert (path.evaluations[1:] >= 0).all()
    assert (np.diff(path.evaluations) >= 0).all()


@pytest.mark.parametrize("key", OPTIMIZERS)
def test_a_step_from_the_minimum_is_no_accident(key):
    """Where the gradient is zero nothing moves and nothing is NaN."""
    path = descend(Bowl(), OPTIMIZERS[key], start=(0.0, 0.0), steps=5)
    assert path.first_nonfinite == -1
    np.testing.assert_array_equal(path.points, 0.0)


@pytest.mark.parametrize("key", [key for key, rule in OPTIMIZERS.items() if "lr" in rule.defaults()])
def test_a_rule_takes_a_grid_of_rates(key):
    rule = OPTIMIZERS[key]
    rates = np.array([[1e-4], [1e-3], [1e-2]])
    together = descend(HIMMELBLAU, rule, start=STARTS[:2], steps=15, lr=rates)
    assert together.points.shape == (16, 3, 2, 2)
    alone = descend(HIMMELBLAU, rule, start=STARTS[1], steps=15, lr=1e-3)
    np.testing.assert_array_equal(alone.points, together.points[:, 1, 1])


@pytest.mark.parametrize("key", SCHEDULES)
def test_rates_are_finite_not_negative_and_the_same_for_an_array(key):
    chosen = SCHEDULES[key].choose()
    adam = OPTIMIZERS["adam"]
    rates = np.array([1e-3, 1e-2])
    together = descend(HIMMELBLAU, adam, start=(0.3, -1.4), steps=300, lr=rates, schedule=chosen)
    assert np.isfinite(together.rates).all()
    assert (together.rates >= 0).all()
    assert (together.rates <= rates * (1 + 1e-12)).all()
    for i, rate in enumerate(rates.tolist()):
        alone = descend(HIMMELBLAU, adam, start=(0.3, -1.4), steps=300, lr=rate, schedule=chosen)
        _assert_one_of_batch(alone, together, i)


@pytest.mark.parametrize("steps", [1, 2, 3, 7])
@pytest.mark.parametrize("key", SCHEDULES)
def test_a_schedule_serves_the_shortest_runs(key, steps):
    largest: dict[str, Any] = {p.name: p.high for p in SCHEDULES[key].hyperparameters if p.kind == "float"}
    for values in ({}, largest):
        chosen = SCHEDULES[key].choose(**values)
        path = descend(HIMMELBLAU, OPTIMIZERS["sgd"], start=(0.3, -1.4), steps=steps, schedule=chosen)
        assert np.isfinite(path.rates).all()
        assert (path.rates >= 0).all()


@pytest.mark.parametrize("key", SCHEDULES)
def test_every_schedule_follows_a_warm_up(key):
    chosen = SCHEDULES["linear_warmup"].choose(total_iters=10, start_factor=0.1, then=SCHEDULES[key].choose())
    path = descend(HIMMELBLAU, OPTIMIZERS["sgd"], start=(0.3, -1.4), steps=40, lr=1e-3, schedule=chosen)
    np.testing.assert_allclose(path.rates[:10], 1e-3 * (0.1 + 0.09 * np.arange(10)), rtol=1e-12)
    plain = descend(HIMMELBLAU, OPTIMIZERS["sgd"], start=path.points[10], steps=30, lr=1e-3, schedule=SCHEDULES[key])
    np.testing.assert_allclose(path.rates[10:], plain.rates, rtol=1e-12)
