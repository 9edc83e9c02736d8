"""Dead ReLUs: at least half of a layer's units give no slope for any row of the probe, twice, and L does not fit.

Never the share of zeros: ReLU is sparse when healthy. Source: Lu, Shin, Su & Karniadakis (2020), arXiv:1903.06733.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trainers.diagnosis.findings import Remedy, Sign, Start
from trainers.diagnosis.kind import Kind, threshold
from trainers.diagnosis.kinds.overfitting import rise_of
from trainers.diagnosis.kinds.signal import masks_silence, most_units
from trainers.diagnosis.measures import DEAD_SHARE, MIN_REPORTS, Measures
from trainers.diagnosis.remedies import Changes, activation, lr, remedies, usual_start
from trainers.diagnosis.trial_judging import LEARNED

_ALIKE = ("zeros", "constant")  # initializers that give all weights one value


@dataclass(frozen=True, kw_only=True)
class Thresholds:
    """Where units are dead."""

    share: float = threshold(DEAD_SHARE, "share of a layer's units", "SageMaker Debugger")
    left: float = threshold(0.25, "share of L0 that is left")
    stands: float = threshold(0.1, "share of what is left that may still fall over the last fifth")


def _dead(m: Measures, at: Thresholds) -> Sign | None:
    if m.layers is None or m.left < at.left or masks_silence(m):
        return None
    # While L falls, units come and go.
    if m.n < MIN_REPORTS or m.trend.fall > at.stands * (m.now - m.floor):
        return None
    # Where an activation can saturate, its silent units are saturated ones.
    values = np.where(np.isfinite(m.layers["saturated_share"]), np.nan, m.layers["dead_share"])
    if m.faint or rise_of(m) is not None:
        return None
    return most_units(m, values, at.share, "answer no row at all")


def silent(m: Measures) -> bool:
    """Whether at its last look a layer without two flat ends has as many dead units as make it a complaint."""
    if m.layers is None:
        return False
    dead, flat = m.layers["dead_share"], m.layers["saturated_share"]
    dead = np.where(np.isfinite(dead) & ~np.isfinite(flat), dead, 0.0)
    return bool(len(dead) and dead[-1].max(initial=0.0) >= DEAD_SHARE)


def _remedies(m: Measures) -> tuple[Remedy, ...]:
    leaky, name = {**activation(m, "leaky_relu", "elu"), **lr(m, 0.1)}, "leaky ReLU"
    if m.history.setting("model.activation") == "leaky_relu":
        name = "ELU"
    given: list[tuple[str, Changes, Start]] = [
        (f"Take {name} and a tenth of the rate.", leaky, "beginning"),
        ("Start again with a tenth of the rate.", lr(m, 0.1), "beginning"),
    ]
    usual = ("Start from weights of the usual size.", usual_start(m), "beginning")
    # Where every weight is the same, no activation and no rate helps.
    given.insert(0 if m.history.setting("model.initializer") in _ALIKE else len(given), usual)
    return remedies(*given)


DEAD_RELUS = Kind(
    key="dead_relus",
    name="Dead ReLUs",
    meaning="Units that answer no row get no gradient, and never come back.",
    group="signal",
    rule=_dead,
    thresholds=Thresholds(),
    remedies=_remedies,
    judging=LEARNED,
    explains=frozenset({"vanishing_gradients", "saturation", "rate", "fit"}),
    cure="broken signal path",
    curves=False,
    reference="Lu, Shin, Su & Karniadakis (2020), arXiv:1903.06733",
)
