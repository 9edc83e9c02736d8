"""``descend``: batches, noise, counting, divergence, records, schedules, and what it refuses."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from landscapes import LANDSCAPES
from optimizers import MAX_STEPS, OPTIMIZERS, SCHEDULES, descend, rest

ROSENBROCK = LANDSCAPES["rosenbrock"]
HIMMELBLAU = LANDSCAPES["himmelblau"]
SGD, ADAM, MOMENTUM = OPTIMIZERS["sgd"], OPTIMIZERS["adam"], OPTIMIZERS["momentum"]


class Counted:
    """An objective that counts what reaches it."""

    def __init__(self, objective):
        self.objective, self.calls = objective, {"value": 0, "gradient": 0, "hessian": 0}

    def value(self, points):
        self.calls["value"] += 1
        return self.objective.value(points)

    def gradient(self, points):
        self.calls["gradient"] += 1
        return self.objective.gradient(points)

    def hessian(self, points):
        self.calls["hessian"] += 1
        return self.objective.hessian(points)


def test_shapes_and_the_start_of_every_record():
    path = descend(HIMMELBLAU, ADAM, start=[[0.3, -1.4], [1.0, 1.0], [-2.0, 0.5]], steps=20)
    assert path.steps == 20
    assert path.points.shape == (21, 3, 2)
    assert path.values.shape == path.evaluations.shape == path.rates.shape == (21, 3)
    assert path.first_nonfinite.shape == (3,)
    assert {name: state.shape for name, state in path.states.items()} == {"m": (21, 3, 2), "v": (21, 3, 2)}
    assert path.evaluations.dtype == path.first_nonfinite.dtype == np.int64
    np.testing.assert_array_equal(path.points[0], [[0.3, -1.4], [1.0, 1.0], [-2.0, 0.5]])
    np.testing.assert_array_equal(path.states["m"][0], 0.0)
    np.testing.assert_array_equal(path.evaluations[0], 0)
    np.testing.assert_array_equal(path.values, HIMMELBLAU.value(path.points))


def test_one_start_has_no_batch_axis():
    path = descend(HIMMELBLAU, ADAM, start=(0.3, -1.4), steps=20)
    assert path.points.shape == (21, 2)
    assert path.values.shape == path.rates.shape == (21,)
    assert path.first_nonfinite.shape == ()
    assert path.first_nonfinite == -1


def test_an_array_of_64_rates_gives_64_paths_equal_one_by_one():
    rates = np.geomspace(1e-4, 1.0, 64)
    together = descend(HIMMELBLAU, ADAM, start=(0.3, -1.4), steps=100, lr=rates)
    assert together.points.shape == (101, 64, 2)
    for i in (0, 17, 63):
        alone = descend(HIMMELBLAU, ADAM, start=(0.3, -1.4), steps=100, lr=float(rates[i]))
        np.testing.assert_array_equal(alone.points, together.points[:, i])
        np.testing.assert_array_equal(alone.states["v"], together.states["v"][:, i])
        np.testing.assert_array_equal(alone.rates, together.rates[:, i])


def test_rates_and_starts_broadcast_to_a_grid_that_crosses_blocks():
    rates, starts = np.geomspace(1e-4, 1e-1, 100), np.random.default_rng(2).uniform(-3, 3, (100, 1, 2))
    together = descend(HIMMELBLAU, MOMENTUM, start=starts, steps=30, lr=rates)
    assert together.points.shape == (31, 100, 100, 2)  # 10,000 paths: two blocks
    for i, j in ((0, 0), (20, 99), (99, 99), (99, 0), (81, 91), (81, 92)):
        alone = descend(HIMMELBLAU, MOMENTUM, start=starts[i, 0], steps=30, lr=float(rates[j]))
        np.testing.assert_array_equal(alone.points, together.points[:, i, j])
        np.testing.assert_array_equal(alone.values, together.values[:, i, j])
        assert alone.first_nonfinite == together.first_nonfinite[i, j]


def test_noise_is_fixed_by_the_seed_shared_by_the_batch_and_the_same_for_longer_runs():
    settings: dict[str, Any] = {"noise": 5.0, "lr": 0.01}
    one = descend(HIMMELBLAU, SGD, start=(0.3, -1.4), steps=50, seed=3, **settings)
    again = descend(HIMMELBLAU, SGD, start=[[0.3, -1.4], [2.0, 2.0]], steps=80, seed=3, **settings)
    other = descend(HIMMELBLAU, SGD, start=(0.3, -1.4), steps=50, seed=4, **settings)
    quiet = descend(HIMMELBLAU, SGD, start=(0.3, -1.4), steps=50, lr=0.01)
    np.testing.assert_array_equal(one.points, again.points[:51, 0])
    assert not np.array_equal(one.points, other.points)
    assert not np.array_equal(one.points, quiet.points)


def test_noise_has_the_standard_deviation_it_is_given():
    flat = LANDSCAPES["plateau"]
    path = descend(flat, SGD, start=(-3.4, 2.3), steps=20_000, lr=1e-9, noise=0.7)
    gradients = -np.diff(path.points, axis=0) / 1e-9 - flat.gradient(path.points[:-1])
    np.testing.assert_allclose(gradients.mean(0), 0.0, atol=0.02)
    np.testing.assert_allclose(gradients.std(0), 0.7, rtol=0.02)


def test_values_are_recorded_without_noise():
    path = descend(HIMMELBLAU, SGD, start=(0.3, -1.4), steps=30, lr=0.01, noise=5.0)
    np.testing.assert_array_equal(path.values, HIMMELBLAU.value(path.points))


def test_a_rule_that_looks_twice_sees_the_same_noise_twice():
    """SAM without a climb is SGD, with noise too: its second gradient carries the noise of the first."""
    settings: dict[str, Any] = {"start": (0.3, -1.4), "steps": 40, "lr": 0.01, "noise": 2.0, "seed": 1}
    np.testing.assert_allclose(
        descend(HIMMELBLAU, OPTIMIZERS["sam"], rho=0.0, **settings).points,
        descend(HIMMELBLAU, SGD, **settings).points,
        rtol=1e-12,
    )


# Rules that search ask for points that do not pay; test_curvature_rules counts those.
SEARCHING = {
    "gd_backtracking",
    "coordinate_descent",
    "conjugate_gradient",
    "damped_newton",
    "trust_region",
    "bfgs",
    "lbfgs",
}


@pytest.mark.parametrize("key", [key for key in OPTIMIZERS if key not in SEARCHING])
def test_evaluations_are_what_the_objective_was_asked(key):
    counted = Counted(HIMMELBLAU)
    path = descend(counted, OPTIMIZERS[key], start=(0.3, -1.4), steps=25)
    asked = counted.calls["value"] + counted.calls["gradient"] + 2 * counted.calls["hessian"]
    assert path.evaluations[-1] == asked - 1  # the values of the record come after the run, in one call


def test_a_schedule_that_watches_the_loss_is_not_charged():
    path = descend(HIMMELBLAU, SGD, start=(0.3, -1.4), steps=25, schedule=SCHEDULES["reduce_on_plateau"])
    assert path.evaluations[-1] == 25


def test_divergence_is_recorded_and_frozen_at_the_last_finite_entry():
    path = descend(ROSENBROCK, MOMENTUM, start=(-1.5, 2.0), steps=200, lr=0.01)
    first = int(path.first_nonfinite)
    assert 0 < first < 30
    assert np.isfinite(path.points).all()
    assert np.isfinite(path.values).all()
    assert len(path.points) == len(path.values) == len(path.rates) == len(path.evaluations) == 201
    np.testing.assert_array_equal(path.points[first:], np.broadcast_to(path.points[first - 1], (201 - first, 2)))
    np.testing.assert_array_equal(path.values[first:], path.values[first - 1])
    np.testing.assert_array_equal(
        path.states["m"][first:], np.broadcast_to(path.states["m"][first - 1], (201 - first, 2))
    )
    np.testing.assert_array_equal(path.evaluations[first:], first)
    np.testing.assert_array_equal(path.evaluations[:first], np.arange(first))
    # The step that overflowed is the named rule's own: a plain loop overflows at the same step.
    x, m = np.array([-1.5, 2.0]), np.zeros(2)
    with np.errstate(all="ignore"):
        for k in range(first):
            np.testing.assert_allclose(x, path.points[k], rtol=1e-9)
            m = 0.9 * m + ROSENBROCK.gradient(x)
            x = x - 0.01 * m
        assert not np.isfinite(ROSENBROCK.value(x))


def test_a_run_that_has_diverged_is_not_computed_to_its_end():
    counted = Counted(ROSENBROCK)
    path = descend(counted, SGD, start=(-1.5, 2.0), steps=50_000, lr=1.0)
    assert path.points.shape == (50_001, 2)
    assert counted.calls["gradient"] < 100


def test_a_diverged_path_leaves_its_neighbours_alone():
    rates = np.array([1e-3, 1.0, 2e-3, 0.5])
    together = descend(ROSENBROCK, SGD, start=(-1.5, 2.0), steps=300, lr=rates)
    np.testing.assert_array_equal(together.first_nonfinite >= 0, [False, True, False, True])
    for i, rate in enumerate(rates.tolist()):
        alone = descend(ROSENBROCK, SGD, start=(-1.5, 2.0), steps=300, lr=rate)
        for name in ("points", "values", "evaluations", "rates"):
            np.testing.assert_array_equal(getattr(alone, name), getattr(together, name)[:, i], err_msg=name)
        assert alone.first_nonfinite == together.first_nonfinite[i]


def test_a_scheduled_rate_is_frozen_with_its_path():
    chosen = SCHEDULES["cosine"].choose()
    alone = descend(ROSENBROCK, SGD, start=(-1.5, 2.0), steps=300, lr=1.0, schedule=chosen)
    together = descend(ROSENBROCK, SGD, start=(-1.5, 2.0), steps=300, lr=np.array([1e-4, 1.0]), schedule=chosen)
    np.testing.assert_array_equal(alone.rates, together.rates[:, 1])
    first = int(alone.first_nonfinite)
    np.testing.assert_array_equal(alone.rates[first:], alone.rates[first - 1])


def test_an_objective_that_is_not_finite_at_the_start_says_so_at_entry_0():
    class Undefined:
        def value(self, points):
            return np.log(points[..., 0])

        def gradient(self, points):
            return np.stack([1 / points[..., 0], 0 * points[..., 1]], -1)

        def hessian(self, points):
            raise NotImplementedError

    path = descend(Undefined(), SGD, start=(-1.0, 2.0), steps=5)
    assert path.first_nonfinite == 0
    np.testing.assert_array_equal(path.points, np.broadcast_to([-1.0, 2.0], (6, 2)))


def test_recording_points_only_changes_nothing_else():
    everything = descend(HIMMELBLAU, ADAM, start=[[0.3, -1.4], [2.0, 2.0]], steps=40)
    points = descend(HIMMELBLAU, ADAM, start=[[0.3, -1.4], [2.0, 2.0]], steps=40, record="points")
    assert points.states == {}
    np.testing.assert_array_equal(points.points, everything.points)
    np.testing.assert_array_equal(points.evaluations, everything.evaluations)


def test_the_result_is_read_only_and_shares_nothing_with_what_was_given():
    start = np.array([[0.3, -1.4]])
    path = descend(HIMMELBLAU, OPTIMIZERS["lookahead"], start=start, steps=5)
    start[:] = 9.0
    np.testing.assert_array_equal(path.points[0], [[0.3, -1.4]])
    np.testing.assert_array_equal(path.states["slow"][0], [[0.3, -1.4]])
    for array in (path.points, path.values, path.evaluations, path.rates, path.first_nonfinite, *path.states.values()):
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0


def test_lookahead_pulls_sam_back_every_k_steps():
    """k steps of SAM from where the last pull ended, then half of the way, whatever SAM's velocity."""
    sam, settings = OPTIMIZERS["sam"], dict[str, Any](lr=0.01, rho=0.2, momentum=0.0)
    path = descend(HIMMELBLAU, OPTIMIZERS["lookahead"], start=(0.3, -1.4), steps=12, base="sam", k=4, **settings)
    slow = np.array([0.3, -1.4])
    for begun in (0, 4, 8):
        fast = descend(HIMMELBLAU, sam, start=slow, steps=4, **settings).points
        np.testing.assert_array_equal(path.points[begun : begun + 4], fast[:4])
        slow = slow + 0.5 * (fast[4] - slow)
        np.testing.assert_array_equal(path.points[begun + 4], slow)
    assert path.evaluations[-1] == 24


