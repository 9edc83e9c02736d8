"""What the kinds of a broken signal path share. Each needs the inside of the network.

Each is a complaint only while there is much left to learn: a small gradient at a low loss is convergence, and a ReLU
layer with many zeros is healthy (Glorot, Bordes & Bengio, 2011).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from numerals import readable, readable_epoch
from trainers.diagnosis.findings import Sign
from trainers.diagnosis.history import Array
from trainers.diagnosis.kinds.oscillating import swings
from trainers.diagnosis.measures import MIN_REPORTS, Measures, onset

_LOOKS = 2


def measured(m: Measures, *columns: Array) -> NDArray[np.intp]:
    """Reports at which the inside was looked at."""
    seen = np.ones(m.n, bool)
    for column in columns:
        seen &= np.isfinite(column).any(1)
    return np.flatnonzero(seen)


def masks_silence(m: Measures) -> bool:
    """Whether silent units would be a symptom: L swings, or the weights are shrunk away."""
    return swings(m) or m.collapsed


def most_units(m: Measures, values: Array, share: float, what: str) -> Sign | None:
    """A sign where at least this share of a layer's units is so at each of the last looks, two at the least."""
    rows = measured(m, values)
    if m.n < MIN_REPORTS or len(rows) < _LOOKS:
        return None
    worst = np.nanmax(values[rows], axis=1)
    holds = np.zeros(m.n, bool)
    holds[rows] = worst >= share
    holds[: rows[0]] = holds[rows[0]]
    begins = onset(holds)
    if m.n - begins < _LOOKS:
        return None
    layer = int(np.nanargmax(values[rows[-1]]))
    return Sign(
        strength=float(worst[-1]) / share * (1.5 if m.left > 0.7 else 1.1),
        since=float(m.epochs[begins]),
        evidence=f"{worst[-1]:.0%} of the units of layer {layer + 1} {what} "
        f"since epoch {readable_epoch(m.epochs[begins])}; training loss is {readable(m.now)}.",
    )
