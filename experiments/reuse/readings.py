"""What a study says: medians over seeds, the least loss, and how many times faster a way is to the same loss."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trainers.transfers import WAYS, Study

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False)
class Reading:
    """One way with one number of rows: median, least and largest of the seeds that are there, by epoch."""

    epochs: tuple[int, ...]
    middle: Floats
    low: Floats
    high: Floats
    seeds: int

    @property
    def best(self) -> int:
        """The place of the least median."""
        return int(np.nanargmin(self.middle))


def reading_of(study: Study, way: str, rows: int = 0, *, task: int = 0, shown: str = "loss") -> Reading | None:
    """The curves of a way; None where there is none yet. shown: loss, score or agreement."""
    curves = [curve for (its, count, _), curve in study.curves.items() if (its, count) == (way, rows)]
    if not curves:
        return None
    kinds = {"loss": "losses", "score": "scores"}
    values = np.array(
        [curve.agreement if shown == "agreement" else getattr(curve, kinds[shown])[task] for curve in curves]
    )
    if not values.size:
        return None
    values = np.where(np.isfinite(values), values, np.nan)
    return Reading(
        epochs=study.epochs,
        middle=np.median(values, 0),
        low=values.min(0),
        high=values.max(0),
        seeds=len(curves),
    )


def counts_of(study: Study) -> list[int]:
    """Numbers of rows of which there is something, the least first."""
    return sorted({rows for _, rows, _ in study.curves})


def least(study: Study, way: str, rows: int = 0, task: int = 0) -> float | None:
    """The median over seeds of the least loss that each training comes to."""
    found = [curve.losses[task] for (its, count, _), curve in study.curves.items() if (its, count) == (way, rows)]
    return float(np.median([np.nanmin(losses) for losses in found])) if found else None


def score_at_least(study: Study, way: str, rows: int = 0, task: int = 0) -> float | None:
    """The median over seeds of the accuracy where each training's loss is least."""
    found = [curve for (its, count, _), curve in study.curves.items() if (its, count) == (way, rows)]
    scores = [curve.scores[task][int(np.nanargmin(curve.losses[task]))] for curve in found]
    return float(np.median(scores)) if scores else None


@dataclass(frozen=True, kw_only=True)
class Pace:
    """Epochs that a way takes to the least loss from scratch, beside those from scratch; None where it never comes."""

    level: float
    scratch: int
    epochs: int | None

    @property
    def words(self) -> str:
        """8 times faster, as soon, at once, never."""
        if self.epochs is None:
            return "never"
        if self.epochs == 0:
            return "at once"
        if self.scratch == 0:  # which is best before its first step
            return "later"
        ratio = self.scratch / self.epochs
        if 0.95 < ratio < 1.05:
            return "as soon"
        return f"{ratio:.2g} times faster" if ratio >= 1 else f"{1 / ratio:.2g} times slower"


def pace_of(study: Study, way: str, rows: int) -> Pace | None:
    """How soon the median curve of a way is as low as that from scratch ever is; None where one is missing."""
    scratch, other = reading_of(study, "scratch", rows), reading_of(study, way, rows)
    if scratch is None or other is None:
        return None
    level = float(scratch.middle[scratch.best])
    there = np.flatnonzero(other.middle <= level)
    return Pace(
        level=level,
        scratch=scratch.epochs[scratch.best],
        epochs=other.epochs[int(there[0])] if len(there) else None,
    )


def pace_columns(study: Study) -> dict[str, list[str]]:
    """Of each number of rows, how soon each way is as low as from scratch: columns of a table."""
    columns: dict[str, list[str]] = {"rows": [], "from scratch": []}
    for way in list(WAYS)[1:]:
        columns[WAYS[way]] = []
    for rows in counts_of(study):
        paces = {way: pace_of(study, way, rows) for way in list(WAYS)[1:]}
        first = next((pace for pace in paces.values() if pace is not None), None)
        if first is None:
            continue
        columns["rows"].append(f"{rows}")
        columns["from scratch"].append(f"{first.level:.3g} at epoch {first.scratch}")
        for way, pace in paces.items():
            columns[WAYS[way]].append(pace.words if pace is not None else "…")
    return columns if columns["rows"] else {}