def test_rates_are_recorded_for_the_step_that_leaves_an_entry():
    path = descend(
        HIMMELBLAU, SGD, start=(0.3, -1.4), steps=10, lr=0.01, schedule=SCHEDULES["step"].choose(step_size=4)
    )
    np.testing.assert_allclose(path.rates, 0.01 * np.array([1, 1, 1, 1, 0.1, 0.1, 0.1, 0.1, 0.01, 0.01, 0.01]))
    steps = -np.diff(path.points, axis=0) / HIMMELBLAU.gradient(path.points[:-1])
    np.testing.assert_allclose(steps, np.repeat(path.rates[:-1, None], 2, 1), rtol=1e-9)


def test_the_rate_of_the_first_step_is_there_at_init():
    """Rprop takes its rate once, when it begins; with a warm-up that is the warm-up's first rate, as in PyTorch."""
    warm = SCHEDULES["linear_warmup"].choose(start_factor=0.5)
    path = descend(HIMMELBLAU, OPTIMIZERS["rprop"], start=(0.3, -1.4), steps=3, lr=0.02, schedule=warm)
    np.testing.assert_allclose(path.states["step_size"][0], 0.01)


def test_rules_without_a_rate_have_nan_rates():
    path = descend(HIMMELBLAU, OPTIMIZERS["gd_backtracking"], start=(0.3, -1.4), steps=3)
    assert np.isnan(path.rates).all()


