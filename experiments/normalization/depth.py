"""Signal and gradient through depth with each kind of normalization."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from networks.setup import Setup

if TYPE_CHECKING:
    from networks import SignalTrace


@dataclass(frozen=True, kw_only=True)
class Effect:
    """What was measured with one kind of normalization: the table of ``networks.propagate``, and the verdict."""

    normalization: str
    table: pd.DataFrame = field(repr=False)
    verdict: str


def effect_setups(settings: Mapping[str, Any], kinds: Sequence[str]) -> tuple[Setup, ...]:
    """The same network with each kind. settings: fields of ``networks.Setup``."""
    return tuple(Setup(**{**settings, "normalization": kind}) for kind in kinds)


def measure_effects(
    settings: Mapping[str, Any], kinds: Sequence[str], measure: Callable[[Setup], SignalTrace | None] | None = None
) -> tuple[Effect, ...]:
    """The same network at initialization with each kind. settings: fields of ``networks.Setup``. Imports torch.

    measure: gives the measurement of a set-up, or None for one that is left out; by default all are measured now.
    """
    from networks import trace, verdict

    effects = []
    for setup in effect_setups(settings, kinds):
        measured = trace(setup, bins=2) if measure is None else measure(setup)
        if measured is not None:
            effects.append(Effect(normalization=setup.normalization, table=measured.table, verdict=verdict(measured)))
    return tuple(effects)
