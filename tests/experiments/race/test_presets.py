"""Every preset shows the phenomenon it is named after, in numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from experiments.race.labels import short_labels
from experiments.race.presets import PRESETS, preset_of
from experiments.race.race import run_race
from experiments.race.types import Entry, RaceResult
from landscapes import LANDSCAPES
from optimizers import OPTIMIZERS, Batches, Trajectory, descend


def paths(key: str) -> list[Trajectory]:
    return [lane.trajectory for lane in run_race(PRESETS[key].race).lanes]


def turns(path: Trajectory, axis: int) -> int:
    """How often the path changes direction along an axis."""
    moves = np.diff(path.points[:, axis])
    return int((np.sign(moves[1:]) * np.sign(moves[:-1]) < 0).sum())


def steps_to(path: Trajectory, value: float) -> int:
    """The first step from which f stays below a value; the number of steps if none."""
    above = np.flatnonzero(path.values > value)
    return int(above[-1]) + 1 if len(above) else 0


def longest_step(path: Trajectory, first: int) -> float:
    return float(np.abs(np.diff(path.points[: first + 1], axis=0)).max())


def valley() -> None:
    for path in paths("valley"):
        x, y = path.points[20:, 0], path.points[20:, 1]
        assert np.abs(y - x**2).max() < 0.35  # in the valley from early on
        assert path.values[-1] > 1e-9  # and none has finished


def saddle() -> None:
    sgd, momentum, adam, newton = paths("saddle")
    left = [int(np.argmax(np.abs(path.points[:, 1]) > 0.5)) for path in (sgd, momentum, adam)]
    assert all(left)
    assert left[2] < left[0]
    assert np.allclose(newton.points[-1], 0)


def zigzag() -> None:
    sgd, momentum = paths("zigzag")
    angle = np.deg2rad(25)
    crossings = []
    for path in (sgd, momentum):
        across = path.points[:16] @ (-np.sin(angle), np.cos(angle))
        crossings.append(int((across[1:] * across[:-1] < 0).sum()))
    assert crossings[0] == 15  # from wall to wall at every step
    assert crossings[1] < 8
    assert momentum.values[-1] < sgd.values[-1] / 10


def step_size_limit() -> None:
    smooth, zigzag, bounce, diverging = paths("step_size_limit")
    assert turns(smooth, 1) <= 1 < turns(zigzag, 1)
    assert np.allclose(np.abs(bounce.points[:, 1]), abs(bounce.points[0, 1]))
    assert np.abs(diverging.points[-1, 1]) > 100 * abs(diverging.points[0, 1])


def overshoot() -> None:
    low, middle, high = paths("overshoot")
    beyond = [path.points[:, 0].max() for path in (low, middle, high)]
    assert beyond[0] < 0.05 < beyond[1] < beyond[2]


def nesterov() -> None:
    ball, ahead = paths("nesterov")
    assert ahead.points[:, 0].max() < 0.9 * ball.points[:, 0].max()
    assert ahead.values[-1] < ball.values[-1]


def adagrad_stalls() -> None:
    adagrad, rmsprop = paths("adagrad_stalls")
    strides = np.linalg.norm(np.diff(adagrad.points, axis=0), axis=-1)
    assert strides[-1] < strides[0] / 50
    assert rmsprop.values[-1] < adagrad.values[-1] / 10


def bias_correction() -> None:
    corrected, raw = paths("bias_correction")
    assert longest_step(raw, 10) > 3 * longest_step(corrected, 10)
    assert all((path.points[:, 0] < 0).all() for path in (corrected, raw))  # or the effective step has a pole


def epsilon_place() -> None:
    outside, uncorrected, inside = paths("epsilon_place")
    assert max(outside.values[-1], uncorrected.values[-1]) < 1e-4 * outside.values[0]
    assert outside.values[100] < uncorrected.values[100]
    assert inside.values[-1] > 0.9 * inside.values[0]


def diagonal_curvature() -> None:
    _, rmsprop, adam = paths("diagonal_curvature")
    for path in (rmsprop, adam):
        moment = path.optimizer.moment
        assert moment is not None
        after = {name: state[1:] for name, state in path.states.items()}
        roots = np.sqrt(moment(after, path.hyperparameters, np.arange(path.steps)[:, None]))
        np.testing.assert_allclose(roots[:, 1] / roots[:, 0], 50.0, rtol=1e-6)
        np.testing.assert_allclose(np.abs(path.points[:, 0]), np.abs(path.points[:, 1]), atol=1e-6)


def weight_decay() -> None:
    adam, l2, decoupled = paths("weight_decay")
    assert np.allclose(adam.points[-1], (1, 3), atol=0.01)
    norms = [np.linalg.norm(path.points[-1]) for path in (adam, l2, decoupled)]
    assert norms[0] > norms[1] > norms[2]


def plateau() -> None:
    sgd, _, rmsprop, adam = paths("plateau")
    assert sgd.values[-1] > 0.5 * sgd.values[0]
    assert max(rmsprop.values[-1], adam.values[-1]) < 0.01 * sgd.values[0]


def restarts() -> None:
    small, once, again = paths("restarts")
    assert np.linalg.norm(small.points[-1] - small.points[0]) < 0.5
    assert again.values[-1] < once.values[-1] < small.values[-1]


def noise() -> None:
    constant, falling, averaged = paths("noise")
    spread = [path.points[-100:].std() for path in (constant, falling, averaged)]
    assert spread[1] < spread[0] / 2
    assert spread[2] < spread[0] / 2


def newton_saddle() -> None:
    newton, free, sgd = paths("newton_saddle")
    landscape = PRESETS["newton_saddle"].race.landscape
    assert min(np.linalg.norm(newton.points[-1] - np.array(landscape.saddles), axis=1)) < 1e-6
    assert max(free.values[-1], sgd.values[-1]) < 1e-6


def rescue() -> None:
    constant, exponential, cosine = paths("rescue")
    assert constant.values[-1] > 1000 * constant.values[0]
    assert max(exponential.values[-1], cosine.values[-1]) < 0.01 * constant.values[0]
    assert np.abs(exponential.points[:, 1]).max() > 1.5 * abs(exponential.points[0, 1])


def cost() -> None:
    _, backtracking, newton, bfgs = paths("cost")
    for path in (backtracking, newton, bfgs):
        assert path.evaluations[10] > 1.5 * 10
    assert steps_to(newton, 1e-6) < 40


def deep_linear() -> None:
    for path in paths("deep_linear"):
        assert path.values[3] > 0.9 * path.values[0]  # waits at the saddle
        assert path.values[-1] < 1e-3


def flat_minimum() -> None:
    landscape = PRESETS["flat_minimum"].race.landscape
    sgd, sam, lookahead = (path.points[-1] for path in paths("flat_minimum"))
    flat, sharp = landscape.minima
    np.testing.assert_allclose(sgd, sharp, atol=1e-6)
    np.testing.assert_allclose([sam, lookahead], [flat, flat], atol=0.05)  # SAM circles
    assert longest_step(paths("flat_minimum")[2], 150) < 0.5  # or its path lies over the others
    assert landscape.minimum == 0.0  # of both
    labels = [lane.label for lane in run_race(PRESETS["flat_minimum"].race).lanes]
    assert labels == ["SGD", "SAM", "Lookahead around SAM"]
    several = tuple(Entry(optimizer="lookahead", values={"base": base}) for base in ("sam", "sgd"))
    result = run_race(replace(PRESETS["flat_minimum"].race, entries=several))
    assert [lane.label for lane in result.lanes] == ["Lookahead, base sam", "Lookahead, base sgd"]


def batches() -> None:
    one, ten, whole = paths("batches")
    sizes = [Batches(rows=100, size=size).sizes(400) for size in (1, 10, 100)]
    lowest = LANDSCAPES["least_squares"].minimum
    after = [
        path.values[int(np.searchsorted(np.cumsum(seen), 300)) + 1] - lowest
        for path, seen in zip((one, ten, whole), sizes, strict=True)
    ]
    assert after[0] < 0.2 * after[1] < 0.2 * after[2]  # after three epochs
    assert whole.values[-1] < ten.values[-1] < one.values[-1]  # after as many steps


def noise_ball() -> None:
    fast, slow, falling = (
        path.values[1000:].mean() - LANDSCAPES["least_squares"].minimum for path in paths("noise_ball")
    )
    assert 1.6 < fast / slow < 2.6
    assert falling < slow / 5


def replacement() -> None:
    shuffled, drawn = (path.values[300:].mean() - LANDSCAPES["least_squares"].minimum for path in paths("replacement"))
    assert shuffled < drawn / 3


def averaging() -> None:
    constant, falling, averaged = (
        path.values[750:].mean() - LANDSCAPES["least_squares"].minimum for path in paths("averaging")
    )
    assert averaged < constant / 50
    assert falling < constant / 5
    assert paths("averaging")[2].schedule is None


def line_search() -> None:
    one, whole, falling = (
        path.values[100:].mean() - LANDSCAPES["least_squares"].minimum for path in paths("line_search")
    )
    assert whole < 1e-6
    assert one > 20 * falling


def small_gradient() -> None:
    landscape = LANDSCAPES["least_squares"]
    path, _ = paths("small_gradient")
    batches = PRESETS["small_gradient"].race.batches(PRESETS["small_gradient"].race.entries[0])
    assert batches is not None
    sampled = np.array(
        [np.hypot(*landscape.batch(batches.of_step(k)).gradient(path.points[k])) for k in range(path.steps)]
    )
    true = np.hypot(*np.moveaxis(landscape.gradient(path.points[:-1]), -1, 0))
    early, late = slice(0, 100), slice(300, 400)
    assert sampled[early].min() < 0.03 * true[early].min()
    assert np.median(sampled[late]) > 2 * np.median(true[late])


def sparse() -> None:
    landscape = PRESETS["sparse"].race.landscape
    assert landscape.rows is not None
    assert (landscape.rows.by_name["b"] != 0).mean() == 0.1
    sgd, adagrad = (np.abs(path.points[-1] - landscape.minima[0]) for path in paths("sparse"))
    assert sgd[1] > 10 * adagrad[1]
    assert max(sgd[0], adagrad[0]) < 0.1  # along x both have arrived


def lasso() -> None:
    landscape = PRESETS["lasso"].race.landscape
    assert landscape.minima[0][1] != 0
    assert landscape.with_parameters(l1=1.0).minima[0][1] == 0
    held = [landscape.with_parameters(l1=0, l2=l2).minima[0][1] for l2 in (0.0, 0.5, 2.0)]
    assert all(each != 0 for each in held)
    for path in paths("lasso"):
        np.testing.assert_allclose(path.points[-1], landscape.minima[0], atol=0.05)


def separable() -> None:
    for path in paths("separable"):
        length = np.hypot(*path.points.T)
        assert path.values[-1] < 0.1
        assert (np.diff(length[150:]) > 0).all()
        assert np.diff(length)[-1] < np.diff(length)[150]
    assert PRESETS["separable"].race.landscape.with_parameters(l2=0.01).minima


def sure_and_wrong() -> None:
    sgd, momentum, adam = paths("sure_and_wrong")
    assert sgd.values[10] > 0.95 * sgd.values[0]
    assert min(path.values[-1] for path in (sgd, momentum, adam)) < 0.1
    entropy = LANDSCAPES["logistic"]
    faster = descend(entropy, OPTIMIZERS["sgd"], start=(-6.0, -5.0), steps=10, lr=2.0)
    assert faster.values[-1] < 0.5 * faster.values[0]


CHECKS: dict[str, Callable[[], None]] = {
    check.__name__: check
    for check in (
        valley,
        saddle,
        zigzag,
        step_size_limit,
        overshoot,
        nesterov,
        adagrad_stalls,
        bias_correction,
        epsilon_place,
        diagonal_curvature,
        weight_decay,
        plateau,
        restarts,
        noise,
        newton_saddle,
        rescue,
        cost,
        deep_linear,
        flat_minimum,
        batches,
        noise_ball,
        replacement,
        averaging,
        line_search,
        small_gradient,
        sparse,
        lasso,
        separable,
        sure_and_wrong,
    )
}


@pytest.mark.parametrize("key", PRESETS)
def test_the_preset_shows_its_phenomenon(key: str) -> None:
    CHECKS[key]()


@pytest.mark.parametrize("key", PRESETS)
def test_the_preset_is_told_in_at_most_twenty_words_and_known_by_its_race(key: str) -> None:
    preset = PRESETS[key]
    assert 5 <= len(preset.look_for.split()) <= 20
    assert preset_of(preset.race) == key


def test_a_short_label_names_what_differs() -> None:
    shorts = {key: short_labels(run_race(PRESETS[key].race).lanes) for key in ("overshoot", "restarts", "noise")}
    assert shorts["overshoot"] == ["Momentum 0.5", "Momentum 0.9", "Momentum 0.98"]
    assert shorts["restarts"] == ["Rate 0.01", "Cosine", "Cosine with warm restarts"]
    assert shorts["noise"] == ["Constant rate", "1 / t", "Schedule-free AdamW"]
    assert all(len(set(each)) == len(each) for each in shorts.values())


def test_results_are_those_of_the_race() -> None:
    result = run_race(PRESETS["valley"].race)
    assert isinstance(result, RaceResult)
    assert [lane.entry for lane in result.lanes] == list(result.race.entries)