def test_a_warm_up_hands_over_and_the_next_schedule_counts_from_there():
    then = SCHEDULES["step"].choose(step_size=5, gamma=0.5)
    chosen = SCHEDULES["linear_warmup"].choose(total_iters=4, start_factor=0.2, then=then)
    path = descend(HIMMELBLAU, SGD, start=(0.3, -1.4), steps=14, lr=0.001, schedule=chosen)
    np.testing.assert_allclose(path.rates[:-1] / 0.001, [0.2, 0.4, 0.6, 0.8, *[1] * 5, *[0.5] * 5], rtol=1e-12)


def test_a_warm_up_hands_over_to_a_schedule_that_watches():
    then = SCHEDULES["reduce_on_plateau"].choose(patience=0, factor=0.5)
    chosen = SCHEDULES["linear_warmup"].choose(total_iters=3, start_factor=0.25, then=then)
    path = descend(HIMMELBLAU, SGD, start=(3.0, 2.0), steps=6, lr=1e-3, schedule=chosen)
    # At the minimum nothing improves: the first look is the best so far, every later one halves the rate.
    np.testing.assert_allclose(path.rates[:-1] / 1e-3, [0.25, 0.5, 0.75, 1.0, 1.0, 0.5], rtol=1e-12)


def test_a_warm_up_longer_than_the_run_never_hands_over():
    chosen = SCHEDULES["linear_warmup"].choose(total_iters=50, then=SCHEDULES["cosine"].choose())
    path = descend(HIMMELBLAU, SGD, start=(0.3, -1.4), steps=10, schedule=chosen)
    assert (np.diff(path.rates[:-1]) > 0).all()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"start": (1.0,)}, r"start was given an array of shape \(1,\); allowed is \(\*batch, 2\)"),
        ({"start": 3.0}, r"start was given an array of shape \(\)"),
        ({"start": "here"}, "start was given 'here'"),
        ({"start": (np.nan, 0.0)}, "allowed are finite numbers"),
        ({"start": np.zeros((0, 2))}, "at least one path"),
        ({"steps": 0}, f"steps was given 0; allowed is a whole number from 1 to {MAX_STEPS}"),
        ({"steps": MAX_STEPS + 1}, "steps was given 100001"),
        ({"steps": 2.5}, "steps was given 2.5"),
        ({"steps": True}, "steps was given True"),
        ({"noise": -1.0}, "noise was given -1.0; allowed is a number from 0"),
        ({"noise": np.inf}, "noise was given inf"),
        ({"noise": "loud"}, "noise was given 'loud'"),
        ({"seed": -1}, "seed was given -1; allowed is a whole number from 0"),
        ({"seed": 1.5}, "seed was given 1.5"),
        ({"record": "some"}, "record was given 'some'; allowed is 'all', 'small' or 'points'"),
        ({"lr": -0.1}, r"lr was given -0.1; allowed is a number in \[0, inf\)"),
        ({"lr": np.nan}, "lr was given nan"),
        ({"lr": np.array([0.1, np.inf])}, "lr was given inf"),
        ({"lr": "fast"}, "lr was given 'fast'"),
        ({"momentum": 0.9}, "SGD has no hyperparameter 'momentum'; it has lr, weight_decay"),
        ({"start": np.zeros((3, 2)), "lr": np.ones(4)}, r"start has batch shape \(3,\), which does not broadcast"),
    ],
)
def test_what_is_not_allowed_is_named_with_what_is(arguments, message):
    with pytest.raises(ValueError, match=message):
        descend(HIMMELBLAU, SGD, **{"start": (0.3, -1.4), "steps": 5, **arguments})


