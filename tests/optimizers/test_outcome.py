"""Outcomes on surfaces whose facts are known in closed form, and the sentences that tell them."""

# ruff: noqa: RUF001 (the sentences hold multiplication and minus signs)

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

from landscapes import LANDSCAPES, parse_formula
from optimizers import OPTIMIZERS, descend
from optimizers.outcome import Outcome, analyse, explain
from tests.optimizers.surfaces import Quadratic, surface

WINDOW = ((-2.0, 2.0), (-2.0, 2.0))
BOWL = Quadratic(1.0, 50.0)


def _bowl(
    key: str = "sgd", steps: int = 200, start: tuple[float, float] = (1.5, 1.0), noise: float = 0.0, **values: Any
):
    path = descend(BOWL, OPTIMIZERS[key], start=start, steps=steps, noise=noise, **values)
    return path, analyse(BOWL, path, minima=[(0.0, 0.0)], minimum=0.0, domain=WINDOW, noise=noise)


def _on(key: str, optimizer: str, steps: int = 500, start: Any = None, noise: float = 0.0, **values: Any) -> Outcome:
    land = LANDSCAPES[key]
    path = descend(
        land, OPTIMIZERS[optimizer], start=land.start if start is None else start, steps=steps, noise=noise, **values
    )
    return analyse(
        land,
        path,
        minima=land.minima,
        minimum=land.minimum,
        saddles=land.saddles,
        domain=land.domain,
        noise=noise,
    )


# Divergence


def test_beyond_the_limit_gradient_descent_diverges_and_the_product_says_so():
    _, outcome = _bowl(lr=2.1 / 50, steps=300)
    assert outcome.state == "diverged"
    assert outcome.product == pytest.approx(2.1, rel=1e-12)
    assert outcome.rate == pytest.approx(0.042)
    assert outcome.limit == 2.0
    sentence = explain(outcome, "SGD")
    assert re.fullmatch(r"SGD diverges at step \d+: rate 0\.042 × curvature 50 = 2\.1 exceeds the limit 2\.", sentence)


def test_an_overflow_is_dated_by_the_first_entry_that_is_not_finite():
    path, outcome = _bowl(lr=10.0, steps=500)
    assert outcome.state == "diverged"
    assert outcome.diverged_at == path.first_nonfinite > 0
    assert outcome.last == path.first_nonfinite - 1
    assert outcome.label == f"diverged at step {path.first_nonfinite}"


def test_momentum_is_judged_by_its_own_limit():
    _, within = _bowl("momentum", lr=3.7 / 50, steps=3000)
    _, beyond = _bowl("momentum", lr=3.9 / 50, steps=3000)
    assert within.state != "diverged"
    assert beyond.state == "diverged"
    assert "3.9 exceeds the limit 3.8" in explain(beyond, "Momentum")


def test_steeper_ground_met_on_the_way_is_named():
    land = surface("styblinski_tang")  # curvature 6 x^2 - 16: negative at the start, 34 at x = 2.9
    path = descend(land, OPTIMIZERS["momentum"], start=(0.6, 0.9), steps=100, lr=0.1)
    outcome = analyse(land, path, minimum=-78.3323, minima=[(-2.9035, -2.9035)], domain=((-5, 5), (-5, 5)))
    assert outcome.state == "diverged"
    assert outcome.first_product is not None
    assert outcome.first_product < 3.8
    assert outcome.product is not None
    assert outcome.product > 3.8
    assert re.search(r"at step \d+, rate 0\.1 × curvature .* passes the limit 3\.8", explain(outcome, "Momentum"))


def test_newton_on_a_singular_hessian_is_explained_by_the_eigenvalue():
    flat = Quadratic(1.0, 0.0, b=(0.0, 1.0))
    path = descend(flat, OPTIMIZERS["newton"], start=(1.0, 1.0), steps=3)
    outcome = analyse(flat, path, domain=WINDOW)
    assert outcome.state == "diverged"
    assert "eigenvalue of 0" in explain(outcome, "Newton")


# Convergence


