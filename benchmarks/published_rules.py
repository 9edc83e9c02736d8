"""The rules of four published tools, as functions on the same history, to be compared with ``diagnose``.

Each has its own thresholds. Where a rule needs what a history does not hold, the nearest number that it does hold
stands in, and the rule says so. Only symptoms that a history can show, with a threshold that is published, are here.
Each returns the kinds it would report, in its own order; where its verdict covers two of ours, both.

AutoTrainer: Zhang, Zhai, Ma & Shen (2021), ICSE, arXiv:2102.12670. UMLAUT: Schoop, Huang & Hartmann (2021), CHI.
SageMaker Debugger: Rauschmayr et al. (2021), MLSys. DeepDiagnosis: Wardat, Cruz, Le & Rajan (2022), ICSE,
arXiv:2112.04036.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from trainers.diagnosis import Array, History

Rules = Callable[[History], list[str]]


def _broken(history: History) -> bool:
    losses = ((history.train_loss, history.missing_train), (history.val_loss, history.missing_val))
    return any(bool((~np.isfinite(values) & ~missing).any()) for values, missing in losses)


def _finite(values: Array) -> Array:
    return values[np.isfinite(values)]


def _column(history: History, name: str) -> Array:
    """``(reports, layers)`` at the reports where the inside was looked at."""
    if history.internals is None:
        return np.empty((0, 0))
    values = history.internals[name]
    return values[np.isfinite(values).any(1)]


def _mean_gradient(history: History) -> Array:
    """The mean size of a gradient's entry by layer; its root mean square stands in for the mean of absolute values."""
    norms = _column(history, "grad_norm")
    return norms if history.internals is None or not norms.size else norms / np.sqrt(history.internals.sizes)


def autotrainer(history: History) -> list[str]:
    """Vanishing: first / last gradient < 1e-3 and first < 1e-4. Exploding: ratio > 70, or no number. Dying ReLU: 70 %
    of gradient entries zero (dead units stand in). Oscillating: accuracy swings by 0.03 in 20 % of epochs. Slow: no
    epoch gains 0.01."""
    kinds = []
    accuracy = _finite(history.train_metric)
    means = _mean_gradient(history)
    if _broken(history):
        kinds += ["exploding_gradients", "diverging"]
    if len(means) and means.shape[1] > 1:
        first, last = means[-1, 0], means[-1, -1]
        if last > 0 and first / last > 70:
            kinds.append("exploding_gradients")
        if last > 0 and first / last < 1e-3 and first < 1e-4:
            kinds.append("vanishing_gradients")
    dead = _column(history, "dead_share")
    if dead.size and np.nanmax(dead[-1], initial=0.0) >= 0.7:
        kinds.append("dead_relus")
    gains = np.diff(accuracy)
    if len(gains):
        swings = (gains[1:] * gains[:-1] < 0) & (np.abs(gains[1:]) >= 0.03) & (np.abs(gains[:-1]) >= 0.03)
        if len(swings) and swings.mean() >= 0.2:
            kinds.append("oscillating")
        if not (gains >= 0.01).any():
            kinds.append("slow")
    return list(dict.fromkeys(kinds))


def umlaut(history: History) -> list[str]:
    """Overfitting: one epoch with V up and L not up. No number. Rate outside 1e-7 .. 0.01: too high stands for
    diverging and oscillating, too low for slow."""
    kinds = []
    if _broken(history):
        kinds += ["diverging", "exploding_gradients"]
    rates = _finite(history.lr)
    rate = float(rates[0]) if len(rates) else history.setting("optimizer.lr")
    if rate is not None and rate > 0.01:
        kinds += ["diverging", "oscillating"]
    if rate is not None and rate < 1e-7:
        kinds.append("slow")
    both = np.isfinite(history.train_loss) & np.isfinite(history.val_loss)
    train, val = history.train_loss[both], history.val_loss[both]
    if ((np.diff(val) > 0) & (np.diff(train) <= 0)).any():
        kinds.append("overfitting")
    return list(dict.fromkeys(kinds))


def sagemaker_debugger(history: History) -> list[str]:
    """Overfitting: (V - L) / L > 0.1. Vanishing: mean gradient of a layer < 1e-7. Dead ReLU: half of a layer's units.
    Exploding: a tensor that is no number. Loss that does not fall by 0.1 % in 10 steps (reports stand in): plateau."""
    kinds = []
    if _broken(history):
        kinds += ["exploding_gradients", "diverging"]
    means = _mean_gradient(history)
    if means.size and np.nanmin(means[-1]) < 1e-7:
        kinds.append("vanishing_gradients")
    dead = _column(history, "dead_share")
    if dead.size and np.nanmax(dead[-1], initial=0.0) >= 0.5:
        kinds.append("dead_relus")
    train = _finite(history.train_loss)
    if len(train) > 10 and train[-1] > 0.999 * train[-11]:
        kinds.append("plateau")
    both = np.isfinite(history.train_loss) & np.isfinite(history.val_loss)
    if both.any():
        train, val = history.train_loss[both][-1], history.val_loss[both][-1]
        if train > 0 and (val - train) / train > 0.1:
            kinds.append("overfitting")
    return kinds


def deepdiagnosis(history: History) -> list[str]:
    """Exploding tensor: a number that is none. Dead node: 70 % of a layer's outputs at most 0 (dead units stand in).
    Vanishing: mean gradient < 1e-7. Overfitting is not among its symptoms."""
    kinds = []
    if _broken(history):
        kinds += ["exploding_gradients", "diverging"]
    dead = _column(history, "dead_share")
    if dead.size and np.nanmax(dead[-1], initial=0.0) >= 0.7:
        kinds.append("dead_relus")
    means = _mean_gradient(history)
    if means.size and np.nanmin(means[-1]) < 1e-7:
        kinds.append("vanishing_gradients")
    return kinds


# What each could ever say.
KNOWN_KINDS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "AutoTrainer": frozenset(
            {"exploding_gradients", "diverging", "vanishing_gradients", "dead_relus", "oscillating", "slow"}
        ),
        "UMLAUT": frozenset({"diverging", "exploding_gradients", "oscillating", "slow", "overfitting"}),
        "SageMaker Debugger": frozenset(
            {"exploding_gradients", "diverging", "vanishing_gradients", "dead_relus", "plateau", "overfitting"}
        ),
        "DeepDiagnosis": frozenset({"exploding_gradients", "diverging", "vanishing_gradients", "dead_relus"}),
    }
)
PUBLISHED_RULES: Mapping[str, Rules] = MappingProxyType(
    {
        "AutoTrainer": autotrainer,
        "UMLAUT": umlaut,
        "SageMaker Debugger": sagemaker_debugger,
        "DeepDiagnosis": deepdiagnosis,
    }
)
