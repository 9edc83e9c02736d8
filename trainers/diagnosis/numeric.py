"""Numeric failure: the loss runs away, because the rate is too high or because the gradients grow with depth or time.

Diverging: L is no number, or has been above twice its running minimum for five checks (TheDeepChecker; Ben Braiek &
Khomh, 2023, ACM TOSEM 32). Exploding gradients: the start is broken already, or single gradients outgrow all others
(Pascanu, Mikolov & Bengio, 2013, arXiv:1211.5063). If a tenth of the rate alone cures it, it was the rate.
"""

from __future__ import annotations

import numpy as np

from numerals import readable
from trainers.diagnosis import thresholds as at
from trainers.diagnosis.findings import Sign
from trainers.diagnosis.measures import Measures, onset

_MEDIAN_OF, _REMEMBERED = 51, 500


def diverging(m: Measures) -> Sign | None:
    """No number, or far above the lowest loss and staying there."""
    if m.broken is not None:
        epoch = float(m.history.epochs[m.broken])
        before = f", from {readable(float(m.train[-1]))} one report before" if m.n else ""
        return Sign(
            strength=10.0,
            since=epoch,
            evidence=f"The loss is no longer a number since epoch {epoch:g}{before}.",
        )
    return ran_away(m)


def ran_away(m: Measures) -> Sign | None:
    """The part of the rule that needs no broken number."""
    if m.n < at.MIN_REPORTS or m.scale <= 0:
        return None
    lowest = np.minimum.accumulate(m.train)
    above = (m.train - m.floor > at.DIVERGED_FACTOR * (lowest - m.floor)) & (
        m.train - lowest > at.DIVERGED_SHARE * m.scale
    )
    # A mean, since a loss that swings far above where it began comes below that now and then.
    start = max(float(m.train[0]), m.baseline) - m.floor
    level = float(m.train[-m.swing.reports :].mean()) - m.floor
    beyond = level > at.DIVERGED_BEYOND * start
    begins = onset(above)
    if beyond:
        begins = min(begins, int(np.argmax(m.train - m.floor > at.DIVERGED_BEYOND * start)))
    if m.n - begins < at.DIVERGED_CHECKS or m.left < at.DIVERGED_LEFT:
        return None
    # A network whose units have died predicts a constant: it has fallen silent and does not run away.
    if not beyond and m.silent and m.left < at.DIVERGED_BEYOND:
        return None
    low, high = float(lowest[-1]), float(np.median(m.train[begins:]))
    if beyond:
        strength = level / (at.DIVERGED_BEYOND * start)
    else:
        strength = (high - m.floor) / max(at.DIVERGED_FACTOR * (low - m.floor), 1e-12 * m.scale)
        strength = min(strength, (high - low) / (at.DIVERGED_SHARE * m.scale))
    return Sign(
        strength=max(strength, 1.0),
        since=float(m.epochs[begins]),
        evidence=f"Training loss stays near {readable(high)} since epoch {m.epochs[begins]:g}; "
        f"its lowest was {readable(low)}.",
    )


def exploding_gradients(m: Measures) -> Sign | None:
    """A broken start together with a loss that does not recover, or gradients that outgrow their own past."""
    return None if m.one_layer else _broken_start(m) or _outgrown(m)


def _broken_start(m: Measures) -> Sign | None:
    if not m.n or m.history.baseline_loss is None or m.scale <= 0:
        return None
    first = float(m.train[0]) - m.floor
    unwell = m.broken is not None or (m.n >= at.MIN_REPORTS and m.left > 1.0)
    # Saturated layers keep signal and gradient small, whatever the size of the weights.
    flat = (m.saturated is not None and m.saturated >= at.SATURATED_AT_START) or m.flat_ends >= at.FLAT_ENDS
    # Where L has fallen that far within the first reports, the start heals by itself.
    healing = m.n < 2 * at.MIN_REPORTS and float(m.train[-1]) - m.floor < at.HEALS * first
    if (
        first < at.EXPLODED_START * m.scale
        or not unwell
        or (healing and m.broken is None)
        or (flat and m.broken is None)
    ):
        return None
    return Sign(
        strength=first / (at.EXPLODED_START * m.scale),
        since=float(m.epochs[0]),
        evidence=f"The untrained network already has loss {readable(float(m.train[0]))}; "
        f"a constant prediction has {readable(m.baseline)}.",
    )


def _outgrown(m: Measures) -> Sign | None:
    unwell = m.broken is not None or m.left > 1.0 or ran_away(m) is not None
    if not unwell or (m.saturated is not None and m.broken is None):
        return None
    # Steps that were a large part of the weights from the first one on are the rate's doing.
    if m.first_update > at.EXPLODED_UPDATE:
        return None
    norms = m.history.grad_norm[: len(m.history) if m.broken is None else m.broken + 1]
    rows = np.flatnonzero(np.isfinite(norms))[-_REMEMBERED:]
    norms = norms[rows]
    if len(norms) < at.MIN_REPORTS:
        return None
    padded = np.concatenate([np.full(_MEDIAN_OF - 1, np.nan), norms])
    usual = np.nanmedian(np.lib.stride_tricks.sliding_window_view(padded, _MEDIAN_OF), axis=1)
    large = norms > at.EXPLODED_MEDIANS * np.maximum(usual, 1e-300)
    if not large[-max(3, len(large) // 4) :].any():
        return None
    peak = int(np.argmax(np.where(large, norms, -np.inf)))
    epoch = float(m.history.epochs[rows[peak]])
    return Sign(
        strength=float(norms[peak] / (at.EXPLODED_MEDIANS * usual[peak])),
        since=float(m.history.epochs[rows[int(np.argmax(large))]]),
        evidence=f"The gradient has length {readable(float(norms[peak]))} at epoch {epoch:g}; "
        f"its median is {readable(float(usual[peak]))}.",
    )