def test_reaching_the_minimum_is_dated_by_the_first_step_from_which_it_holds():
    path, outcome = _bowl(lr=1.0 / 50, steps=1000)
    threshold = 1e-6 * path.values[0]
    expected = int(np.argmax(path.values <= threshold))
    assert outcome.state == "converged"
    assert outcome.threshold == pytest.approx(threshold)
    assert outcome.steps_to_tolerance == expected
    assert outcome.evaluations_to_tolerance == path.evaluations[expected]
    assert str(expected) in explain(outcome, "SGD")


def test_a_path_that_leaves_the_minimum_again_has_not_reached_it():
    bowl = Quadratic(1.0, 1.0)
    path = descend(bowl, OPTIMIZERS["lion"], start=(1.0, 1.0), steps=21, lr=0.1)
    outcome = analyse(bowl, path, minima=[(0.0, 0.0)], minimum=0.0, domain=WINDOW, tolerance=1e-3)
    assert (path.values <= 1e-3).any()
    assert path.values[-1] > 1e-3
    assert outcome.steps_to_tolerance is None


def test_newton_on_a_bowl_needs_one_step_of_three_evaluations():
    _, outcome = _bowl("newton", steps=5)
    assert (outcome.steps_to_tolerance, outcome.evaluations_to_tolerance) == (1, 3)
    assert explain(outcome, "Newton").endswith("in 1 step, 3 evaluations.")


def test_overshoot_is_the_share_of_the_way_beyond_the_minimum():
    line = Quadratic(1.0, 1.0)
    path = descend(line, OPTIMIZERS["sgd"], start=(1.0, 0.0), steps=200, lr=1.5)  # x -> -x / 2
    outcome = analyse(line, path, minima=[(0.0, 0.0)], minimum=0.0, domain=WINDOW)
    assert outcome.overshoot == pytest.approx(0.5)
    assert "overshooting by 50 % of the way" in explain(outcome, "SGD")


def test_a_local_minimum_is_told_from_the_global_one():
    outcome = _on("styblinski_tang", "sgd", start=(2.0, -2.0), lr=0.01)
    assert outcome.state == "local minimum"
    # Both coordinates have minima at -2.9035 and at 2.7468; one coordinate is in the higher one.
    assert outcome.gap == pytest.approx(14.13667, abs=1e-4)
    assert outcome.eigenvalues[0] > 0
    assert "local minimum 14.1 above the global one" in explain(outcome, "SGD")
    assert _on("styblinski_tang", "sgd", start=(-2.0, -2.0), lr=0.01).state == "converged"


def test_where_no_minimum_is_known_a_stationary_point_of_positive_curvature_counts():
    path = descend(BOWL, OPTIMIZERS["sgd"], start=(1.5, 1.0), steps=1000, lr=0.03)
    outcome = analyse(BOWL, path, domain=WINDOW)
    assert outcome.state == "converged"
    assert outcome.gap is None
    assert "both curvatures positive (1 and 50)" in explain(outcome, "SGD")


# Saddles, plateaus, slopes without end


def test_newton_is_stuck_at_the_saddle_and_the_eigenvalue_is_named():
    outcome = _on("saddle", "newton")
    assert outcome.state == "saddle"
    assert outcome.eigenvalues == (-2.0, 2.0)
    assert explain(outcome, "Newton") == (
        "Newton is stuck at a saddle: the gradient is 0 and the smallest Hessian eigenvalue is −2."
    )


def test_a_saddle_without_curvature_is_known_by_its_place():
    outcome = _on("monkey_saddle", "newton", steps=60)
    assert outcome.state == "saddle"
    assert abs(outcome.eigenvalues[0]) < 1e-6


def test_the_doubling_time_at_a_saddle_is_that_of_its_negative_curvature():
    saddle = Quadratic(2.0, -2.0)
    path = descend(saddle, OPTIMIZERS["sgd"], start=(1.0, 1e-7), steps=400, lr=0.01)  # y grows by 1.02 a step
    outcome = analyse(saddle, path, saddles=[(0.0, 0.0)], domain=WINDOW)
    assert outcome.state == "saddle"
    assert outcome.doubling == pytest.approx(np.log(2) / np.log(1.02), rel=1e-6)
    assert "doubles every 35 steps" in explain(outcome, "SGD")


