"""All that trains and measures on another device than the CPU, on one that has no float64, as Apple's GPUs have none.

Whatever it is, its results are those of the CPU: the device of ``far_device`` reckons as the CPU does, and refuses
what a GPU refuses.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest
import torch

from networks.propagation import Setup, trace
from tests.far_device import FAR, far_device
from tests.trainers.runs import Told, assert_close, curve, run, together
from trainers import Checkpoint, RunConfig, load
from trainers.loop import ensemble_of, search_rates
from trainers.rates import RateRequest
from trainers.surfaces import SurfaceRequest, compute_surface
from trainers.surfaces.joining import trained_control

SIZES = {"data.size": 120, "budget.epochs": 2, "watch.pictures": True, "watch.checkpoint_every": 1}
DIGITS = {"data.name": "digits", "data.train_size": 120, "data.augment": "flip", "model.width": 8}
CASES: dict[str, dict[str, Any]] = {
    "classes, with all that can be watched": {
        "watch.mistakes": True,
        "watch.sharpness": True,
        "watch.noise_scale": True,
        "watch.cosine": True,
    },
    "two classes by one number, SAM, an average": {
        "data.name": "moons",
        "loss.name": "bce",
        "regularization.sam": 0.05,
        "regularization.ema": 0.9,
    },
    "classes by absolute errors, batch norm, dropout": {
        "loss.name": "mae",
        "model.normalization": "batch",
        "model.dropout": 0.2,
    },
    "numbers by the Huber loss, penalties": {
        "data.name": "noisy_sine",
        "loss.name": "huber",
        "regularization.l1": 1e-3,
        "regularization.max_norm": 2.0,
    },
    "images": {"data.name": "digits", "data.train_size": 120, "model.width": 8},
    "a sequence, GRU": {"data.name": "adding", "model.name": "gru", "model.width": 8},
    "a sequence, Transformer": {"data.name": "adding", "model.name": "transformer"},
    "maxout, its learned pieces drawn": {"model.activation": "maxout"},
}


def configured(changes: dict[str, Any]) -> RunConfig:
    config = RunConfig().changed({key: changes[key] for key in ("data.name",) if key in changes})
    known = {key: value for key, value in SIZES.items() if key != "data.size" or "size" in config.data}
    return config.changed({**known, **changes})


@pytest.mark.parametrize("case", CASES)
def test_a_run_trains_there_and_goes_on_there_and_here(case: str):
    config = configured(CASES[case])
    near = run(config)
    with far_device():
        told = run(config, device=FAR)
        kept = Checkpoint.from_bytes(next(one for one, _ in told.checkpoints if one.epoch == 1).to_bytes())
        then = run(config, device=FAR, resume=kept)
    assert len(curve(told)) == 1 + config.budget.epochs
    assert_close(curve(told), curve(near))
    for after in (then, run(config, resume=kept)):
        assert_close(curve(after)[-1], curve(near)[-1])


def test_runs_train_together_there():
    configs = [configured({"optimizer.lr": lr}) for lr in (0.001, 0.01, 0.1)]
    with far_device() as machine:
        told = together(configs, device=None)
    assert machine.results > 100
    for mine, config in zip(told, configs, strict=True):
        assert_close(curve(mine), curve(run(config)))


def test_a_rate_is_found_there():
    config = configured({})
    request, rows = RateRequest(config=config.to_json(), steps=30), load(config.data)
    here = search_rates(request, rows, lambda *_: None)
    with far_device() as machine:
        there = search_rates(request, rows, lambda *_: None)
    assert machine.results > 100
    np.testing.assert_allclose(there.range_test.losses, here.range_test.losses, rtol=2e-3)
    assert len(there.trials) == len(here.trials) > 0


@pytest.fixture(scope="module")
def three() -> list[tuple[RunConfig, Told]]:
    changes = {"data.size": 120, "budget.epochs": 3, "model.width": 8, "model.normalization": "batch"}
    return [(config, run(config)) for config in (configured({**changes, "budget.seed": seed}) for seed in range(3))]


def test_an_ensemble_is_measured_there(three: list[tuple[RunConfig, Told]]):
    def measured() -> Any:
        members = [(str(k), config, load(config.data), told.last()) for k, (config, told) in enumerate(three)]
        return ensemble_of(members, lambda share: None)

    here = measured()
    with far_device() as machine:
        there = measured()
    assert machine.results > 100
    assert there.predictions.loss == pytest.approx(here.predictions.loss, rel=1e-4)
    assert [one.loss for one in there.members] == pytest.approx([one.loss for one in here.members], rel=1e-4)
    assert there.disagreement == here.disagreement


@pytest.mark.parametrize(("plane", "count"), [("random", 1), ("path", 1), ("three", 3), ("line", 2), ("curve", 2)])
def test_a_loss_surface_is_measured_there(
    three: list[tuple[RunConfig, Told]], plane: str, count: int, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("trainers.surfaces.computing.trained_control", partial(trained_control, steps=40))
    names = tuple(f"r{k}" for k in range(count))
    request = SurfaceRequest(plane=plane, runs=names, kept=names, resolution=9, rows=100)

    def measured() -> Any:
        kept = [[one for one, _ in told.checkpoints] for _, told in three[:count]]
        config = three[0][0]
        return compute_surface(request, config, kept, load(config.data), lambda *_: None)

    here = measured()
    with far_device() as machine:
        there = measured()
    assert machine.results > 100
    assert set(there.values) == set(here.values)
    for name, grid in here.values.items():
        np.testing.assert_allclose(there.values[name], grid, rtol=2e-3, atol=2e-3)
    for one, other in zip(there.sharpness, here.sharpness, strict=True):
        assert one.eigenvalues == pytest.approx(other.eigenvalues, rel=1e-2)


def test_signals_are_measured_there():
    setup = Setup(activation="gelu", initializer="kaiming_normal", widths=[50] * 5, samples=60)
    here = trace(setup).table
    with far_device():
        there = trace(setup, device=FAR).table
    np.testing.assert_allclose(there["std"], here["std"], rtol=1e-4)
    np.testing.assert_allclose(there["grad_std"], here["grad_std"], rtol=1e-4)


def test_the_device_refuses_what_a_gpu_refuses():
    with far_device():
        far = torch.ones(3, device=FAR)
        assert float((2 * far).sum()) == 6
        assert far.cpu().numpy().tolist() == [1, 1, 1]
        for refused in (lambda: far + torch.ones(3), far.numpy, far.double, lambda: torch.ones(3)[far.long()]):
            with pytest.raises((TypeError, RuntimeError)):
                refused()
