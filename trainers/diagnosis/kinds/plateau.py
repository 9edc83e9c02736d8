"""Plateau: L stands still close to where a constant prediction is, though nothing says that this is all there is.

Source: Dauphin et al. (2014), arXiv:1406.2572.
"""

from __future__ import annotations

from dataclasses import dataclass

from numerals import readable
from trainers.diagnosis.findings import Remedy, Sign
from trainers.diagnosis.kind import Kind, threshold
from trainers.diagnosis.measures import MIN_REPORTS, Measures
from trainers.diagnosis.remedies import bigger, lr, put, remedies, usual_start
from trainers.diagnosis.trial_judging import LEARNED


@dataclass(frozen=True, kw_only=True)
class Thresholds:
    """Where L stands still."""

    left: float = threshold(0.97, "share of L0 that is left")
    left_alone: float = threshold(0.85, "the same where the loss of a constant prediction is not known")
    moved: float = threshold(0.2, "way of the first layer's weights over their length; beyond it, it is no standstill")


def _plateau(m: Measures, at: Thresholds) -> Sign | None:
    if m.n < 2 * MIN_REPORTS:
        return None
    least = at.left_alone if m.history.baseline_loss is None else at.left
    if (m.scale > 0 and m.left < least) or m.collapsed or m.one_layer:
        return None
    # Where a signal leaves the first layer and its weights have moved, this is where the network ends.
    if m.moved > at.moved and not m.faint:
        return None
    since = m.flat_since
    long_enough = max(5, round(0.1 * m.n))
    if since is None or m.n - since < long_enough or (m.scale <= 0 and m.baseline == 0):
        return None
    return Sign(
        strength=1.0 + (m.left - least) * 5 + min(1.0, (m.n - since) / m.n),
        since=float(m.epochs[since]),
        evidence=f"Training loss stays at {readable(m.now)} since epoch {m.epochs[since]:g}; "
        f"a constant prediction has {readable(m.baseline)}.",
    )


def _remedies(m: Measures) -> tuple[Remedy, ...]:
    momentum = put(m, optimizer__name="momentum") if m.history.setting("optimizer.name") in (None, "sgd") else {}
    return remedies(
        ("Go on with three times the rate.", lr(m, 3.0), "here"),
        ("Add momentum.", momentum, "here"),
        ("Start from weights of the usual size.", usual_start(m), "beginning"),
        ("Take a larger network.", bigger(m), "beginning"),
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
    reference="Dauphin et al. (2014), arXiv:1406.2572",
)
