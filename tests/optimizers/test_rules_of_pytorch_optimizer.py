"""Rules that PyTorch lacks, against the package pytorch_optimizer, step by step in float64."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import pytorch_optimizer
import torch

from landscapes import LANDSCAPES
from optimizers import OPTIMIZERS, descend
from tests.optimizers.torch_paths import assert_same_path, torch_path

PLACES = {"rosenbrock": (-1.5, 2.0), "himmelblau": (0.3, -1.4), "elongated_bowl": (-2.6, 1.1)}
STEPS = 300


@pytest.fixture(autouse=True)
def _float64():
    """Prodigy keeps its sums in the default type."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(before)


def _betas(values: dict[str, Any], *names: str) -> dict[str, Any]:
    rest: dict[str, Any] = {name: value for name, value in values.items() if name not in names}
    return {**rest, "betas": tuple(values[name] for name in names)}


def _lion(values):
    return lambda p: pytorch_optimizer.Lion([p], **_betas(values, "beta1", "beta2"))


def _adan(values):
    return lambda p: pytorch_optimizer.Adan([p], **_betas(values, "beta1", "beta2", "beta3"))


def _ademamix(values):
    # The paper's weight decay is beside the gradient; the package's default puts it inside.
    arguments = _betas(values, "beta1", "beta2", "beta3")
    arguments["t_alpha_beta3"] = arguments["t_alpha_beta3"] or None
    return lambda p: pytorch_optimizer.AdEMAMix([p], weight_decouple=True, **arguments)


def _prodigy(values):
    return lambda p: pytorch_optimizer.Prodigy([p], **_betas(values, "beta1", "beta2"))


def _shampoo(values):
    arguments = {**values, "matrix_eps": values["eps"]}
    del arguments["eps"]
    return lambda p: pytorch_optimizer.Shampoo([p], **arguments)


def _lookahead(values):
    if values["base"] == "adam":
        names = ("beta1", "beta2")
        arguments = _betas({name: values[name] for name in ("lr", "eps", *names)}, *names)
        base = torch.optim.Adam
    else:
        arguments = {"lr": values["lr"], "momentum": values["momentum"]}
        base = torch.optim.SGD
    return lambda p: pytorch_optimizer.Lookahead(base([p], **arguments), k=values["k"], alpha=values["alpha"])


CASES: list[tuple[str, Any, dict[str, Any]]] = [
    ("lion", _lion, {}),
    ("lion", _lion, {"lr": 0.01, "beta1": 0.95, "beta2": 0.98, "weight_decay": 0.1}),
    ("lion", _lion, {"lr": 0.003, "beta1": 0.5, "beta2": 0.5}),
    ("adan", _adan, {}),
    ("adan", _adan, {"lr": 0.01, "weight_decay": 0.1, "beta1": 0.9, "beta2": 0.8, "beta3": 0.999}),
    ("ademamix", _ademamix, {}),
    ("ademamix", _ademamix, {"lr": 0.004, "weight_decay": 0.1, "alpha": 2.0, "t_alpha_beta3": 200, "beta3": 0.999}),
    ("prodigy", _prodigy, {}),
    ("prodigy", _prodigy, {"d0": 1e-4, "d_coef": 0.5, "weight_decay": 0.01, "bias_correction": True}),
    ("shampoo", _shampoo, {}),
    ("shampoo", _shampoo, {"lr": 0.05, "eps": 1e-2, "weight_decay": 0.1}),
    ("lookahead", _lookahead, {"lr": 2e-4}),
    ("lookahead", _lookahead, {"lr": 2e-4, "momentum": 0.0, "k": 3, "alpha": 0.8}),
    ("lookahead", _lookahead, {"base": "adam", "lr": 0.02, "k": 7, "alpha": 0.3}),
]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(("key", "make", "values"), CASES)
def test_the_path_is_that_of_the_package(key, make, values, place):
    rule, landscape, start = OPTIMIZERS[key], LANDSCAPES[place], PLACES[place]
    ours = descend(landscape, rule, start=start, steps=STEPS, **values)
    theirs, _ = torch_path(landscape, make({**rule.defaults(), **values}), start, STEPS)
    assert_same_path(ours.points, theirs)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("values", [{"momentum": 0.0}, {"momentum": 0.9, "k": 3, "alpha": 0.8, "rho": 0.3}])
