"""Errors and where they come from, against other ways to the same numbers: libraries, loops, every mask."""

from __future__ import annotations

import itertools
import re
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import Ridge

from experiments.generalization import (
    CODEC,
    PRESETS,
    by_capacity,
    by_epoch,
    capacity_sentences,
    dropout_sentences,
    dropped_of,
    epoch_sentences,
    fits_of,
    generalization_code,
    smallest_fits,
    spread_of,
    spread_request,
    tradeoff_of,
    tradeoff_sentences,
)
from experiments.generalization.drawing import features, fit
from experiments.generalization.dropout import hidden
from experiments.generalization.epochs import FAST, FAST_SIGNAL, ROWS, SLOW, SLOW_SIGNAL
from trainers.studies import FUNCTIONS, NODES, SHARES, draw


def values_of(**query: str) -> dict[str, Any]:
    values, problems = CODEC.read(query)
    assert not problems
    return values


# ---- fits ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", ["polynomials", "waves"])
@pytest.mark.parametrize("ridge", [1e-3, 0.3])
def test_a_fit_with_a_penalty_is_that_of_scikit_learn(model: str, ridge: float) -> None:
    x, y = draw("sine", 3, 15, 0.2, 4)
    inside = features(model, x, 9)
    for number, found in enumerate(fit(inside, y, ridge)):
        theirs = Ridge(alpha=15 * ridge, fit_intercept=False, solver="svd").fit(inside[number], y[number])
        np.testing.assert_allclose(found, theirs.coef_, rtol=1e-9)


@pytest.mark.parametrize("count", [4, 12, 40])
def test_without_a_penalty_it_is_the_smallest_of_the_best(count: int) -> None:
    x, y = draw("step", 3, 12, 0.2, 1)
    inside = features("waves", x, count)
    for number, found in enumerate(fit(inside, y, 0.0)):
        best = np.linalg.lstsq(inside[number], y[number], rcond=None)[0]
        np.testing.assert_allclose(inside[number] @ found, inside[number] @ best, atol=1e-6)
        assert np.linalg.norm(found) == pytest.approx(np.linalg.norm(best), rel=1e-6)


def test_polynomials_are_those_of_numpy() -> None:
    x, y = draw("sine", 1, 30, 0.1, 0)
    ours = features("polynomials", NODES, 6) @ fit(features("polynomials", x, 6), y, 0.0)[0]
    np.testing.assert_allclose(ours, np.polynomial.Polynomial.fit(x[0], y[0], 5)(NODES), atol=1e-9)


def test_more_sets_are_the_same_sets_and_others() -> None:
    few, many = draw("bump", 3, 7, 0.5, 9), draw("bump", 5, 7, 0.5, 9)
    np.testing.assert_array_equal(few[0], many[0][:3])
    np.testing.assert_array_equal(few[1], many[1][:3])


# ---- bias and variance ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", ["polynomials", "waves"])
def test_bias_and_variance_add_up_to_the_distance_from_the_truth(model: str) -> None:
    values = values_of(model=model, sets="40", rows="30", ridge="0.001")
    errors = tradeoff_of(values)
    x, y = draw("sine", 40, 30, 0.3, 0)
    for i, count in enumerate(errors.capacities):
        fits = fit(features(model, x, count), y, 0.001) @ features(model, NODES, count).T
        distance = ((fits - FUNCTIONS["sine"](NODES)) ** 2 @ SHARES).mean()
        assert errors.bias[i] + errors.variance[i] == pytest.approx(distance, rel=1e-9)


@pytest.mark.parametrize("truth", ["sine", "step", "bump"])
@pytest.mark.parametrize("noise", ["0", "0.3"])
def test_the_sum_is_what_is_measured_on_new_rows(truth: str, noise: str) -> None:
    errors = tradeoff_of(values_of(truth=truth, noise=noise, model="waves", rows="75", sets="200"))
    # Five standard errors: among this many comparisons none is beyond them by chance.
    assert (np.abs(errors.total - errors.measured) < 5 * errors.spread + 1e-12).all()
    assert (errors.spread < 0.2 * errors.total).all()


def test_bias_falls_and_variance_rises_with_capacity() -> None:
    errors = tradeoff_of(values_of(rows="200"))
    assert (np.diff(errors.bias[:8]) < 0).all()
    fewer = tradeoff_of(values_of(rows="50"))
    assert fewer.variance[-1] > 100 * fewer.variance[0]
    assert (fewer.variance > errors.variance).all()
    assert errors.bias[0] > 10 * errors.variance[0]
    assert errors.capacities[0] < errors.best <= errors.capacities[-1]


