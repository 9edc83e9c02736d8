"""The two sides of a trial, unchanged and remedied: where each stands, what can be compared, what counts as a gain.

Values at the end are means over the last w = max(3, 5 % of the reports), as everywhere in the diagnosis.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from trainers.diagnosis.history import History
from trainers.diagnosis.measures import Measures, mean_of, measure, window_of

# A gain in loss is at least this share of L0, the loss of a constant prediction, and this share of the loss itself.
GAIN_SHARE, GAIN_RELATIVE = 0.03, 0.1
# A gain in accuracy or R^2 is at least this, and one standard error where the rows are known.
METRIC_GAIN = 0.02
LOSS_SETTINGS = ("name", "label_smoothing", "delta")


def gains(before: float, after: float, baseline: float) -> bool:
    """Whether a loss is lower by more than a trifle; ``baseline`` is L0. A loss that is no number is worse than L0."""
    if not math.isfinite(after):
        return False
    if not math.isfinite(before):
        return after < baseline
    return before - after > max(GAIN_SHARE * baseline, GAIN_RELATIVE * before)


@dataclass(frozen=True, kw_only=True)
class Side:
    """One run since both began to differ, up to where both have come unless one is meant to go further."""

    measures: Measures
    stops: bool

    @property
    def history(self) -> History:
        return self.measures.history

    @property
    def broken_at(self) -> float | None:
        """The epoch from which on the loss is no number."""
        broken = self.measures.broken
        return None if broken is None else float(self.history.epochs[broken])

    @property
    def epoch(self) -> float:
        return float(self.history.epochs[-1])

    @property
    def train(self) -> float:
        """L at the end; infinite where it is no number."""
        return math.inf if self.measures.broken is not None or not self.measures.n else self.measures.now

    @property
    def val(self) -> float:
        """V at the end, or at its best where the run keeps its best epoch; infinite where it is no number."""
        m = self.measures
        if m.broken is not None or not m.has_val:
            return math.inf
        return float(m.smooth_val[m.best]) if self.stops else m.val_now

    @property
    def baseline(self) -> float:
        """L0: the loss of a constant prediction."""
        return self.measures.baseline

    @property
    def lowest_val(self) -> float:
        m = self.measures
        return float(m.smooth_val[m.best]) if m.has_val else math.inf

    @property
    def metric(self) -> float:
        """Validation accuracy or R^2 where ``val`` is measured; NaN where there is none."""
        m = self.measures
        values, window = m.metrics[1], window_of(len(m.val))
        end = m.best + 1 if self.stops and m.has_val else len(values)
        return mean_of(values[max(0, end - window) : end])

    @property
    def classified(self) -> bool:
        return self.history.setting("loss.name") not in ("mse", "mae", "huber") and 0 <= self.metric <= 1

    @property
    def what(self) -> str:
        return "accuracy" if self.classified else "R²"


def sides_of(
    unchanged: History, remedied: History, since: float, before: History | None = None
) -> tuple[Side, Side] | None:
    """Both since ``since``; None where one has told nothing.

    Where the remedy is to train longer, the unchanged side has no epoch left at ``since``: it stands where it, or the
    run before, ended.
    """
    both = [_between(history, since, math.inf) for history in (unchanged, remedied)]
    longer = unchanged.setting("budget.epochs") != remedied.setting("budget.epochs")
    if longer and not len(both[0]) and len(both[1]):
        ended = unchanged if len(unchanged) or before is None else before
        both[0] = _between(ended, -math.inf, since)
    if not all(len(history) for history in both):
        return None
    stops = [bool(history.setting("regularization.patience", 0)) for history in both]
    planned = [history.setting("budget.epochs") for history in both]
    whole = [measure(history).broken is None for history in both]
    if all(whole) and not any(stops) and planned[0] == planned[1]:
        common = min(float(history.epochs[-1]) for history in both)
        both = [_between(history, since, common) for history in both]
    if not all(len(history) for history in both):
        return None
    a, b = (Side(measures=measure(history), stops=stop) for history, stop in zip(both, stops, strict=True))
    return a, b


def _between(history: History, after: float, upto: float) -> History:
    rows = (history.epochs > after) & (history.epochs <= upto)
    values = {name: getattr(history, name)[rows] for name in ("train_metric", "val_metric")}
    losses = {
        name: np.where(getattr(history, f"missing_{name}")[rows], None, getattr(history, f"{name}_loss")[rows])
        for name in ("train", "val")
    }
    return History(
        train_loss=losses["train"],
        val_loss=losses["val"],
        **values,
        epochs=history.epochs[rows],
        config=history.config,
        baseline_loss=history.baseline_loss,
        val_rows=history.val_rows,
        leaks=history.leaks,
    )


def comparable(a: Side, b: Side) -> bool:
    """Whether a loss means the same in both: the same formula, and targets in the same unit."""
    if any(a.history.setting(f"loss.{name}") != b.history.setting(f"loss.{name}") for name in LOSS_SETTINGS):
        return False
    scaled = a.history.setting("data.scale_targets") and not a.classified
    return not scaled or a.history.setting("data.train_size") == b.history.setting("data.train_size")


def half_interval(share: float, rows: int, z: float = 1.96) -> float:
    """Half the width of Wilson's interval of a share; it is wide also where all rows are right."""
    return z * math.sqrt(share * (1 - share) / rows + z**2 / (4 * rows**2)) / (1 + z**2 / rows)


def metric_margin(a: Side, b: Side) -> float:
    counts = [side.measures.val_count for side in (a, b)]
    if not (a.classified and b.classified and all(counts)):
        return METRIC_GAIN
    variances = [s.metric * (1 - s.metric) / n for s, n in zip((a, b), counts, strict=True) if n]
    return max(METRIC_GAIN, math.sqrt(sum(variances)))
