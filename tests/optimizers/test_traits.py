"""What the rules declare of themselves, against what they do and against PyTorch's own state."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from landscapes import LANDSCAPES
from optimizers import OPTIMIZERS, Optimizer, descend
from optimizers.rules.momentum import SGD

STEPS = 40
# L-BFGS keeps lists of vectors, as many as steps remembered.
TORCH = [rule for rule in OPTIMIZERS.values() if (rule.torch or "").startswith("torch.optim.") and rule.key != "lbfgs"]
# Whose steps on a plane say nothing of bias correction, and why.
_SAY_NOTHING = {
    "ademamix": "its slow mean is not corrected",
    "lion": "takes the sign",
    "adadelta": "its rate is a mean of steps",
    "prodigy": "its rate grows",
    "nadam": "looks ahead with a momentum that grows",
    "radam": "waits until its variance is known",
    "schedule_free_adamw": "averages its points",
    "sophia": "divides by a curvature, which a plane lacks",
    "adan": "its second mean is of differences, which a plane lacks",
}
AVERAGING = [
    rule
    for rule in OPTIMIZERS.values()
    if rule.traits and "leaky mean" in (rule.traits.first, rule.traits.second) and rule.key not in _SAY_NOTHING
]


class _Plane:
    def value(self, points: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        return points @ np.array([3.0, -2.0])

    def gradient(self, points: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        return np.broadcast_to(np.array([3.0, -2.0]), points.shape).copy()

    def hessian(self, points: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        return np.zeros((*points.shape, 2))


_PLANE = _Plane()


def evaluations(rule: Optimizer) -> np.ndarray[Any, Any]:
    """Gradient evaluations that each step spends."""
    return np.diff(descend(LANDSCAPES["rosenbrock"], rule, start=(-1.5, 2.0), steps=STEPS).evaluations)


@pytest.mark.parametrize("rule", OPTIMIZERS.values(), ids=OPTIMIZERS)
def test_every_rule_of_the_catalogue_tells_its_traits_and_its_year(rule: Optimizer) -> None:
    assert rule.traits is not None
    assert rule.traits.memory
    assert rule.year is not None
    assert 1700 < rule.year < 2030


@pytest.mark.parametrize("rule", OPTIMIZERS.values(), ids=OPTIMIZERS)
def test_a_rule_asks_what_it_says(rule: Optimizer) -> None:
    assert rule.traits is not None
    spent, asks = evaluations(rule), rule.traits.asks
    fixed = {"gradient": 1, "two gradients": 2, "gradient, Hessian": 3}
    if rule.key in ("asgd", "lbfgs"):  # at their usual rates they leave the domain, or are done, before the end
        spent = spent[spent > 0]
    if asks in fixed:
        assert set(spent.tolist()) == {fixed[asks]}
    elif asks == "gradient, at times a Hessian":
        assert set(spent.tolist()) == {1, 3}
    else:
        assert spent.max() > fixed["gradient, Hessian" if "Hessian" in asks else "gradient"], asks


@pytest.mark.parametrize("rule", TORCH, ids=[rule.key for rule in TORCH])
def test_memory_is_what_pytorch_holds(rule: Optimizer) -> None:
    assert rule.torch is not None
    assert rule.torch_arguments is not None
    assert rule.traits is not None
    weights = torch.nn.Parameter(torch.ones(3, 5, dtype=torch.float64))
    made = getattr(torch.optim, rule.torch.rpartition(".")[2])([weights], **rule.torch_arguments(rule.defaults()))
    for _ in range(2):
        made.zero_grad()
        (weights**2).sum().backward()
        made.step()
    held = [each for each in made.state[weights].values() if torch.is_tensor(each) and each.shape == weights.shape]
    numbers = re.fullmatch(r"(\d*)(n?)", rule.traits.memory)
    assert numbers is not None
    assert len(held) == (int(numbers[1] or 1) if numbers[2] else 0)


@pytest.mark.parametrize("rule", AVERAGING, ids=[rule.key for rule in AVERAGING])
def test_bias_correction_is_a_first_step_as_long_as_the_later_ones(rule: Optimizer) -> None:
    """On a plane gradients never change, so that a corrected mean is the gradient from the first step on."""
    assert rule.traits is not None
    path = descend(_PLANE, rule, start=(0.0, 0.0), steps=400, lr=1e-3)
    lengths = np.linalg.norm(np.diff(path.points, axis=0), axis=-1)
    corrected = bool(np.isclose(lengths[0], lengths[-1], rtol=0.05))
    assert corrected is rule.traits.bias_corrected


@pytest.mark.parametrize(
    ("reference", "year"),
    [
        ("Kingma and Ba, arXiv:1412.6980", 2014),
        ("Foret et al., ICLR 2021, arXiv:2010.01412; adaptive: Kwon et al., arXiv:2102.11600", 2020),
        ("Cauchy, Comptes rendus 25 (1847); Robbins and Monro, Ann. Math. Statist. 22 (1951)", 1847),
        ("Made up.", None),
    ],
)
def test_the_year_is_the_earliest_of_the_sources(reference: str, year: int | None) -> None:
    assert replace(SGD, reference=reference).year == year
