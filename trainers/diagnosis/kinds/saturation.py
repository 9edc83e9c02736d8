"""Saturation: at least half of a layer's units stand at the flat ends on most of the probe, twice, and L does not fit.

Or the start was bad, and a layer's values have stood at the ends of its activation since then. Source: Glorot & Bengio
(2010), AISTATS.
"""

from __future__ import annotations

from dataclasses import dataclass

from numerals import readable
from trainers.diagnosis.findings import Remedy, Sign, Start
from trainers.diagnosis.kind import Kind, threshold
from trainers.diagnosis.kinds.signal import masks_silence, most_units
from trainers.diagnosis.measures import MIN_REPORTS, Measures
from trainers.diagnosis.remedies import Changes, kaiming, normalized, put, remedies, usual_start
from trainers.diagnosis.trial_judging import LEARNED


@dataclass(frozen=True, kw_only=True)
class Thresholds:
    """Where a layer is saturated."""

    share: float = threshold(0.5, "share of a layer's units")
    left: float = threshold(0.25, "share of L0 that is left")
    at_start: float = threshold(0.4, "share of a layer's units where the start was bad")
    spread: float = threshold(0.9, "spread of a layer's values, over the largest between the ends of its activation")
    start: float = threshold(3.0, "the first loss over L0, where that spread says that the start is saturated")


def _saturation(m: Measures, at: Thresholds) -> Sign | None:
    if m.n >= MIN_REPORTS and m.flat_ends >= at.spread and m.starts_at >= at.start:
        if m.left < at.left:
            return None
        return Sign(
            strength=(1 - at.spread) / max(1 - m.flat_ends, 0.01),
            since=float(m.epochs[0]),
            evidence=f"A layer's values have {m.flat_ends:.0%} of the spread between the ends of its activation; "
            f"training loss began at {readable(float(m.train[0]))}.",
        )
    if m.layers is None or m.left < at.left or masks_silence(m):
        return None
    return most_units(m, m.layers["saturated_share"], at.at_start if m.bad_start else at.share, "are saturated")


def _remedies(m: Measures) -> tuple[Remedy, ...]:
    scaling, weights = put(m, data__scaling="standard"), usual_start(m)
    given: list[tuple[str, Changes, Start]] = [kaiming(m), ("Normalize each layer.", normalized(m), "beginning")]
    words = (("scale the inputs", scaling), ("start from weights of the usual size", weights))
    parts = [word for word, change in words if change]
    if parts:
        given.insert(0, (" and ".join(parts).capitalize() + ".", {**scaling, **weights}, "beginning"))
    return remedies(*given)


SATURATION = Kind(
    key="saturation",
    name="Saturation",
    meaning="Units stand at the flat ends of their activation and pass no gradient on.",
    group="signal",
    rule=_saturation,
    thresholds=Thresholds(),
    remedies=_remedies,
    judging=LEARNED,
    explains=frozenset({"vanishing_gradients", "rate", "fit"}),
    cure="broken signal path",
    curves=False,
    reference="Glorot & Bengio (2010), AISTATS",
)