def test_newton_climbs_to_a_maximum():
    outcome = _on("styblinski_tang", "newton", start=(0.2, 0.2))
    assert outcome.state == "maximum"
    assert outcome.eigenvalues[1] < 0


def test_a_surface_without_a_bottom_is_fallen_down_not_diverged():
    outcome = _on("saddle", "momentum")
    assert outcome.state == "falling"
    assert outcome.left_domain_at is not None
    assert outcome.final_value < -10
    overflow = _on("saddle", "bfgs")
    assert overflow.state == "falling"
    assert "overflows" in explain(overflow, "BFGS")


def test_far_out_on_a_plateau_the_gradient_does_not_account_for_the_gap():
    outcome = _on("plateau", "sgd", lr=1e-3)
    assert outcome.state == "plateau"
    assert outcome.distance is not None
    assert outcome.gap is not None
    assert outcome.gradient_norm * outcome.distance < 0.25 * outcome.gap
    assert explain(outcome, "SGD").startswith("SGD is on a plateau: the gradient is 0.0")


# Valleys


def test_near_the_limit_every_step_crosses_the_valley():
    _, outcome = _bowl(lr=1.95 / 50, steps=60)
    assert outcome.state == "moving"
    assert outcome.zigzag == 1.0
    assert outcome.condition_number == pytest.approx(50.0)
    assert outcome.product == pytest.approx(1.95)
    assert explain(outcome, "SGD") == (
        "SGD crosses the valley at 100 % of its steps (rate × curvature 1.95, limit 2) "
        "and creeps along it: condition number 50."
    )


def test_far_below_the_limit_no_step_crosses_the_valley_and_the_rate_is_named():
    _, outcome = _bowl(lr=0.001, steps=200)
    assert outcome.state == "moving"
    assert outcome.zigzag == 0.0
    # x shrinks by 0.999 a step, y by 0.95, so what is left of the way is x alone.
    left = 1.5 * 0.999**200
    assert outcome.distance == pytest.approx(left, rel=1e-4)
    assert outcome.start_distance == np.hypot(1.5, 1.0)
    assert "rate × curvature is 0.05, far below the limit 2" in explain(outcome, "SGD")


def test_between_the_two_the_condition_number_is_named():
    _, outcome = _bowl(lr=1.0 / 50, steps=60)
    assert outcome.state == "moving"
    assert explain(outcome, "SGD") == (
        f"SGD still moves, {1.5 * 0.98**60:.3f} from the minimum (1.8 at the start): "
        "with condition number 50, the gap shrinks tenfold every 57 steps."
    )


def test_every_path_of_a_race_is_measured_by_its_distance_to_the_minimum():
    """The one that stands nearest the minimum in the picture has the smallest number in its sentence."""
    rates = {"sgd": 0.001, "momentum": 0.0013, "rmsprop": 0.024, "adam": 0.18}
    for name, rate in rates.items():
        outcome = _on("rosenbrock", name, lr=rate)
        away = np.hypot(outcome.final_point[0] - 1, outcome.final_point[1] - 1)
        assert outcome.distance == pytest.approx(away)
        told = re.search(r"still moves, ([\d.]+) from the minimum \(([\d.]+) at the start\)", explain(outcome, name))
        assert told is not None
        assert float(told[1]) == pytest.approx(away, rel=5e-3)
        assert float(told[2]) == pytest.approx(np.hypot(2.5, 1.0), rel=5e-3)


def test_on_a_curve_of_minima_distance_is_to_the_curve():
    land = LANDSCAPES["deep_linear"]
    path = descend(land, OPTIMIZERS["sgd"], start=land.start, steps=200, lr=0.033)
    outcome = analyse(land, path, minima=land.minima, minimum=land.minimum, distance=land.distance, domain=land.domain)
    assert outcome.distance == pytest.approx(0, abs=1e-6)
    assert outcome.nearest is None  # the minima that stand for the curve are far from here
    assert outcome.overshoot == 0


