"""Signal and gradient through depth with each kind of normalization."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    pass


@dataclass(frozen=True, kw_only=True)
class Effect:
    """What was measured with one kind of normalization: the table of ``networks.propagate``, and the verdict."""

    normalization: str
    table: pd.DataFrame = field(repr=False)
    verdict: str


def measure_effects(settings: Mapping[str, Any], kinds: Sequence[str]) -> tuple[Effect, ...]:
    """The same network at initialization with each kind. settings: fields of ``networks.Setup``. Imports torch."""
    from networks import Setup, trace, verdict

    effects = []
    for kind in kinds:
        measured = trace(Setup(**{**settings, "normalization": kind}), bins=2)
        effects.append(Effect(normalization=kind, table=measured.table, verdict=verdict(measured)))
    return tuple(effects)
