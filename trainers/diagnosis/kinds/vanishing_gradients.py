"""Vanishing gradients: a weight of the first layer gets a small share of the last one's gradient, and L does not fit.

Source: Hochreiter (1991), diploma thesis; Bengio, Simard & Frasconi (1994).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from numerals import readable
from trainers.diagnosis.findings import Remedy, Sign
from trainers.diagnosis.kind import Kind, threshold
from trainers.diagnosis.kinds.signal import measured
from trainers.diagnosis.measures import MIN_REPORTS, Measures
from trainers.diagnosis.remedies import kaiming, normalized, put, remedies
from trainers.diagnosis.trial_judging import LEARNED


@dataclass(frozen=True, kw_only=True)
class Thresholds:
    """Where gradients have vanished."""

    ratio: float = threshold(1e-3, "gradient of one weight, first layer over last", "AutoTrainer")
    checks: int = threshold(3, "looks at which it is that small")
    left: float = threshold(0.5, "share of L0 that is left")
    rows: int = threshold(4, "rows of a batch that are too few to normalize over")


def _vanishing(m: Measures, at: Thresholds) -> Sign | None:
    rms = m.gradient_rms
    if rms is None or m.layers is None or rms.shape[1] < 3 or m.n < MIN_REPORTS or m.left < at.left:
        return None
    rows = measured(m, rms)
    if len(rows) < at.checks:
        return None
    first, last = rms[rows, 0], rms[rows, -1]
    ratio = first / np.maximum(last, 1e-300)
    holds = (ratio < at.ratio) & (last > 0)
    early = holds[: max(5, len(rows) // 10)]
    # A path that was open at the start is not what keeps the loss up: weights or units have died since.
    if early.mean() < 0.5 or holds[-at.checks :].sum() < at.checks - 1:
        return None
    since = float(m.epochs[rows[int(np.argmax(holds))]])
    typical = float(np.median(ratio[-max(3, len(ratio) // 4) :]))
    return Sign(
        strength=at.ratio / max(typical, at.ratio * 1e-3),
        since=since,
        evidence=f"A first-layer weight gets {readable(typical, 2)} of the gradient of a last-layer weight, "
        f"and training loss stays at {readable(m.now)}{_why(m, at)}.",
    )


def _few_rows(m: Measures, at: Thresholds) -> int:
    """How many rows batch normalization has where they are too few: two become plus and minus one in any case."""
    rows = m.history.setting("budget.batch_size", 0) if m.history.setting("model.normalization") == "batch" else 0
    return rows if 0 < rows <= at.rows else 0


def _why(m: Measures, at: Thresholds) -> str:
    rows = _few_rows(m, at)
    return f"; normalized over {rows} rows, a unit tells little of its input" if rows else ""


def _shorter_path(m: Measures) -> dict[str, Any]:
    shorter = {"rnn": "gru", "gru": "transformer", "lstm": "transformer"}
    kind = m.history.setting("model.name")
    return {"model.name": shorter[kind]} if kind in shorter else {}


def _remedies(m: Measures) -> tuple[Remedy, ...]:
    return remedies(
        (
            "Normalize over batches of 32 rows.",
            {"budget.batch_size": 32} if _few_rows(m, Thresholds()) else {},
            "beginning",
        ),
        kaiming(m),
        ("Add each layer's input to its output.", put(m, model__residual=True), "beginning"),
        ("Take a network with a shorter path through time.", _shorter_path(m), "beginning"),
        ("Normalize each layer.", normalized(m), "beginning"),
    )


VANISHING_GRADIENTS = Kind(
    key="vanishing_gradients",
    name="Vanishing gradients",
    meaning="Gradients shrink on their way back; the first layers hardly learn.",
    group="signal",
    rule=_vanishing,
    thresholds=Thresholds(),
    remedies=_remedies,
    judging=LEARNED,
    explains=frozenset({"rate", "fit"}),
    cure="broken signal path",
    curves=False,
    reference="Hochreiter (1991), diploma thesis; Bengio, Simard & Frasconi (1994)",
)