def test_the_pace_is_that_of_the_flat_direction():
    _, outcome = _bowl(lr=1.0 / 50, steps=60)
    assert outcome.steps_per_decade == pytest.approx(np.log(10) / (-2 * np.log(0.98)), rel=1e-3)


def test_exactly_at_the_limit_the_path_swings_for_ever():
    _, outcome = _bowl(lr=2.0 / 50, steps=500)
    assert outcome.state == "oscillating"
    assert outcome.product == pytest.approx(2.0)
    assert "rate × curvature is 2 (limit 2)" in explain(outcome, "SGD")


def test_sign_steps_that_cannot_shrink_swing_around_the_minimum():
    _, outcome = _bowl("lion", lr=0.05, steps=500, start=(1.52, 1.01))
    assert outcome.state == "oscillating"
    assert outcome.last_step == pytest.approx(0.05 * np.sqrt(2), rel=1e-6)


def test_steps_that_shrink_to_nothing_are_told_from_arriving():
    bowl = Quadratic(1.0, 1.0)
    schedule = _schedule("exponential", gamma=0.8)
    path = descend(bowl, OPTIMIZERS["sgd"], start=(1.5, 1.0), steps=200, lr=0.1, schedule=schedule)
    outcome = analyse(bowl, path, minima=[(0.0, 0.0)], minimum=0.0, domain=WINDOW)
    assert outcome.state == "stalled"
    assert outcome.rate_left is not None
    assert outcome.rate_left < 1e-6
    left = 1.5 * np.prod(1 - 0.1 * 0.8 ** np.arange(200))
    assert outcome.final_point[0] == pytest.approx(left, rel=1e-9)
    assert "its steps have shrunk from 0.18 to 0, although the gradient is 1.08" in explain(outcome, "SGD")


def _schedule(key: str, **values: Any):
    from optimizers import SCHEDULES

    return SCHEDULES[key].choose(**values)


def test_adagrad_running_out_of_steps_is_told_by_its_rate():
    _, outcome = _bowl("adagrad", lr=0.01, steps=500)
    assert outcome.state == "moving"
    assert outcome.rate_left is not None
    assert outcome.rate_left < 0.1
    assert "its effective rate has fallen to" in explain(outcome, "Adagrad")


def test_a_path_that_drifts_off_is_followed_out_of_the_window():
    outcome = _on("beale", "trust_region")
    assert outcome.state == "moving"
    assert not outcome.inside
    assert f"leaves the window at step {outcome.left_domain_at}" in explain(outcome, "Trust region")


def test_a_point_held_by_weight_decay_is_not_taken_for_a_minimum():
    bowl = Quadratic(1.0, 1.0, b=(1.0, 0.0))  # minimum at (1, 0); with decay 0.25 in the gradient at (0.8, 0)
    path = descend(bowl, OPTIMIZERS["sgd"], start=(-1.0, 1.0), steps=500, lr=0.3, weight_decay=0.25)
    outcome = analyse(bowl, path, minima=[(1.0, 0.0)], minimum=-0.5, domain=WINDOW)
    assert outcome.state == "held"
    assert outcome.distance == pytest.approx(0.2)
    assert outcome.decay_pull == pytest.approx(outcome.gradient_norm)
    assert explain(outcome, "SGD") == (
        "SGD rests 0.2 from the minimum, held by its weight decay: a pull of 0.2 against a gradient of 0.2."
    )
    path = descend(bowl, OPTIMIZERS["adamw"], start=(-1.0, 1.0), steps=3000, lr=0.01, weight_decay=2.0)
    outcome = analyse(bowl, path, minima=[(1.0, 0.0)], minimum=-0.5, domain=WINDOW)
    assert outcome.state == "held"
    assert "weight decay of 2 undoes its steps" in explain(outcome, "AdamW")


# Noise


