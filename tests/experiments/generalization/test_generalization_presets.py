"""Each preset shows what its sentence says: its runs are trained as a worker would, what it computes is computed."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
import pytest

from experiments.generalization import (
    CODEC,
    PRESETS,
    fits_of,
    members_of,
    penalized,
    tradeoff_of,
    with_and_without,
)
from trainers import Report, RunConfig, load, stack_key, train, train_together
from trainers.ensembles import Ensemble
from trainers.loop import Checkpoint, ensemble_of


def values_of(key: str) -> dict[str, Any]:
    values, problems = CODEC.read(PRESETS[key].query)
    assert not problems
    return values


Run = tuple[list[Report], dict[str, Checkpoint], list[Checkpoint]]


@cache
def trained(configs: tuple[RunConfig, ...]) -> list[Run]:
    """What each run told, its newest checkpoint of each kind, and all of them; together where they can be."""
    told: list[Run] = [([], {}, []) for _ in configs]

    def keep(place: int, one: Checkpoint, kind: str) -> None:
        told[place][1][kind] = one
        told[place][2].append(one)

    keys = [stack_key(config) for config in configs]
    for key in dict.fromkeys(keys):
        places = [place for place, own in enumerate(keys) if own == key]
        if key is not None and len(places) > 1:

            def note(batch: Any, places: list[int] = places) -> None:
                for number, reports in batch.items():
                    told[places[number]][0].extend(reports)

            train_together(
                [configs[place] for place in places],
                report=note,
                checkpoint=lambda number, one, kind, places=places: keep(places[number], one, kind),
                threads=1,
            )
            continue
        for place in places:
            train(
                configs[place],
                report=told[place][0].extend,
                checkpoint=lambda one, kind, place=place: keep(place, one, kind),
                device="cpu",
                threads=1,
            )
    return told


def last(run: Run, name: str) -> float:
    """A loss or metric at the end."""
    return next(getattr(report, name) for report in reversed(run[0]) if report.complete)


# ---- bias and variance ---------------------------------------------------------------------------------------------


def test_a_simple_model_is_wrong_by_bias_and_a_rich_one_by_variance_which_rows_or_a_penalty_take_away() -> None:
    found = {}
    for key in ("simple", "rich", "rows", "shrunk"):
        values = values_of(key)
        errors, fits = tradeoff_of(values), fits_of(values)
        i = errors.capacities.index(values["capacity"])
        found[key] = float(errors.bias[i]), float(errors.variance[i])
        assert fits.mean.shape == fits.truth.shape
    bias, variance = found["simple"]
    assert bias > 3 * variance
    bias, variance = found["rich"]
    assert variance > 10 * bias
    assert found["rows"][1] < 0.02 * variance
    assert found["shrunk"][1] < 0.2 * variance  # calm long before its mean leaves the truth
    assert found["shrunk"][0] < 0.2 * found["simple"][0]


# ---- ensembles -----------------------------------------------------------------------------------------------------


@cache
def ensemble(key: str) -> Ensemble:
    wanted = members_of(values_of(key))
    runs = trained(tuple(config for _, config in wanted))
    members: list[Any] = []
    for (role, config), (_, kinds, every) in zip(wanted, runs, strict=True):
        by_step = {one.step: one for one in every}
        some = [by_step[step] for step in sorted(by_step) if 3 * step >= max(by_step)]
        chosen: Sequence[Checkpoint] = some if len(wanted) == 1 else [kinds["best"]]
        members += [(role, config, load(config.data), one) for one in chosen]
    return ensemble_of(members, lambda share: None, one_run=len(wanted) == 1)


def test_five_networks_together_are_better_than_almost_every_one() -> None:
    found = ensemble("seeds")
    losses = [one.loss for one in found.members]
    assert len(losses) == 5
    assert sum(found.predictions.loss < loss for loss in losses) >= 4


def test_members_of_bagging_differ_more_and_gain_more() -> None:
    gains, apart = {}, {}
    for key in ("seeds", "bagging"):
        found = ensemble(key)
        gains[key] = float(np.mean([one.loss for one in found.members])) - found.predictions.loss
        apart[key] = found.disagreement
    assert apart["bagging"] > apart["seeds"]
    assert gains["bagging"] > gains["seeds"]


def test_mean_weights_along_a_run_are_better_than_most_of_it_and_those_of_seeds_than_none() -> None:
    along, seeds = ensemble("swa"), ensemble("seeds")
    assert along.weights is not None
    assert seeds.weights is not None
    losses = [one.loss for one in along.members]
    assert along.average is not None
    assert along.weights.loss < 0.9 * np.mean(losses)
    assert along.average.loss < 0.95 * np.mean(losses)
    assert sum(along.weights.loss < loss for loss in losses) > 0.6 * len(losses)
    assert seeds.weights.loss > max(one.loss for one in seeds.members)


# ---- augmentation --------------------------------------------------------------------------------------------------


def test_shifted_and_turned_digits_teach_more_and_those_turned_all_round_less() -> None:
    plain, little = (config for _, config in with_and_without(values_of("augmented")))
    other, round_ = (config for _, config in with_and_without(values_of("turned")))
    assert other == plain
    accuracy = [last(run, "val_metric") for run in trained((plain, little, round_))]
    assert accuracy[1] > accuracy[0] + 0.02
    assert accuracy[2] < accuracy[0] - 0.02


# ---- penalties -----------------------------------------------------------------------------------------------------


def penalties(key: str) -> dict[str, Run]:
    wanted = penalized(values_of(key))
    return dict(zip((name for name, _ in wanted), trained(tuple(config for _, config in wanted)), strict=True))


def weights(run: Run) -> Any:
    return next(report.pictures["weights"] for report in reversed(run[0]) if report.pictures)


@pytest.mark.parametrize("key", ["penalties", "curve"])
def test_without_a_penalty_the_loss_on_new_rows_rises_and_with_each_it_ends_lower(key: str) -> None:
    runs = penalties(key)
    plain = runs.pop("none")
    losses = [report.val_loss for report in plain[0] if report.complete]
    assert losses[-1] > 1.15 * min(losses)
    assert len(runs) >= 4
    assert all(last(run, "val_loss") < losses[-1] for run in runs.values())


def test_only_the_soft_threshold_leaves_exact_zeros() -> None:
    runs = penalties("sparse")
    exact, sign = weights(runs["l1"]), weights(runs["l1_sign"])
    assert exact["zeros"] > 0.5 * exact["total"]
    assert sign["zeros"] < 0.01 * sign["total"]


def test_on_a_line_three_penalties_leave_one_weight() -> None:
    runs = penalties("one_penalty")
    left = {name: float(weights(run)["top"]) for name, run in runs.items()}
    assert left["l2"] == pytest.approx(left["jacobian"], rel=0.01)
    assert left["input_noise"] == pytest.approx(left["l2"], rel=0.1)
    assert left["none"] > 1.2 * left["l2"]
