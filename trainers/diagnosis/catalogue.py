"""The kinds of verdict, one record a file of ``kinds``. A new kind is one record in this list.

``KINDS`` holds them by key. What is a symptom of what, the page's words, the buttons that try a remedy, how a trial is
judged and the table of ``benchmarks/diagnosis.md`` are read from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from settings import by_key
from trainers.diagnosis.kind import Kind
from trainers.diagnosis.kinds.dead_relus import DEAD_RELUS
from trainers.diagnosis.kinds.diverging import DIVERGING
from trainers.diagnosis.kinds.exploding_gradients import EXPLODING_GRADIENTS
from trainers.diagnosis.kinds.generalization_gap import GENERALIZATION_GAP
from trainers.diagnosis.kinds.good_fit import GOOD_FIT
from trainers.diagnosis.kinds.leakage import LEAKAGE
from trainers.diagnosis.kinds.miscalibration import MISCALIBRATION
from trainers.diagnosis.kinds.not_enough_evidence import NOT_ENOUGH_EVIDENCE
from trainers.diagnosis.kinds.oscillating import OSCILLATING
from trainers.diagnosis.kinds.overfitting import OVERFITTING
from trainers.diagnosis.kinds.plateau import PLATEAU
from trainers.diagnosis.kinds.saturation import SATURATION
from trainers.diagnosis.kinds.slow import SLOW
from trainers.diagnosis.kinds.underfitting import UNDERFITTING
from trainers.diagnosis.kinds.validation_too_small import VALIDATION_TOO_SMALL
from trainers.diagnosis.kinds.vanishing_gradients import VANISHING_GRADIENTS

_KINDS: dict[str, Kind[Any]] = by_key(
    [
        EXPLODING_GRADIENTS,
        DIVERGING,
        LEAKAGE,
        VALIDATION_TOO_SMALL,
        DEAD_RELUS,
        SATURATION,
        VANISHING_GRADIENTS,
        OSCILLATING,
        SLOW,
        PLATEAU,
        MISCALIBRATION,
        OVERFITTING,
        GENERALIZATION_GAP,
        UNDERFITTING,
        GOOD_FIT,
        NOT_ENOUGH_EVIDENCE,
    ]
)
KINDS: Mapping[str, Kind[Any]] = MappingProxyType(_KINDS)