def test_noise_holds_a_path_above_the_minimum_at_the_theoretical_height():
    bowl = Quadratic(1.0, 1.0)
    path = descend(bowl, OPTIMIZERS["sgd"], start=(1.0, 1.0), steps=20_000, lr=0.1, noise=0.5, seed=3)
    outcome = analyse(bowl, path, minima=[(0.0, 0.0)], minimum=0.0, domain=WINDOW, noise=0.5)
    assert outcome.state == "hovering"
    # x <- (1 - r) x - r sigma xi has variance r sigma^2 / (2 - r) in each of two coordinates; f is half their sum.
    assert outcome.noise_floor == pytest.approx(0.1 * 0.25 / 1.9, rel=0.1)
    assert "held up by gradient noise of 0.5" in explain(outcome, "SGD")


def test_a_local_minimum_is_seen_through_noise():
    outcome = _on("styblinski_tang", "sgd", lr=0.02, noise=0.3)
    assert outcome.state == "local minimum"


# All of it


def test_a_batch_of_paths_is_refused_with_its_shape():
    path = descend(BOWL, OPTIMIZERS["sgd"], start=np.ones((3, 2)), steps=2)
    with pytest.raises(ValueError, match=r"batch shape \(3,\); allowed is one path"):
        analyse(BOWL, path)


def test_a_start_where_f_is_not_finite_is_an_outcome_too():
    land = surface("logarithm")
    path = descend(land, OPTIMIZERS["sgd"], start=(-3.0, 0.0), steps=3)
    outcome = analyse(land, path, domain=WINDOW)
    assert outcome.state == "undefined"
    assert explain(outcome, "SGD") == "SGD starts at (−3, 0), where f is not defined."


def test_a_path_that_leaves_the_domain_of_f_does_not_overflow():
    land = parse_formula("log(x)", domain=((-3.0, 3.0), (-3.0, 3.0)))
    path = descend(land, OPTIMIZERS["momentum"], start=(2.25, -0.6), steps=500, lr=0.001)
    outcome = analyse(land, path, domain=land.domain)
    assert outcome.state == "undefined"
    assert outcome.label == f"left the domain of f at step {path.first_nonfinite}"
    sentence = explain(outcome, "Momentum")
    assert re.search(r"leaves the domain of f at step \d+: after \(0\.0\d+, −0\.6\)", sentence)
    assert "overflow" not in sentence
    at_once = descend(land, OPTIMIZERS["sgd"], start=(0.1, 0.0), steps=5, lr=1.0)
    assert analyse(land, at_once, domain=land.domain).state == "undefined"
    overflow = _on("saddle", "bfgs")
    assert overflow.state == "falling"


def test_no_plateau_where_the_gradient_is_steep():
    land = parse_formula("exp(exp(exp(x)))", domain=((-3.0, 3.0), (-3.0, 3.0)))
    for key, rate in {"rmsprop": 0.024, "adam": 0.24}.items():
        path = descend(land, OPTIMIZERS[key], start=land.start, steps=500, lr=rate)
        outcome = analyse(land, path, domain=land.domain)
        assert outcome.gradient_norm > 10
        assert outcome.state in ("stalled", "moving")
    flat = parse_formula("exp(-x)", domain=((-3.0, 30.0), (-3.0, 3.0)))
    path = descend(flat, OPTIMIZERS["sgd"], start=(15.0, 0.0), steps=100, lr=0.1)
    assert analyse(flat, path, domain=flat.domain).state != "moving"


RATES = {"sgd": 0.02, "momentum": 0.1, "rmsprop": 0.1, "adam": 0.1, "lion": 0.5, "nesterov": 1e100}


@pytest.mark.parametrize("key", list(LANDSCAPES))
def test_every_rule_gets_one_short_sentence_with_numbers_on_every_surface(key):
    for name, rule in OPTIMIZERS.items():
        values = {"lr": RATES[name]} if name in RATES else {}
        outcome = _on(key, name, steps=60, **values)
        sentence = explain(outcome, rule.name)
        assert sentence == explain(_on(key, name, steps=60, **values), rule.name)
        assert sentence.startswith(f"{rule.name} ")
        assert sentence.endswith(".")
        assert re.search(r"\d", sentence), sentence
        assert len(sentence.removeprefix(rule.name).split()) <= 25, sentence
        assert not re.search(r"nan|undefined|None|∞|inf\b|e-\d|(?<![\d.])\d{5}", sentence), sentence
        assert outcome.label
