"""Ensembles against the same numbers by other ways: means by hand, PyTorch's own losses, convexity."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch.nn import functional

from tests.trainers.labs import quick
from trainers.config import RunConfig
from trainers.data import load
from trainers.ensembles import Ensemble, EnsembleRequest
from trainers.loop import Checkpoint, ensemble_of, train
from trainers.loop.session import Session


def member(name: str, config: RunConfig) -> tuple[str, RunConfig, Any, Checkpoint]:
    splits, kept = load(config.data), {}
    train(config, report=lambda told: None, checkpoint=lambda one, kind: kept.update({kind: one}), splits=splits)
    return name, config, splits, kept["last"]


def members(changes: dict[str, Any], varied: str = "budget.seed", count: int = 3) -> list[Any]:
    start = RunConfig().changed({"data.name": changes.get("data.name", "moons")}).changed(changes)
    return [member(f"member {i}", start.changed({varied: i})) for i in range(1, count + 1)]


def quiet(share: float) -> None:
    assert 0 <= share <= 1


@pytest.fixture(scope="module")
def moons() -> list[Any]:
    return members({"data.size": 200, "budget.epochs": 3, "optimizer.lr": 0.01})


def probabilities(one: Any) -> torch.Tensor:
    _, config, splits, checkpoint = one
    session = Session(config, splits, "cpu", checkpoint)
    with session.evaluating() as model, torch.no_grad():
        return model(torch.from_numpy(splits.val.inputs)).softmax(1)


def test_the_mean_prediction_is_the_mean_of_probabilities(moons: list[Any]) -> None:
    found = ensemble_of(moons, quiet)
    mean = torch.stack([probabilities(one) for one in moons]).mean(0)
    targets = torch.from_numpy(moons[0][2].val.targets)
    assert found.predictions.loss == pytest.approx(float(functional.nll_loss(mean.log(), targets)), rel=1e-5)
    assert found.predictions.metric == pytest.approx(float((mean.argmax(1) == targets).float().mean()))
    for told, one in zip(found.members, moons, strict=True):
        assert told.loss == pytest.approx(float(functional.nll_loss(probabilities(one).log(), targets)), rel=1e-5)
    called = [probabilities(one).argmax(1) for one in moons]
    pairs = [float((called[a] != called[b]).float().mean()) for a, b in ((0, 1), (0, 2), (1, 2))]
    assert found.disagreement == pytest.approx(np.mean(pairs))


def test_an_ensemble_is_better_than_its_members_on_average_and_the_more_the_better(moons: list[Any]) -> None:
    found = ensemble_of(moons, quiet)
    losses = [loss for _, loss, _ in found.sizes]
    assert [size for size, _, _ in found.sizes] == [1, 2, 3]
    assert losses[0] == pytest.approx(np.mean([one.loss for one in found.members]), rel=1e-6)
    assert losses[-1] == pytest.approx(found.predictions.loss, rel=1e-6)
    assert losses == sorted(losses, reverse=True)  # the loss is convex in the probabilities


def test_mean_weights_are_one_network_with_the_mean_of_all_weights(moons: list[Any]) -> None:
    found = ensemble_of(moons, quiet)
    name, config, splits, first = moons[0]
    weights = [key for key in first.tensors if key.startswith("model.")]
    mean = {key: torch.stack([one[3].tensors[key] for one in moons]).mean(0) for key in weights}
    whole = Checkpoint(tensors={**first.tensors, **mean}, state=first.state)
    by_hand = ensemble_of([(name, config, splits, whole)], quiet)
    assert found.weights is not None
    assert found.weights.loss == pytest.approx(by_hand.members[0].loss, rel=1e-5)


@pytest.mark.parametrize("kind", ["batch", "batch_renorm"])
def test_statistics_under_mean_weights_are_those_of_the_training_rows(kind: str) -> None:
    """Of 97 rows in batches of 8 one is left over, of which batch normalization can make nothing by itself."""
    some = members({"data.size": 161, "budget.batch_size": 8, "budget.epochs": 3, "model.normalization": kind}, count=2)
    assert len(some[0][2].train) % 8 == 1
    found = ensemble_of(some, quiet).weights
    assert found is not None
    plain = Session(some[0][1].changed({"model.normalization": "batch"}), some[0][2], "cpu")
    with torch.no_grad():
        for name, parameter in plain.model.named_parameters():
            parameter.copy_(torch.stack([one[3].tensors[f"model.{name}"] for one in some]).mean(0))
    torch.optim.swa_utils.update_bn([plain.train.inputs], plain.model)
    with torch.no_grad():
        outputs = plain.model.eval()(plain.val.inputs)
    # Batch renormalization divides by the rows, PyTorch's variance by one fewer.
    exact = 1e-5 if kind == "batch" else 5e-3
    assert found.loss == pytest.approx(float(functional.cross_entropy(outputs, plain.val.targets)), rel=exact)


def test_different_models_have_no_mean_of_weights_but_a_mean_prediction(moons: list[Any]) -> None:
    other = member("wider", moons[0][1].changed({"model.width": 5}))
    found = ensemble_of([moons[0], other], quiet)
    assert found.weights is None
    assert found.why_none.startswith("The members are different models")
    assert np.isfinite(found.predictions.loss)


@pytest.mark.parametrize("loss", ["bce", "cross_entropy", "mse"])
def test_every_loss_of_classes_takes_mean_probabilities(loss: str) -> None:
    found = ensemble_of(members({"data.size": 120, "budget.epochs": 1, "loss.name": loss}, count=2), quiet)
    assert found.predictions.loss <= np.mean([one.loss for one in found.members]) + 1e-6


def test_numbers_are_compared_in_the_units_of_the_first_member() -> None:
    changes = {"data.name": "noisy_sine", "data.size": 60, "budget.epochs": 20}
    told = ensemble_of(members(changes, "data.bootstrap"), quiet)
    each = members(changes, "data.bootstrap")
    scales = {one[2].target_scale for one in each}
    assert len(scales) == 3  # every bootstrap sample scales its targets by itself
    first, raw = each[0][2], []
    for _, config, splits, checkpoint in each:
        session = Session(config, splits, "cpu", checkpoint)
        with session.evaluating() as model, torch.no_grad():
            raw.append(model(torch.from_numpy(splits.val.inputs)).numpy() * splits.target_scale + splits.target_shift)
    truth = first.val.targets * first.target_scale + first.target_shift
    for scored, said in zip(told.members, raw, strict=True):
        assert scored.loss == pytest.approx(((said - truth) ** 2).mean() / first.target_scale**2, rel=1e-4)
    assert told.predictions.loss == pytest.approx(
        ((np.mean(raw, 0) - truth) ** 2).mean() / first.target_scale**2, rel=1e-4
    )
    assert told.map is not None
    assert len(told.map.curves) == 3


def test_other_validation_rows_are_refused(moons: list[Any]) -> None:
    with pytest.raises(ValueError, match="other validation rows"):
        ensemble_of([moons[0], member("other", quick({"data.size": 200, "data.seed": 3}))], quiet)


def test_the_map_says_where_members_disagree(moons: list[Any]) -> None:
    found = ensemble_of(moons, quiet)
    assert found.map is not None
    assert len(found.map.winner) == len(found.map.winner[0]) == len(found.map.against)
    assert {value for row in found.map.against for value in row} <= {0, 33, 67}
    again = Ensemble.from_plain(found.to_plain())
    assert again is not None
    assert again.map is not None
    assert (again.map.winner, again.map.against) == (found.map.winner, found.map.against)
    assert again.map.x == pytest.approx(found.map.x, rel=1e-4)
    assert again.sizes[0][0] == 1


def test_what_is_no_answer_is_none_and_what_is_no_request_is_refused() -> None:
    for junk in (None, 1, {}, {"members": 3}, {"members": [], "map": {}}):
        assert Ensemble.from_plain(junk) is None
    for wrong in (
        {},
        {"runs": []},
        {"runs": "abc"},
        {"runs": [1]},
        {"runs": ["x" * 41]},
        {"runs": [f"{i}" for i in range(17)]},
    ):
        with pytest.raises(ValueError, match="runs"):
            EnsembleRequest.from_plain(wrong)
    assert EnsembleRequest.from_plain({"runs": ["a", "b", "a"]}).runs == ("a", "b")


def test_a_moving_average_along_one_run_stands_beside_the_checkpoints() -> None:
    """By hand: what each step leaves of the average, from the weights before the first step on."""
    changes = {"data.size": 120, "budget.epochs": 4, "watch.checkpoint_every": 1, "regularization.ema": 0.9}
    config = quick(changes)
    splits, kept = load(config.data), []
    train(config, report=lambda told: None, checkpoint=lambda one, kind: kept.append(one), splits=splits)
    chain = list({one.step: one for one in kept}.values())
    found = ensemble_of([(str(one.step), config, splits, one) for one in chain], quiet, one_run=True)

    def loss_of(changed: dict[str, torch.Tensor], one: Checkpoint) -> float:
        tensors = {key: value for key, value in one.tensors.items() if not key.startswith("average.")}
        session = Session(config, splits, "cpu", Checkpoint(tensors={**tensors, **changed}, state=one.state))
        session.average = None
        with session.evaluating() as model, torch.no_grad():
            raw = model(torch.from_numpy(splits.val.inputs))
        return float(functional.cross_entropy(raw, torch.from_numpy(splits.val.targets)))

    last = chain[-1]
    names = [key for key in last.tensors if key.startswith("model.")]
    average = {key: last.tensors[f"average.{number}"] for number, key in enumerate(names)}
    assert found.average is not None
    assert found.average.loss == pytest.approx(loss_of(average, last), rel=1e-5)
    assert [one.loss for one in found.members] == pytest.approx([loss_of({}, one) for one in chain], rel=1e-5)
    assert abs(found.average.loss - found.members[-1].loss) > 1e-3
    assert Ensemble.from_plain(found.to_plain()) is not None
    assert Ensemble.from_plain(found.to_plain()).average.name == "moving average, 0.9"  # type: ignore[union-attr]
    several = ensemble_of([(str(one.step), config, splits, one) for one in chain], quiet)
    assert several.average is None
    assert several.members[-1].loss == pytest.approx(found.average.loss, rel=1e-5)
