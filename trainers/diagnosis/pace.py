"""What the same budget again would bring at the present pace, and how sure the model is that a run is compared with.

A loss that a schedule has brought to rest has not flattened for want of capacity: pace is measured over the learning
rate summed up, not over reports. All extrapolation is a straight line from the last third, which promises more than a
loss that levels off will keep; so what is claimed in spite of it stands.
"""

from __future__ import annotations

import numpy as np

from trainers.diagnosis.history import Array
from trainers.diagnosis.measures import MIN_WINDOW, Measures, mean_of, window_of

PACE_SHARE = 1 / 3  # of the work done, whose pace is taken for what comes
REFERENCE_ROWS = 2000  # at most, in trainers/data/reference.py
_ROWS_NOT_KNOWN = 100


def left_later(m: Measures) -> float:
    """``left`` after the same budget again, would L go on as it fell."""
    return m.left - ahead(m) * fallen(m, m.train, m.epochs) / m.scale if m.scale > 0 else 1.0


def metric_later(m: Measures, which: int) -> float:
    """The metric of training (0) or validation (1) after the same budget again, would it go on as it rose."""
    return m.metric_now[which] + ahead(m) * fallen(m, -m.metrics[which], m.val_epochs)


def ahead(m: Measures) -> float:
    """How often the last ``PACE_SHARE`` of the work fits into the rest of the budget and the same budget again."""
    left = (2 * m.planned - m.last_epoch) / m.last_epoch if m.planned and m.last_epoch else 1.0
    return max(1.0, left) / PACE_SHARE


def fallen(m: Measures, values: Array, epochs: Array) -> float:
    """By how much these values, measured at these epochs, have fallen over the last ``PACE_SHARE`` of the work."""
    if not m.n or len(values) < MIN_WINDOW:
        return 0.0
    done = work(m)
    begins = m.epochs[int(np.searchsorted(done, (1 - PACE_SHARE) * done[-1]))]
    position, window = int(np.searchsorted(epochs, begins)), window_of(len(values))
    before = values[max(0, position + 1 - window) : position + 1]
    return max(0.0, mean_of(before) - mean_of(values[-window:]))


def work(m: Measures) -> Array:
    """The learning rate, summed up to each report: what a schedule has taken away was no training.

    The number of reports where the rate is not known.
    """
    rates = m.history.lr[m.rows]
    known = len(rates) > 0 and bool(np.isfinite(rates).all()) and float(rates[1:].sum()) > 0
    return np.cumsum(rates) - rates[0] if known else np.arange(m.n, dtype=float)


def reference_error(m: Measures) -> float:
    """Standard error of the reference metric, from the training rows that it was measured on; 0 without one.

    Accuracy: binomial. R^2: 2 R (1 - R^2) / sqrt(rows) (Olkin & Finn, 1995, Psychological Bulletin 118).
    """
    metric = m.history.reference_metric
    if metric is None:
        return 0.0
    rows = max(1, min(train_rows(m), REFERENCE_ROWS))
    if m.history.setting("loss.name") in ("mse", "mae", "huber"):
        known = min(max(metric, 0.0), 1.0)
        return 2 * float(np.sqrt(known / rows)) * (1 - known)
    share = (metric * rows + 1) / (rows + 2)
    return float(np.sqrt(share * (1 - share) / rows))


def train_rows(m: Measures) -> int:
    """Rows of the training part, from those of the validation part and the shares of both; 100 where not known."""
    rows, share = m.val_count, m.history.setting("data.val_share")
    if rows is None or not share:
        return _ROWS_NOT_KNOWN
    count = round(rows / share * (1 - share - (m.history.setting("data.test_share") or 0.0)))
    return min(count, m.history.setting("data.train_size") or count)
