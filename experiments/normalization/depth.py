"""Signal and gradient through depth with each kind of normalization."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from networks import Setup, SignalTrace


@dataclass(frozen=True, kw_only=True)
class Effect:
    """What was measured with one kind of normalization: the table of ``networks.propagate``, and the verdict."""

    normalization: str
    table: pd.DataFrame = field(repr=False)
    verdict: str


def effect_setups(settings: Mapping[str, Any], kinds: Sequence[str]) -> tuple[Setup, ...]:
    """The same network with each kind. settings: fields of ``networks.Setup``."""
    from networks import Setup

    return tuple(Setup(**{**settings, "normalization": kind}) for kind in kinds)


def effect_of(measured: SignalTrace) -> Effect:
    """What was measured of one of them, with its verdict."""
    from networks import verdict

    return Effect(normalization=measured.setup.normalization, table=measured.table, verdict=verdict(measured))


def measure_effects(settings: Mapping[str, Any], kinds: Sequence[str]) -> tuple[Effect, ...]:
    """The same network at initialization with each kind. settings: fields of ``networks.Setup``. Imports torch."""
    from networks import trace

    return tuple(effect_of(trace(setup, bins=2)) for setup in effect_setups(settings, kinds))
