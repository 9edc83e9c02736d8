"""A broken signal path: no gradient arrives, units that never answer, units at the flat ends of their activation.

Each needs the inside of the network, and each is a complaint only while there is much left to learn: a small gradient
at a low loss is convergence, and a ReLU layer with many zeros is healthy (Glorot, Bordes & Bengio, 2011).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from numerals import readable
from trainers.diagnosis import thresholds as at
from trainers.diagnosis.findings import Sign
from trainers.diagnosis.fit import rise_of
from trainers.diagnosis.history import Array
from trainers.diagnosis.measures import Measures, onset

_LOOKS = 2


def _since(m: Measures, holds: NDArray[np.bool_], looks: int) -> float | None:
    """The epoch since which this holds without a break, where it does for so many looks with a measurement."""
    begins = onset(holds)
    return float(m.epochs[begins]) if len(holds) - begins >= looks else None


def _measured(m: Measures, *columns: Array) -> NDArray[np.intp]:
    """Reports at which the inside was looked at."""
    seen = np.ones(m.n, bool)
    for column in columns:
        seen &= np.isfinite(column).any(1)
    return np.flatnonzero(seen)


def vanishing_gradients(m: Measures) -> Sign | None:
    """The gradient of a weight in the first layer is a small share of that in the last, while L does not fit."""
    rms = m.gradient_rms
    if rms is None or m.layers is None or rms.shape[1] < 3 or m.n < at.MIN_REPORTS or m.left < at.VANISHED_LEFT:
        return None
    rows = _measured(m, rms)
    if len(rows) < at.VANISHED_CHECKS:
        return None
    first, last = rms[rows, 0], rms[rows, -1]
    ratio = first / np.maximum(last, 1e-300)
    holds = (ratio < at.VANISHED_RATIO) & (last > 0)
    early = holds[: max(5, len(rows) // 10)]
    # A path that was open at the start is not what keeps the loss up: weights or units have died since.
    if early.mean() < 0.5 or holds[-at.VANISHED_CHECKS :].sum() < at.VANISHED_CHECKS - 1:
        return None
    since = float(m.epochs[rows[int(np.argmax(holds))]])
    typical = float(np.median(ratio[-max(3, len(ratio) // 4) :]))
    return Sign(
        strength=at.VANISHED_RATIO / max(typical, at.VANISHED_RATIO * 1e-3),
        since=since,
        evidence=f"A first-layer weight gets {readable(typical, 2)} of the gradient of a last-layer weight, "
        f"and training loss stays at {readable(m.now)}.",
    )


def dead_relus(m: Measures) -> Sign | None:
    """At least half of a layer's units give no slope for any row of the probe, twice, and L does not fit."""
    return _silent(m, "dead_share", at.DEAD_SHARE, at.DEAD_LEFT, "answer no row at all")


def saturation(m: Measures) -> Sign | None:
    """At least half of a layer's units are saturated on most of the probe, twice, and L does not fit.

    Or the start was bad, and a layer's values have stood at the ends of its activation since then.
    """
    if m.n >= at.MIN_REPORTS and m.flat_ends >= at.FLAT_ENDS and m.starts_at >= at.FLAT_ENDS_START:
        if m.left < at.SATURATED_LEFT:
            return None
        return Sign(
            strength=(1 - at.FLAT_ENDS) / max(1 - m.flat_ends, 0.01),
            since=float(m.epochs[0]),
            evidence=f"A layer's values have {m.flat_ends:.0%} of the spread between the ends of its activation; "
            f"training loss began at {readable(float(m.train[0]))}.",
        )
    share = at.SATURATED_AT_START if m.bad_start else at.SATURATED_SHARE
    return _silent(m, "saturated_share", share, at.SATURATED_LEFT, "are saturated")


def _silent(m: Measures, column: str, share: float, left: float, what: str) -> Sign | None:
    # Where L swings or the weights are shrunk away, silent units are a symptom.
    if m.layers is None or m.left < left or m.swings or m.weights_kept < at.COLLAPSED:
        return None
    # While L falls, units come and go.
    if m.n < at.MIN_REPORTS or (column == "dead_share" and m.trend.fall > at.STANDS * (m.now - m.floor)):
        return None
    values = m.layers[column]
    if column == "dead_share":
        # Where an activation can saturate, its silent units are saturated ones.
        values = np.where(np.isfinite(m.layers["saturated_share"]), np.nan, values)
        if m.faint or rise_of(m) is not None:
            return None
    rows = _measured(m, values)
    if len(rows) < _LOOKS:
        return None
    worst = np.nanmax(values[rows], axis=1)
    holds = np.zeros(m.n, bool)
    holds[rows] = worst >= share
    holds[: rows[0]] = holds[rows[0]]
    since = _since(m, holds, _LOOKS)
    if since is None:
        return None
    layer = int(np.nanargmax(values[rows[-1]]))
    return Sign(
        strength=float(worst[-1]) / share * (1.5 if m.left > 0.7 else 1.1),
        since=since,
        evidence=f"{worst[-1]:.0%} of the units of layer {layer + 1} {what} since epoch {since:g}; "
        f"training loss is {readable(m.now)}.",
    )
