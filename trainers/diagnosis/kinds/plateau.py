"""Plateau: L stands still close to where a constant prediction is, though nothing says that this is all there is.

Source: Dauphin et al. (2014), arXiv:1406.2572.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from numerals import readable, readable_epoch
from trainers.diagnosis.findings import Remedy, Sign
from trainers.diagnosis.kind import Kind, threshold
from trainers.diagnosis.measures import MIN_REPORTS, MIN_WINDOW, Measures
from trainers.diagnosis.remedies import bigger, lr, put, remedies, usual_start
from trainers.diagnosis.trial_judging import LEARNED

# Numbers of classes that are common enough for their loss to be recognized.
_CLASSES = (2, 3, 4, 5, 8, 10, 20, 26, 50, 100, 200, 1000)


@dataclass(frozen=True, kw_only=True)
class Thresholds:
    """Where L stands still."""

    left: float = threshold(0.97, "share of L0 that is left")
    guess: float = threshold(0.015, "L beside the loss of guessing, where that of a constant prediction is not known")
    metric: float = threshold(0.05, "accuracy or R^2 at which nothing is learned, where L0 is not known")
    moved: float = threshold(0.2, "way of the first layer's weights over their length; beyond it, it is no standstill")


def _plateau(m: Measures, at: Thresholds) -> Sign | None:
    if m.n < 2 * MIN_REPORTS:
        return None
    if m.collapsed or m.one_layer or m.knows_better:
        return None
    beside = m.began
    if m.history.baseline_loss is None:
        # Two curves that are level say nothing of a plateau: where they are is not known, but for one known loss.
        if (classes := guessed(m, at)) is not None:
            beside = f"guessing among {classes} classes has {readable(float(np.log(classes)))}"
        elif (metric := nothing_learned(m, at)) is not None:
            beside = f"{m.metric_word} is {readable(metric)}"
        else:
            return None
    elif m.scale > 0 and m.left < at.left:
        return None
    # Where a signal leaves the first layer and its weights have moved, this is where the network ends.
    if m.moved > at.moved and not m.faint:
        return None
    since = m.flat_since
    long_enough = max(5, round(0.1 * m.n))
    if since is None or m.n - since < long_enough or (m.scale <= 0 and m.baseline == 0):
        return None
    return Sign(
        strength=1.0 + max(0.0, m.left - at.left) * 5 + min(1.0, (m.n - since) / m.n),
        since=float(m.epochs[since]),
        evidence=f"Training loss stays at {readable(m.now)} since epoch {readable_epoch(m.epochs[since])}; {beside}.",
    )


def guessed(m: Measures, at: Thresholds | None = None) -> int | None:
    """Number of classes at which guessing has the cross-entropy at which L began and is; None where there is none."""
    near = (at or Thresholds()).guess
    for classes in _CLASSES:
        loss = float(np.log(classes))
        if m.n and abs(m.now - loss) < near * loss and abs(m.baseline - loss) < 10 * near * loss:
            return classes
    return None


def nothing_learned(m: Measures, at: Thresholds) -> float | None:
    """The metric where L has been level from the start and it says that nothing was learned, as R^2 of 0 does."""
    metrics = [metric for metric in m.metric_now if np.isfinite(metric)]
    if m.flat_since is None or m.flat_since > MIN_WINDOW or not metrics or max(metrics) > at.metric:
        return None
    return max(metrics)


def _remedies(m: Measures) -> tuple[Remedy, ...]:
    momentum = put(m, optimizer__name="momentum") if m.history.setting("optimizer.name") in (None, "sgd") else {}
    return remedies(
        ("Start from weights of the usual size.", usual_start(m), "beginning"),
        ("Add momentum.", momentum, "here"),
        ("Take a larger network.", bigger(m), "beginning"),
        ("Go on with three times the rate.", lr(m, 3.0), "here"),
    )


PLATEAU = Kind(
    key="plateau",
    name="Plateau",
    meaning="The loss stands still where a constant prediction is.",
    group="rate",
    rule=_plateau,
    thresholds=Thresholds(),
    remedies=_remedies,
    judging=LEARNED,
    explains=frozenset({"underfitting", "generalization_gap"}),
    cure="too little movement",
    curves=False,
    reference="Dauphin et al. (2014), arXiv:1406.2572",
)
