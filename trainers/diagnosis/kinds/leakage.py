"""Leakage: validation rows that were trained on, or a feature that gives the answer away.

Curves only raise suspicion of a leak; the evidence is in the rows. Source: Kaufman et al. (2012), ACM TKDD 6(4).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from numerals import readable
from trainers.diagnosis.findings import Remedy, Sign
from trainers.diagnosis.kind import Kind, threshold
from trainers.diagnosis.measures import Measures
from trainers.diagnosis.remedies import put, remedies
from trainers.diagnosis.trial_judging import Judgement, Judging
from trainers.diagnosis.trial_sides import Side, gains, metric_margin


@dataclass(frozen=True, kw_only=True)
class Thresholds:
    """Where rows or a feature leak."""

    share: float = threshold(0.05, "share of validation rows that also stand in training")
    rows: int = threshold(3, "such rows")
    giveaway: float = threshold(0.99, "score of one feature alone; a good feature may come close")


def _leakage(m: Measures, at: Thresholds) -> Sign | None:
    leaks = m.history.leaks
    if leaks is None:
        return None
    since = float(m.history.epochs[0]) if len(m.history) else 0.0
    if leaks.giveaways and leaks.giveaways[0][1] >= at.giveaway:
        feature, score = leaks.giveaways[0]
        name = " ".join(feature.split())[:40]
        return Sign(
            strength=4.0,
            since=since,
            evidence=f"The feature {name} predicts the target alone, with a score of {score:.2f}.",
        )
    share = leaks.shared_val / max(1, leaks.val_rows)
    if leaks.shared_val >= at.rows and share >= at.share:
        return Sign(
            strength=share / at.share,
            since=since,
            evidence=f"{leaks.shared_val:,} of {leaks.val_rows:,} validation rows also stand in the training part.",
        )
    return None


def _remedies(m: Measures) -> tuple[Remedy, ...]:
    clean = put(m, data__grouped=True, data__drop_giveaways=True, data__leak="none")
    return remedies(("Keep identical rows together and leave out give-away features.", clean, "beginning"))


def _clean(a: Side, b: Side) -> Judgement:
    """The earlier number was too good where clean rows are harder."""
    if math.isfinite(a.metric - b.metric):
        numbers = f"validation {b.what} is {readable(b.metric)} on clean rows, {readable(a.metric)} with the leak"
        held = a.metric - b.metric > metric_margin(a, b)
    elif a.measures.has_val and b.measures.has_val:
        numbers = f"validation loss is {readable(b.val)} on clean rows, {readable(a.val)} with the leak"
        held = gains(b.val, a.val, a.baseline)
    else:
        return Judgement(held=None, sentence="Nothing can be compared: nothing was measured on validation rows.")
    return Judgement(held=held, sentence=f"{'The claim held' if held else 'The leak made no difference'}: {numbers}.")


LEAKAGE = Kind(
    key="leakage",
    name="Leakage",
    meaning="Validation rows are known from training, or a feature holds the answer.",
    group="data",
    rule=_leakage,
    thresholds=Thresholds(),
    remedies=_remedies,
    judging=Judging(rule=_clean, watched="val_metric"),
    explains=frozenset({"validation_too_small", "fit"}),
    cure="data",
    curves=False,
    reference="Kaufman et al. (2012), ACM TKDD 6(4)",
)
