"""What theory says of two hyperparameters is what paths do."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.maps import axes_of, curvatures, theory_of
from landscapes import LANDSCAPES
from optimizers import OPTIMIZERS, descend

BOWL = LANDSCAPES["elongated_bowl"].with_parameters(condition=40.0, rotation=20.0)


def told(rule: str, across: str, up: str, **values: float):
    axes = axes_of(rule)
    found = theory_of(BOWL, BOWL.domain, rule, {**OPTIMIZERS[rule].defaults(), **values}, [axes[across], axes[up]])
    assert found is not None
    return found


def test_only_quadratics_with_a_minimum_have_curvatures():
    assert curvatures(BOWL, BOWL.domain) == pytest.approx((1, 40))
    for key in ("rosenbrock", "saddle", "rastrigin"):
        assert curvatures(LANDSCAPES[key], LANDSCAPES[key].domain) is None


@pytest.mark.parametrize(
    ("rule", "up"),
    [("sgd", "weight_decay"), ("momentum", "momentum"), ("momentum_ema", "momentum"), ("nesterov", "momentum")],
)
def test_paths_diverge_beyond_the_line_and_not_before(rule: str, up: str):
    line = np.array(told(rule, "lr", up).stability)[10:230:20]
    for share, diverges in ((0.97, False), (1.03, True)):
        values = {"lr": share * line[:, 0], up: line[:, 1]}
        path = descend(BOWL, OPTIMIZERS[rule], start=BOWL.start, steps=3000, record="points", **values)
        with np.errstate(all="ignore"):
            grows = ~(path.values[-1] < path.values[0])
        assert (grows == diverges).all()


@pytest.mark.parametrize("rule", ["momentum", "momentum_ema", "nesterov"])
def test_no_pair_nearby_is_faster_than_the_best(rule: str):
    best = told(rule, "lr", "momentum").best
    assert best is not None
    rates, momenta = np.meshgrid(best[0] * np.array([0.85, 1.0, 1.15]), best[1] + np.array([-0.08, 0.0, 0.08]))
    path = descend(BOWL, OPTIMIZERS[rule], start=BOWL.start, steps=150, record="points", lr=rates, momentum=momenta)
    with np.errstate(all="ignore"):
        late = np.log(path.values[100:]).max(0)
    assert late[1, 1] == late.min()


def test_axes_may_be_the_other_way_round_and_hide_the_rate():
    one, other = told("momentum", "lr", "momentum"), told("momentum", "momentum", "lr")
    assert one.best is not None
    assert other.best == one.best[::-1]
    assert other.stability == tuple(pair[::-1] for pair in one.stability)
    assert told("momentum", "momentum", "dampening").stability == ()
    assert told("momentum", "lr", "momentum", weight_decay=0.1).best is None
