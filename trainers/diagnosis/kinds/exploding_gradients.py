"""Exploding gradients: the start is broken already, or single gradients outgrow all others.

If a tenth of the rate alone cures it, it was the rate. Source: Pascanu, Mikolov & Bengio (2013), arXiv:1211.5063.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from numerals import readable, readable_epoch
from trainers.diagnosis.findings import Remedy, Sign
from trainers.diagnosis.kind import Kind, threshold
from trainers.diagnosis.kinds.diverging import DIVERGING, ran_away
from trainers.diagnosis.kinds.saturation import SATURATION
from trainers.diagnosis.measures import BAD_START, MIN_REPORTS, Measures
from trainers.diagnosis.remedies import add, lr, normalized, remedies, usual_start
from trainers.diagnosis.trial_judging import LEARNED

_MEDIAN_OF, _REMEMBERED = 51, 500


@dataclass(frozen=True, kw_only=True)
class Thresholds:
    """Where gradients have exploded."""

    start: float = threshold(BAD_START, "the first loss over L0: the start itself is broken")
    heals: float = threshold(0.2, "L over its first value after a few reports, where it heals by itself")
    medians: float = threshold(10.0, "the gradient's length over its running median")
    update: float = threshold(0.05, "the first update over the weights, beyond which it is the rate")


def _exploding(m: Measures, at: Thresholds) -> Sign | None:
    """A broken start together with a loss that does not recover, or gradients that outgrow their own past."""
    return None if m.one_layer else _broken_start(m, at) or _outgrown(m, at)


def _broken_start(m: Measures, at: Thresholds) -> Sign | None:
    if not m.n or m.history.baseline_loss is None or m.scale <= 0:
        return None
    first, ends = float(m.train[0]) - m.floor, SATURATION.thresholds
    unwell = m.broken is not None or (m.n >= MIN_REPORTS and m.left > 1.0)
    # Saturated layers keep signal and gradient small, whatever the size of the weights.
    flat = (m.saturated is not None and m.saturated >= ends.at_start) or m.flat_ends >= ends.spread
    # Where L has fallen that far within the first reports, the start heals by itself.
    healing = m.n < 2 * MIN_REPORTS and float(m.train[-1]) - m.floor < at.heals * first
    if first < at.start * m.scale or not unwell or (healing and m.broken is None) or (flat and m.broken is None):
        return None
    return Sign(
        strength=first / (at.start * m.scale),
        since=float(m.epochs[0]),
        evidence=f"The untrained network already has loss {readable(float(m.train[0]))}; "
        f"a constant prediction has {readable(m.baseline)}.",
    )


def _outgrown(m: Measures, at: Thresholds) -> Sign | None:
    unwell = m.broken is not None or m.left > 1.0 or ran_away(m, DIVERGING.thresholds) is not None
    if not unwell or (m.saturated is not None and m.broken is None):
        return None
    # Steps that were a large part of the weights from the first one on are the rate's doing.
    if m.first_update > at.update:
        return None
    norms = m.history.grad_norm[: len(m.history) if m.broken is None else m.broken + 1]
    rows = np.flatnonzero(np.isfinite(norms))[-_REMEMBERED:]
    norms = norms[rows]
    if len(norms) < MIN_REPORTS:
        return None
    padded = np.concatenate([np.full(_MEDIAN_OF - 1, np.nan), norms])
    usual = np.nanmedian(np.lib.stride_tricks.sliding_window_view(padded, _MEDIAN_OF), axis=1)
    large = norms > at.medians * np.maximum(usual, 1e-300)
    if not large[-max(3, len(large) // 4) :].any():
        return None
    peak = int(np.argmax(np.where(large, norms, -np.inf)))
    epoch = float(m.history.epochs[rows[peak]])
    return Sign(
        strength=float(norms[peak] / (at.medians * usual[peak])),
        since=float(m.history.epochs[rows[int(np.argmax(large))]]),
        evidence=f"The gradient has length {readable(float(norms[peak]))} at epoch {readable_epoch(epoch)}; "
        f"its median is {readable(float(usual[peak]))}.",
    )


def _remedies(m: Measures) -> tuple[Remedy, ...]:
    return remedies(
        ("Start from weights of the usual size.", usual_start(m), "beginning"),
        ("Clip the length of the gradient at 1.", add(m, regularization__clip_norm=1.0), "beginning"),
        ("Normalize each layer.", normalized(m), "beginning"),
        ("Start again with a tenth of the rate.", lr(m, 0.1), "beginning"),
    )


EXPLODING_GRADIENTS = Kind(
    key="exploding_gradients",
    name="Exploding gradients",
    meaning="Gradients grow on their way through the layers until a step ruins the weights.",
    group="numeric",
    rule=_exploding,
    thresholds=Thresholds(),
    remedies=_remedies,
    judging=LEARNED,
    explains=frozenset({"diverging", "signal", "rate", "fit"}),
    cure="rate or weights too large",
    curves=False,
    reference="Pascanu, Mikolov & Bengio (2013), arXiv:1211.5063",
)
