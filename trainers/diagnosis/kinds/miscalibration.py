"""Miscalibration: V rises while the validation metric holds; the network is too sure of its mistakes.

Source: Guo, Pleiss, Sun & Weinberger (2017), arXiv:1706.04599.
"""

from __future__ import annotations

from dataclasses import dataclass

from numerals import readable
from trainers.diagnosis.findings import Remedy, Sign
from trainers.diagnosis.kind import Kind, threshold
from trainers.diagnosis.kinds.overfitting import rise_of
from trainers.diagnosis.measures import Measures
from trainers.diagnosis.remedies import add, remedies
from trainers.diagnosis.trial_judging import Judgement, Judging, by_metric, kept, said, unhelpful
from trainers.diagnosis.trial_sides import GAIN_RELATIVE, GAIN_SHARE, Side, comparable, metric_margin


@dataclass(frozen=True, kw_only=True)
class Thresholds:
    """Where the metric holds."""

    holds: float = threshold(0.015, "how far the metric may fall")


def _miscalibration(m: Measures, at: Thresholds) -> Sign | None:
    rise = rise_of(m)
    if rise is None or not rise.metric_lost <= at.holds:
        return None
    return Sign(
        strength=rise.strength,
        since=m.best_epoch,
        evidence=f"Validation loss rises from {readable(rise.low)} to {readable(rise.high)} since epoch "
        f"{m.best_epoch:g} while {m.metric_word} goes from {readable(rise.metric_before / m.percent)} "
        f"to {readable(rise.metric_now / m.percent)}.",
    )


def _remedies(m: Measures) -> tuple[Remedy, ...]:
    return remedies(
        ("Smooth the labels.", add(m, loss__label_smoothing=0.1), "best"),
        ("Stop early and keep the best epoch.", add(m, regularization__patience=10), "best"),
        ("Add weight decay.", add(m, regularization__weight_decay=0.01), "best"),
    )


def _calibrated(a: Side, b: Side) -> Judgement:
    """Validation loss is lower; where losses differ in kind, its rise above its own lowest, while accuracy holds."""
    if b.broken_at is not None or comparable(a, b):
        return kept(a, b)
    rises = [side.val - side.lowest_val for side in (a, b)]
    shares = [rise / (side.baseline or 1.0) for rise, side in zip(rises, (a, b), strict=True)]
    numbers = (
        f"validation loss ends {readable(rises[1], 2)} above its lowest with the remedy, "
        f"{readable(rises[0], 2)} without; losses differ"
    )
    if a.metric - b.metric > metric_margin(a, b):
        return by_metric(a, b)
    if shares[0] - shares[1] > max(GAIN_SHARE, GAIN_RELATIVE * shares[0]):
        return said(True, numbers)
    return unhelpful(numbers, worse=False)


MISCALIBRATION = Kind(
    key="miscalibration",
    name="Miscalibration",
    meaning="The network becomes too sure: validation loss rises while accuracy holds.",
    group="fit",
    rule=_miscalibration,
    thresholds=Thresholds(),
    remedies=_remedies,
    judging=Judging(rule=_calibrated, watched="val_loss"),
    explains=frozenset({"overfitting", "generalization_gap"}),
    cure="memorizing",
    curves=False,
    reference="Guo, Pleiss, Sun & Weinberger (2017), arXiv:1706.04599",
)
