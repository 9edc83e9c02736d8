"""How close each step comes to the step-size limit: rate times curvature, and the number it must stay below.

On a quadratic with largest curvature L, gradient descent x <- x - r g shrinks every error while r L < 2 and multiplies
one beyond. With momentum mu the limit on r L is 2 (1 + mu) for PyTorch's sum of gradients and 2 (1 + mu) / (1 - mu) for
the average; Nesterov's form lowers the former to 2 (1 + mu) / (1 + 2 mu). A rule that divides by the root of a memory v
has a rate for each coordinate, d_i = r / (sqrt(v_i) + eps); the curvature it sees is that of the rescaled surface,
the largest eigenvalue of D^(1/2) H D^(1/2).

Sources: Polyak 1964; O'Donoghue and Candès, arXiv:1204.3982 (momentum on quadratics); Cohen et al., "Adaptive gradient
methods at the edge of stability", arXiv:2207.14484.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from optimizers.rules.adaptive import rmsprop_moment
from optimizers.rules.symmetric import eigenvalues
from optimizers.second_moment import divisor
from optimizers.types import Array, Trajectory


@dataclass(frozen=True, kw_only=True)
class Stability:
    """For the K steps of one path: ``products`` ``(K,)`` is rate times curvature; ``limit`` is what it must not exceed.

    rates: ``(K, 2)``, the rate of each coordinate; both are the same where ``rescaled`` is False.
    """

    products: Array
    rates: Array
    limit: float
    rescaled: bool


def stability(trajectory: Trajectory, hessians: Array) -> Stability | None:
    """Rate times curvature of every step of one path, or None where no limit is known for the rule.

    Args:
        trajectory: a path with batch shape ``()``.
        hessians: the Hessian at the point that each step leaves, ``(K, 2, 2)``; K may be less than the steps.
    """
    steps = len(hessians)
    found = _rates_and_limit(trajectory, steps) if steps else None
    if found is None:
        return None
    rates, limit, rescaled = found
    roots = np.sqrt(rates)
    decay = (
        float(trajectory.hyperparameters.get("weight_decay", 0.0))
        if trajectory.optimizer.key in DECAY_IN_GRADIENT
        else 0.0
    )
    scaled = (hessians + decay * np.eye(2)) * roots[:, :, None] * roots[:, None, :]
    return Stability(products=eigenvalues(scaled)[:, 1], rates=rates, limit=limit, rescaled=rescaled)


# Rules whose weight decay is a part of the gradient: they descend on f + decay |x|^2 / 2.
DECAY_IN_GRADIENT = {"sgd", "momentum", "momentum_ema", "nesterov", "adagrad", "adadelta", "rmsprop", "adam_l2", "asgd"}


_PLAIN = {"sgd", "momentum", "momentum_ema", "nesterov"}


def curvature_limit(key: str, hyper: Mapping[str, Any]) -> float | None:
    """What rate times the largest curvature must not exceed, for rules with one rate; None for others, or no limit."""
    if key not in _PLAIN:
        return None
    mu = float(hyper.get("momentum", 0.0))
    if key == "sgd":
        return 2.0
    if key == "momentum":
        damping = float(hyper.get("dampening", 0.0)) if mu else 0.0
        return 2 * (1 + mu) / (1 - damping) if damping < 1 else None
    return 2 * (1 + mu) / (1 - mu) if key == "momentum_ema" else 2 * (1 + mu) / (1 + 2 * mu)


def _rates_and_limit(trajectory: Trajectory, steps: int) -> tuple[Array, float, bool] | None:
    key, hyper, states = trajectory.optimizer.key, trajectory.hyperparameters, trajectory.states
    lr = np.broadcast_to(trajectory.rates[:steps, None], (steps, 2))
    bound = curvature_limit(key, hyper)
    if bound is not None:
        return lr, bound, False
    if key in _PLAIN:
        return None
    if key == "asgd" and "eta" in states:
        return np.broadcast_to(states["eta"][:steps], (steps, 2)), 2.0, False
    if key == "gd_backtracking" and "step_length" in states:
        return np.broadcast_to(states["step_length"][1 : steps + 1], (steps, 2)), 2.0, False
    rescaled = _RESCALED.get(key)
    if rescaled is None or not states:
        return None
    after = {name: entries[1 : steps + 1] for name, entries in states.items()}
    with np.errstate(all="ignore"):
        rates, limit = rescaled(lr, hyper, after, states, steps)
    return np.where(np.isfinite(rates), rates, 0.0), limit, True


def _adagrad(lr: Array, hyper: Any, after: Any, states: Any, steps: int) -> tuple[Array, float]:
    fallen = lr / (1 + np.arange(steps)[:, None] * float(hyper.get("lr_decay", 0.0)))
    return fallen / divisor(after["v"], hyper["eps"], hyper["eps_place"]), 2.0


def _rmsprop(lr: Array, hyper: Any, after: Any, states: Any, steps: int) -> tuple[Array, float]:
    v = rmsprop_moment(after, hyper, np.arange(steps)[:, None])
    return lr / divisor(v, hyper["eps"], hyper["eps_place"]), 2 * (1 + float(hyper.get("momentum", 0.0)))


def _adadelta(lr: Array, hyper: Any, after: Any, states: Any, steps: int) -> tuple[Array, float]:
    return lr * np.sqrt(states["u"][:steps] + hyper["eps"]) / np.sqrt(after["v"] + hyper["eps"]), 2.0


def _adam(lr: Array, hyper: Any, after: Any, states: Any, steps: int) -> tuple[Array, float]:
    late = None
    if hyper["bias_correction"]:
        late = np.sqrt(1 - float(hyper["beta2"]) ** np.arange(1, steps + 1)[:, None])
        lr = lr * late
    scale = divisor(after["v"], hyper["eps"], hyper["eps_place"], late)
    return lr / scale, 2 * (1 + hyper["beta1"]) / (1 - hyper["beta1"])


_RESCALED = {
    "adagrad": _adagrad,
    "rmsprop": _rmsprop,
    "adadelta": _adadelta,
    "adam": _adam,
    "adam_l2": _adam,
    "adamw": _adam,
}


def noise_gap(hessian: Array, covariance: Array, rate: float) -> float | None:
    """How far above the minimum of a quadratic gradient descent at a constant rate stays on average.

    Args:
        hessian: ``(2, 2)``, positive definite. covariance: ``(2, 2)``, of the gradient of a step; steps are
            independent.

    In the axes of the Hessian the variance v of a coordinate obeys v = (1 - r lambda)^2 v + r^2 c, so the mean gap is
    the sum of r c / (2 (2 - r lambda)) (Mandt, Hoffman and Blei 2017, arXiv:1704.04289, without the limit of small
    steps). None where the rate is beyond the step-size limit.
    """
    curvature, axes = np.linalg.eigh(hessian)
    noise = np.diag(axes.T @ covariance @ axes)
    if not (curvature.min() > 0 and rate * curvature.max() < 2):
        return None
    return float((rate * noise / (2 * (2 - rate * curvature))).sum())
