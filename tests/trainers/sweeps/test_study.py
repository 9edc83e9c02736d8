"""Studies propose what Optuna proposes by itself, and are the same when they are made again."""

from __future__ import annotations

import math
from typing import Any

import optuna
import pytest

from tests.trainers.labs import quick
from trainers.sweeps import Axis, SweepRequest
from trainers.sweeps.study import BATCH, STARTUP, Study

RATE = Axis(name="optimizer.lr", low=1e-4, high=1.0, log=True)
WIDTH = Axis(name="model.width", low=2, high=64, log=True)
DEPTH = Axis(name="model.depth", values=(1, 2, 4))


def request(**changes: Any) -> SweepRequest:
    return SweepRequest(**{"config": quick().to_json(), "axes": (RATE, WIDTH), "draw": 7, **changes})


def bowl(values: dict[str, Any]) -> float:
    """Lowest at a rate of 0.01, and almost the same for every width."""
    return (math.log10(values["optimizer.lr"]) + 2) ** 2 + 0.001 * values["model.width"]


def searched(study: Study) -> list[dict[str, Any]]:
    """What is proposed where each trial is worth its bowl."""
    proposed: list[dict[str, Any]] = []
    told = 0
    while True:
        while study.open:
            proposed.append(study.ask())
        if told == len(proposed):
            return proposed
        while told < len(proposed):
            study.tell(told, "complete", bowl(proposed[told]))
            told += 1


def _own(sampler: optuna.samplers.BaseSampler, trials: int, batch: int) -> list[dict[str, Any]]:
    """The same by Optuna alone."""
    study = optuna.create_study(sampler=sampler)
    space = {
        "optimizer.lr": optuna.distributions.FloatDistribution(1e-4, 1.0, log=True),
        "model.width": optuna.distributions.IntDistribution(2, 64, log=True),
    }
    proposed = []
    while len(proposed) < trials:
        asked = [study.ask(space) for _ in range(min(batch, trials - len(proposed)))]
        proposed += [trial.params for trial in asked]
        for trial in asked:
            study.tell(trial, bowl(trial.params))
    return proposed


def test_random_and_model_based_searches_are_those_of_optuna() -> None:
    random = request(samplers=("random",), trials=20)
    assert searched(Study(random, random.parts[0])) == _own(optuna.samplers.RandomSampler(seed=7), 20, 20)
    model = request(samplers=("tpe",), trials=30)
    own = optuna.samplers.TPESampler(seed=7 + 1, constant_liar=True, n_startup_trials=STARTUP)
    proposed = searched(Study(model, model.parts[0]))
    assert proposed == _own(own, 30, BATCH)


def test_a_grid_has_each_of_its_points_once() -> None:
    grid = request(samplers=("grid",), trials=17)
    proposed = searched(Study(grid, grid.parts[0]))
    assert grid.trials_of(grid.parts[0]) == len(proposed) == 16
    assert grid.grid["optimizer.lr"] == pytest.approx([1e-4, 0.00215443, 0.0464159, 1.0], rel=1e-5)
    assert grid.grid["model.width"] == [2, 6, 20, 64]
    points = {(values["optimizer.lr"], values["model.width"]) for values in proposed}
    assert points == {(rate, width) for rate in grid.grid["optimizer.lr"] for width in grid.grid["model.width"]}
    own = optuna.create_study(sampler=optuna.samplers.GridSampler(grid.grid, seed=7))
    space = {
        "optimizer.lr": optuna.distributions.FloatDistribution(1e-4, 1.0, log=True),
        "model.width": optuna.distributions.IntDistribution(2, 64, log=True),
    }
    assert proposed == [own.ask(space).params for _ in range(16)]


def test_a_list_is_taken_as_it_stands_and_a_range_gets_what_is_left() -> None:
    mixed = request(samplers=("grid",), axes=(RATE, DEPTH), trials=13)
    assert mixed.grid["model.depth"] == [1, 2, 4]
    assert len(mixed.grid["optimizer.lr"]) == 4


@pytest.mark.parametrize("sampler", ["random", "tpe", "grid"])
def test_a_study_made_again_goes_on_as_the_first_would_have(sampler: str) -> None:
    whole = request(samplers=(sampler,), trials=24)
    part = whole.parts[0]
    expected = searched(Study(whole, part))
    again, count = Study(whole, part), 10
    proposed: list[dict[str, Any]] = []
    while len(proposed) < count:
        while again.open and len(proposed) < count:
            proposed.append(again.ask())
        for number in range(len(proposed)):
            if not again.told(number) and len(proposed) % BATCH == 0:
                again.tell(number, "complete", bowl(proposed[number]))
    assert proposed == expected[:count]


def test_values_that_are_known_are_proposed_first() -> None:
    asked = request(samplers=("random",), trials=3)
    known = [{"optimizer.lr": 0.5, "model.width": 3}, {"optimizer.lr": 0.25, "model.width": 4}]
    study = Study(asked, asked.parts[0], known)
    assert [study.ask(), study.ask()] == known
    assert study.ask() not in known


@pytest.mark.parametrize("pruner", ["halving", "hyperband"])
def test_hopeless_trials_are_those_that_optuna_prunes(pruner: str) -> None:
    pruned = request(samplers=("random",), trials=9, pruner=pruner, config=quick({"budget.epochs": 27}).to_json())
    study = Study(pruned, pruned.parts[0])
    twin = optuna.create_study(
        study_name="random",
        pruner=optuna.pruners.SuccessiveHalvingPruner(min_resource=1, reduction_factor=3)
        if pruner == "halving"
        else optuna.pruners.HyperbandPruner(min_resource=1, max_resource=27, reduction_factor=3),
    )
    ends = []
    for number in range(9):
        study.ask()
        trial = twin.ask()
        loss = float(9 - number) if number % 2 else float(number)
        epoch = 0
        for epoch in range(1, 28):
            hopeless = study.report(number, epoch, loss)
            trial.report(loss, epoch)
            assert hopeless == trial.should_prune()
            if hopeless:
                break
        state = "pruned" if epoch < 27 else "complete"
        study.tell(number, state, loss)
        twin.tell(trial, None if state == "pruned" else loss, state=getattr(optuna.trial.TrialState, state.upper()))
        ends.append(state)
    assert set(ends) == {"pruned", "complete"}


def test_the_setting_that_matters_is_found_important() -> None:
    asked = request(samplers=("random",), trials=40)
    study = Study(asked, asked.parts[0])
    assert study.importance() == {}
    searched(study)
    importance = study.importance()
    assert importance["optimizer.lr"] > 0.8
    assert sum(importance.values()) == pytest.approx(1.0)


def test_a_diverged_trial_is_the_worst_there_is() -> None:
    asked = request(samplers=("tpe",), trials=24)
    study = Study(asked, asked.parts[0])
    rates: list[float] = []
    while study.open:
        rates.append(study.ask()["optimizer.lr"])
        if not study.open:
            for number in range(len(rates) - BATCH, len(rates)):
                study.tell(number, "complete", math.inf if rates[number] > 0.05 else 0.1 + rates[number])
    assert len(rates) == 24
    assert sum(rate > 0.05 for rate in rates[12:]) <= 3