def test_a_fit_is_what_the_picture_draws() -> None:
    values = values_of(capacity="5", sets="30")
    fits, errors = fits_of(values), tradeoff_of(values)
    assert fits.each.shape == (30, len(fits.places))
    np.testing.assert_allclose(fits.mean, fits.each.mean(0))
    bias = np.trapezoid((fits.mean - fits.truth) ** 2, fits.places) / 2
    assert bias == pytest.approx(errors.bias[errors.capacities.index(5)], rel=0.01)


def test_sentences_name_what_helps() -> None:
    poor, rich = values_of(capacity="2"), values_of(capacity="13")
    assert "bias: a richer model helps" in tradeoff_sentences(tradeoff_of(poor), poor)[1]
    assert "variance: more rows" in tradeoff_sentences(tradeoff_of(rich), rich)[1]
    best = values_of(capacity=str(tradeoff_of(poor).best))
    assert tradeoff_sentences(tradeoff_of(best), best)[1] == "No other capacity here has a smaller sum."


# ---- double descent ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [10, 20, 30])
@pytest.mark.parametrize("truth", ["sine", "step"])
def test_the_peak_is_at_as_many_functions_as_rows(rows: int, truth: str) -> None:
    errors = by_capacity(values_of(part="capacity", rows=str(rows), truth=truth))
    assert abs(errors.peak - rows) <= 1
    early = errors.error[: errors.at(rows) - 1].min()
    assert errors.error[errors.at(errors.peak)] > 100 * early
    assert errors.error[-1] < 4 * early
    assert (errors.training[errors.at(rows) :] < 1e-6).all()


def test_a_penalty_removes_the_peak() -> None:
    values = values_of(part="capacity", ridge="0.001")
    errors = by_capacity(values)
    assert errors.error.max() <= 2 * errors.error[0]
    assert capacity_sentences(errors, values)[1].startswith("With this penalty there is no peak")


def test_beyond_the_peak_every_row_is_hit_and_coefficients_shrink() -> None:
    values = values_of(part="capacity", functions="500")
    fits, errors = smallest_fits(values), by_capacity(values)
    np.testing.assert_allclose(np.interp(fits.x, fits.places, fits.mean), fits.y, atol=0.05)
    sizes = errors.size[[errors.at(count) for count in (20, 50, 500)]]
    assert (np.diff(sizes) < 0).all()


def test_gradient_descent_by_epoch_is_gradient_descent() -> None:
    values = values_of(part="epochs", scale="0.5", noise="0.6", seed="3")
    errors = by_epoch(values)
    scales = np.repeat([1.0, 0.5], [FAST, SLOW])
    signals = np.repeat([FAST_SIGNAL / np.sqrt(FAST), SLOW_SIGNAL / np.sqrt(SLOW)], [FAST, SLOW])
    total, training = np.zeros(101), np.zeros(101)
    for number in range(30):
        random = np.random.default_rng((3, number))
        true = random.standard_normal(FAST + SLOW) * signals / scales
        x = random.standard_normal((ROWS, FAST + SLOW)) * scales
        y = x @ true + 0.6 * random.standard_normal(ROWS)
        rate, weights = 1 / np.linalg.norm(x, 2) ** 2, np.zeros(FAST + SLOW)
        for step in range(1, 101):
            weights -= rate * x.T @ (x @ weights - y)
            total[step] += (((weights - true) * scales) ** 2).sum() / 30
            training[step] += ((x @ weights - y) ** 2).mean() / 30
    for epoch in (1, 10, 100):
        assert errors.error[errors.at(epoch)] == pytest.approx(total[epoch] + 0.36, rel=1e-8)
        assert errors.training[errors.at(epoch)] == pytest.approx(training[epoch], rel=1e-8)


@pytest.mark.parametrize("seed", ["0", "1", "2"])
def test_two_speeds_have_two_valleys_and_one_speed_has_a_lower_one(seed: str) -> None:
    values = values_of(part="epochs", seed=seed)
    two, one = by_epoch(values), by_epoch(values_of(part="epochs", seed=seed, apart="true"))
    assert len(two.valleys) == 2
    assert len(one.valleys) == 1
    assert one.error.min() < two.error.min()
    assert "Two valleys" in epoch_sentences(two, values)[1]


# ---- dropout -------------------------------------------------------------------------------------------------------


def test_the_expected_loss_is_the_mean_over_every_mask_and_the_weights_are_its_best() -> None:
    values = values_of(part="dropout", units="6", drop="0.4", seed="5")
    layer = dropped_of(values)
    inside, middle = hidden(layer.x, 6, 5), layer.y.mean()

    def expected(weights: np.ndarray) -> float:
        loss = 0.0
        for mask in itertools.product([0, 1], repeat=6):
            chance = np.prod([0.6 if stays else 0.4 for stays in mask])
            answers = middle + inside @ (np.array(mask) * weights / 0.6)
            loss += float(chance * ((answers - layer.y) ** 2).mean())
        return loss

    assert layer.expected == pytest.approx(expected(layer.weights), rel=1e-9)
    random = np.random.default_rng(0)
    for _ in range(20):
        assert expected(layer.weights + 0.01 * random.standard_normal(6)) > layer.expected
    assert layer.with_masks == pytest.approx(layer.expected, rel=0.1)
    assert layer.without < layer.expected