def test_a_rule_without_a_rate_takes_no_schedule():
    with pytest.raises(ValueError, match="has no learning rate, so it takes no schedule; it was given cosine"):
        descend(HIMMELBLAU, OPTIMIZERS["gd_backtracking"], start=(0.3, -1.4), steps=5, schedule=SCHEDULES["cosine"])


def test_only_a_warm_up_is_followed_and_schedules_take_single_numbers():
    with pytest.raises(ValueError, match="only linear_warmup can be followed"):
        SCHEDULES["cosine"].choose(then=SCHEDULES["step"].choose())
    with pytest.raises(ValueError, match="gamma was given an array"):
        SCHEDULES["exponential"].choose(gamma=np.array([0.9, 0.99]))
    with pytest.raises(ValueError, match="step_size was given 0; allowed is a whole number"):
        SCHEDULES["step"].choose(step_size=0)


def test_small_states_are_recorded_where_large_ones_are_left_out():
    lbfgs = OPTIMIZERS["lbfgs"]
    everything = descend(HIMMELBLAU, lbfgs, start=(0.3, -1.4), steps=40)
    small = descend(HIMMELBLAU, lbfgs, start=(0.3, -1.4), steps=40, record="small")
    assert set(everything.states) - set(small.states) == {"steps", "changes"}
    for name, state in small.states.items():
        np.testing.assert_array_equal(state, everything.states[name])


