"""Validation part too small: the interval of its mean is wider than what is claimed from it.

Source: Wilson (1927), JASA 22, 209-212.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from numerals import readable
from trainers.diagnosis.findings import Remedy, Sign
from trainers.diagnosis.kind import Kind, threshold
from trainers.diagnosis.measures import MIN_REPORTS, Measures
from trainers.diagnosis.remedies import put, remedies
from trainers.diagnosis.trial_judging import Judgement, Judging, said, unhelpful
from trainers.diagnosis.trial_sides import GAIN_RELATIVE, Side, half_interval

# Two splits disagree where their losses differ by this share of what was learned.
SPLITS_DIFFER = 0.15


@dataclass(frozen=True, kw_only=True)
class Thresholds:
    """Where there are too few rows."""

    rows: int = threshold(20, "validation rows")


def _too_small(m: Measures, at: Thresholds) -> Sign | None:
    rows = m.val_count
    if rows is None or rows >= at.rows or len(m.val) < MIN_REPORTS:
        return None
    metric = m.metric_now[1]
    classified = (
        np.isfinite(metric) and 0 <= metric <= 1 and m.history.setting("loss.name") not in ("mse", "mae", "huber")
    )
    if classified:
        half = half_interval(metric, max(rows, 1))
        what = f"their accuracy is known to within ±{readable(half, 2)}"
    else:
        what = f"one of them is {1 / max(rows, 1):.0%} of the validation loss"
    return Sign(
        strength=at.rows / max(rows, 1),
        since=float(m.val_epochs[0]),
        evidence=f"There are {rows} validation rows; {what}.",
    )


def _remedies(m: Measures) -> tuple[Remedy, ...]:
    return remedies(
        ("Keep three tenths of the rows for validation.", put(m, data__val_share=0.3), "beginning"),
        ("Repeat with another split.", _next_seed(m), "beginning"),
    )


def _next_seed(m: Measures) -> dict[str, Any]:
    seed = m.history.setting("data.seed")
    return {} if seed is None else {"data.seed": int(seed) + 1}


def _interval(a: Side, b: Side) -> Judgement:
    """More rows: what they say is known more closely. Another split of as many: it says something else."""
    rows = [side.measures.val_count for side in (a, b)]
    if rows[0] is None or rows[1] is None:
        return Judgement(held=None, sentence="Nothing can be compared: the validation rows are not counted.")
    if rows[0] == rows[1] and a.history.setting("data.seed") != b.history.setting("data.seed"):
        learned = a.baseline - (a.val + b.val) / 2
        held = abs(a.val - b.val) > math.sqrt(2) * SPLITS_DIFFER * abs(learned)
        start = "The claim held, splits disagree" if held else "The claim did not hold, splits agree"
        return Judgement(
            held=held, sentence=f"{start}: validation loss is {readable(b.val)} on one, {readable(a.val)} on the other."
        )
    if a.classified and b.classified:
        # Both at one accuracy: what more rows bring must not depend on the luck of the new ones.
        before, after = (half_interval(a.metric, count) for count in (rows[0], rows[1]))
        numbers = (
            f"accuracy is known to ±{readable(after, 2)} from {rows[1]} rows, ±{readable(before, 2)} from {rows[0]}"
        )
    else:
        before, after = 1 / rows[0], 1 / rows[1]
        numbers = f"one row is {after:.1%} of the validation loss with the remedy, {before:.1%} without"
    held = before - after > GAIN_RELATIVE * before
    return said(True, numbers) if held else unhelpful(numbers, worse=after > before)


VALIDATION_TOO_SMALL = Kind(
    key="validation_too_small",
    name="Validation part too small",
    meaning="Chance moves the validation loss by more than what is read from it.",
    group="data",
    rule=_too_small,
    thresholds=Thresholds(),
    remedies=_remedies,
    judging=Judging(rule=_interval, watched="val_metric"),
    explains=frozenset({"overfitting", "generalization_gap", "miscalibration"}),
    cure="data",
    curves=False,
    reference="Wilson (1927), JASA 22, 209-212",
)
