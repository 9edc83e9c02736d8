"""What the data themselves say: rows shared by the parts, a feature that predicts alone, too few validation rows.

Curves only raise suspicion of a leak; the evidence is in the rows. A validation part is too small where the interval of
its mean is wider than what is claimed from it.
"""

from __future__ import annotations

import numpy as np

from numerals import readable
from trainers.diagnosis import thresholds as at
from trainers.diagnosis.findings import Sign
from trainers.diagnosis.measures import Measures


def leakage(m: Measures) -> Sign | None:
    """Validation rows that were trained on, or a feature that gives the answer away."""
    leaks = m.history.leaks
    if leaks is None:
        return None
    since = float(m.history.epochs[0]) if len(m.history) else 0.0
    if leaks.giveaways and leaks.giveaways[0][1] >= at.GIVEAWAY:
        feature, score = leaks.giveaways[0]
        name = " ".join(feature.split())[:40]
        return Sign(
            strength=4.0,
            since=since,
            evidence=f"The feature {name} predicts the target alone, with a score of {score:.2f}.",
        )
    share = leaks.shared_val / max(1, leaks.val_rows)
    if leaks.shared_val >= at.SHARED_ROWS and share >= at.SHARED_SHARE:
        return Sign(
            strength=share / at.SHARED_SHARE,
            since=since,
            evidence=f"{leaks.shared_val:,} of {leaks.val_rows:,} validation rows also stand in the training part.",
        )
    return None


def validation_too_small(m: Measures) -> Sign | None:
    """So few validation rows that their mean says little."""
    rows = m.val_count
    if rows is None or rows >= at.FEW_ROWS or len(m.val) < at.MIN_REPORTS:
        return None
    metric = m.metric_now[1]
    classified = (
        np.isfinite(metric) and 0 <= metric <= 1 and m.history.setting("loss.name") not in ("mse", "mae", "huber")
    )
    # Wilson's interval: it is wide also where all rows are right.
    if classified:
        z = 1.96
        half = z * np.sqrt(metric * (1 - metric) / rows + z**2 / (4 * rows**2)) / (1 + z**2 / rows)
        what = f"their accuracy is known to within ±{readable(float(half), 2)}"
    else:
        what = f"one of them is {1 / rows:.0%} of the validation loss"
    return Sign(
        strength=at.FEW_ROWS / max(rows, 1),
        since=float(m.val_epochs[0]),
        evidence=f"There are {rows} validation rows; {what}.",
    )