def test_lookahead_around_sam_is_the_package_s_own_around_a_sam(values, place):
    """The package's own SAM takes the gradient's length in float32, so SAM is written out around PyTorch's SGD."""
    landscape, start = LANDSCAPES[place], PLACES[place]
    values = {"lr": 2e-4, "rho": 0.05, "k": 5, "alpha": 0.5, **values}
    ours = descend(landscape, OPTIMIZERS["lookahead"], start=start, steps=STEPS, base="sam", **values)
    point = torch.tensor(start, dtype=torch.float64, requires_grad=True)

    def closure():
        point.grad = torch.from_numpy(np.array(landscape.gradient(point.detach().numpy().copy())))
        return 0.0

    class ClosureSAM(torch.optim.SGD):
        @torch.no_grad()
        def step(self, closure=None):
            assert closure is not None
            assert point.grad is not None
            here = point.clone()
            point.add_(point.grad * (values["rho"] / (point.grad.norm() + 1e-12)))
            closure()
            point.copy_(here)
            return super().step()

    base = ClosureSAM([point], lr=values["lr"], momentum=values["momentum"])
    optimizer = pytorch_optimizer.Lookahead(base, k=values["k"], alpha=values["alpha"])
    theirs = [point.detach().numpy().copy()]
    for _ in range(STEPS):
        closure()
        optimizer.step(closure)
        theirs.append(point.detach().numpy().copy())
    assert_same_path(ours.points, np.array(theirs))


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("values", [{}, {"lr": 0.5, "clip": 0.1, "update_period": 3, "weight_decay": 0.05}])
def test_sophia_is_the_package_once_that_is_given_the_exact_diagonal(values, place):
    """The package estimates the diagonal of the Hessian from random vectors; ours is exact on purpose."""
    rule, landscape, start = OPTIMIZERS["sophia"], LANDSCAPES[place], PLACES[place]
    full = {**rule.defaults(), **values}

    class Fed:
        """The package's optimizer, handed the diagonal on the steps on which ours looks at it."""

        def __init__(self, point: torch.Tensor) -> None:
            arguments = _betas({n: full[n] for n in ("lr", "beta1", "beta2", "eps", "weight_decay")}, "beta1", "beta2")
            arguments |= {"p": full["clip"], "update_period": full["update_period"]}
            self.inner, self.point, self.k = pytorch_optimizer.SophiaH([point], **arguments), point, 0
            self.param_groups = self.inner.param_groups

        def step(self) -> None:
            diagonal = np.diag(landscape.hessian(self.point.detach().numpy().copy())).copy()
            self.inner.step(hessian=[torch.from_numpy(diagonal)] if self.k % full["update_period"] == 0 else None)
            self.k += 1

    ours = descend(landscape, rule, start=start, steps=STEPS, **values)
    assert_same_path(ours.points, torch_path(landscape, Fed, start, STEPS)[0])
    looks = -(-STEPS // full["update_period"])
    assert ours.evaluations[-1] == STEPS + 2 * looks


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    "values",
    [{"lr": 2e-4}, {"lr": 2e-5, "momentum": 0.9, "rho": 0.1, "weight_decay": 0.01}, {"lr": 2e-4, "adaptive": True}],
)
def test_sam_is_the_package_once_that_takes_its_norm_in_float64(values, place, monkeypatch):
    """The package rounds the length of the gradient to float32, whatever the parameter's type; ours does not."""

    def squared_length(groups, weight_adaptive):
        (group,) = groups
        (point,) = group["params"]
        scaled = point.grad * point.detach().abs() if group["adaptive"] else point.grad
        return (scaled * scaled).sum().reshape(1)

    monkeypatch.setattr("pytorch_optimizer.optimizer.sam.get_global_gradient_norm", squared_length)
    rule, landscape, start = OPTIMIZERS["sam"], LANDSCAPES[place], PLACES[place]

    class Closed:
        """The package's optimizer with the closure it asks for."""

        def __init__(self, point: torch.Tensor) -> None:
            self.inner = pytorch_optimizer.SAM([point], torch.optim.SGD, **{**rule.defaults(), **values})
            self.point, self.param_groups = point, self.inner.param_groups

        def _closure(self) -> float:
            here = self.point.detach().numpy().copy()
            self.point.grad = torch.from_numpy(np.array(landscape.gradient(here)))
            return float(landscape.value(here))

        def step(self) -> None:
            self.inner.step(self._closure)

    ours = descend(landscape, rule, start=start, steps=STEPS, **values)
    assert_same_path(ours.points, torch_path(landscape, Closed, start, STEPS)[0])
    assert ours.evaluations[-1] == 2 * STEPS


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    "values",
    [{}, {"lr": 0.02, "beta1": 0.95, "warmup_steps": 50, "weight_decay": 0.01, "r": 1.0}, {"weight_lr_power": 0.0}],
)
def test_schedule_free_is_the_package_in_evaluation_mode(values, place):
    """The package's parameter is y while training; x, which ours draws, is what its eval() turns it into."""
    rule, landscape, start = OPTIMIZERS["schedule_free_adamw"], LANDSCAPES[place], PLACES[place]
    arguments = _betas({**rule.defaults(), **values}, "beta1", "beta2")
    averages = [np.array(start)]

    def look(optimizer, point):
        optimizer.eval()
        averages.append(point.detach().numpy().copy())
        optimizer.train()

    torch_path(landscape, lambda p: pytorch_optimizer.ScheduleFreeAdamW([p], **arguments), start, STEPS, after=look)
    ours = descend(landscape, rule, start=start, steps=STEPS, **values)
    assert_same_path(ours.points, np.array(averages))


def test_muon_stays_near_torch_which_iterates_in_bfloat16():
    """Its two or three digits are all that can agree; test_first_order_rules compares the rest of the rule exactly."""
    rule, landscape, start = OPTIMIZERS["muon"], LANDSCAPES["himmelblau"], (0.3, -1.4)
    values: dict[str, Any] = {"lr": 0.01, "weight_decay": 0.0}
    ours = descend(landscape, rule, start=start, steps=50, **values)
    theirs, _ = torch_path(landscape, lambda p: torch.optim.Muon([p], **values), start, 50, matrix=True)
    travelled = np.linalg.norm(np.diff(theirs, axis=0), axis=-1).sum()
    assert np.abs(ours.points - theirs).max() < 0.03 * travelled