def test_the_mean_of_masked_passes_is_the_scaled_pass_for_a_number_and_not_for_a_probability() -> None:
    for output, apart in (("number", False), ("probability", True)):
        layer = dropped_of(values_of(part="dropout", output=output, drop="0.5", at="0.3", units="12"))
        error = layer.masked.std(0) / np.sqrt(len(layer.masked))
        far = np.abs(layer.masked.mean(0) - layer.scaled) > 5 * error
        assert far.any() == apart


def test_a_mask_keeps_its_share_of_units_and_nothing_dropped_is_no_mask() -> None:
    layer = dropped_of(values_of(part="dropout", drop="0.3"))
    assert layer.masks.mean() == pytest.approx(0.7, abs=0.02)
    whole = values_of(part="dropout", drop="0")
    layer = dropped_of(whole)
    np.testing.assert_allclose(layer.masked, np.broadcast_to(layer.scaled, layer.masked.shape))
    assert dropout_sentences(layer, whole) == ["Nothing is dropped: every pass is the same."]


# ---- links, presets, scripts ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", PRESETS)
def test_every_preset_is_read_without_a_complaint_and_written_back(key: str) -> None:
    preset = PRESETS[key]
    assert CODEC.write(values_of(**preset.query)) == dict(preset.query)
    assert len(preset.look_for.split()) <= 20


@pytest.mark.parametrize("part", ["tradeoff", "capacity", "epochs"])
def test_the_script_prints_the_page_s_own_numbers(part: str) -> None:
    values = values_of(**({"part": part} if part != "tradeoff" else {"sets": "30", "rows": "40"}))
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", generalization_code(values)], capture_output=True, text=True, check=True
    )
    lines = ran.stdout.splitlines()
    printed = [float(line.rsplit(maxsplit=1)[1]) for line in lines]
    if part == "tradeoff":
        expected = list(tradeoff_of(values).total)
    elif part == "capacity":
        errors = by_capacity(values)
        expected = [errors.error[errors.at(count)] for count in (5, 10, 15, 20, 25, 30, 50, 100, 200, 500)]
    else:
        errors = by_epoch(values)
        told = [int(line.split(":")[0].split()[1].replace(",", "")) for line in lines]
        assert told == list(errors.epochs)
        expected = list(errors.error)
    np.testing.assert_allclose(printed, expected, rtol=2e-3)


def test_the_script_of_dropout_runs_and_its_passes_agree() -> None:
    code = generalization_code(values_of(part="dropout"))
    ran = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True)
    words = ran.stdout.split()
    mean, error, scaled = float(words[5]), float(words[7]), float(words[-1])
    assert abs(mean - scaled) < 5 * error


def test_what_a_link_may_say_of_networks_is_what_a_worker_may_be_asked() -> None:
    for rows in ("5", "7.3", "200"):
        assert spread_request(values_of(model="networks", rows=rows)).values.rows == int(float(rows))
    errors = spread_of(values_of(model="networks"), {})
    assert errors.capacities == ()
    assert tradeoff_sentences(errors, values_of(model="networks", width="5")) == []


@pytest.mark.parametrize(
    "query", [{"model": "networks", "rows": "20"}, {"part": "scaling"}, {"part": "scaling", "learn": "digits"}]
)
def test_scripts_with_networks_run_and_print_each_width(query: dict[str, str]) -> None:
    """With few steps and five widths: the same lines, sooner."""
    code = re.sub(r"\((\d+, ){6,}\d+\)", "(4, 6, 8, 12, 16)", generalization_code(values_of(**query)))
    code = code.replace("range(2000)", "range(40)").replace(
        "SEED, STEPS, BATCH = 4, 0, 2000", "SEED, STEPS, BATCH = 2, 0, 40"
    )
    ran = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    lines = ran.stdout.splitlines()
    assert [int(line.split()[0]) for line in lines[:5]] == sorted(int(line.split()[0]) for line in lines[:5])
    if query.get("part") == "scaling":
        assert lines[5].startswith("exponent")
        return
    for line in lines:
        told = [float(number) for number in re.findall(r"(?<= )[0-9][0-9.e-]*(?=[ ,]|$)", line)]
        assert told[1] + told[2] + told[3] == pytest.approx(told[4], rel=0.01)
        assert told[5] == pytest.approx(told[4], rel=0.2)