def test_progress_is_told_over_all_blocks_and_can_end_the_descent():
    shares = []
    start = np.random.default_rng(0).normal(size=(20_000, 2))
    descend(HIMMELBLAU, SGD, start=start, steps=64, record="points", progress=shares.append, lr=1e-3)
    assert len(shares) == 6
    assert shares == sorted(shares)
    assert shares[-1] == 1.0

    def leave(share):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        descend(HIMMELBLAU, SGD, start=(0.3, -1.4), steps=64, progress=leave)


@pytest.mark.parametrize(
    "key", ["gd_backtracking", "conjugate_gradient", "trust_region", "bfgs", "newton", "lookahead"]
)
def test_a_path_at_rest_is_told_without_being_computed(key, monkeypatch):
    """To the last bit what the rule would have done, cost included."""

    def run():
        objective = Counted(LANDSCAPES["booth"])
        path = descend(objective, OPTIMIZERS[key], start=(1.4, 2.9), steps=1500)
        return path, objective.calls["gradient"] + objective.calls["value"]

    short, cost = run()
    monkeypatch.setattr(rest, "STILL", 10**9)
    long, full_cost = run()
    for name in ("points", "values", "evaluations", "rates", "first_nonfinite"):
        np.testing.assert_array_equal(getattr(short, name), getattr(long, name))
    for name, history in long.states.items():
        np.testing.assert_array_equal(short.states[name], history)
    assert key == "lookahead" or cost < 0.5 * full_cost
