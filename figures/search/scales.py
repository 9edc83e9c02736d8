"""Where the values of a varied setting stand on an axis: by their logarithm, their size, or one after the other."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from figures.axes import axis as plotly_axis
from figures.search.words import axis_title, value_text
from figures.theme import BLUE, GREEN, ORANGE
from trainers.sweeps import Axis, SweepRequest

COLORS = {"grid": ORANGE, "random": BLUE, "tpe": GREEN}
MARKS = {"grid": "square", "random": "circle", "tpe": "diamond"}


@dataclass(frozen=True, kw_only=True)
class Scale:
    """The scale of one axis. listed: whether values stand one after the other."""

    axis: Axis
    title: str

    @property
    def listed(self) -> bool:
        """Whether values stand one after the other."""
        return bool(self.axis.values)

    def place(self, value: Any) -> float:
        """Where a value stands."""
        if self.listed:
            return float(self.axis.values.index(value)) if value in self.axis.values else math.nan
        return math.log10(value) if self.axis.log else float(value)

    def places(self, values: Sequence[Any]) -> list[float]:
        """Where several stand."""
        return [self.place(value) for value in values]

    @property
    def ends(self) -> tuple[float, float]:
        """The first and the last place that is shown."""
        if self.listed:
            return -0.5, len(self.axis.values) - 0.5
        low, high = self.place(self.axis.low), self.place(self.axis.high)
        room = 0.06 * (high - low)
        return low - room, high + room

    def ticks(self, most: int = 6) -> tuple[list[float], list[str]]:
        """(places, texts)."""
        if self.listed:
            step = max(1, math.ceil(len(self.axis.values) / 12))
            chosen = list(self.axis.values)[::step]
        elif self.axis.log:
            low, high = math.log10(self.axis.low), math.log10(self.axis.high)
            step = max(1, math.ceil((high - low) / most))
            chosen = [10.0**power for power in range(math.ceil(low - 1e-9), math.floor(high + 1e-9) + 1, step)]
            if len(chosen) < 3:
                chosen = [float(f"{10**place:.1g}") for place in np.linspace(low, high, 4)]
        else:
            chosen = [float(f"{value:.3g}") for value in np.linspace(self.axis.low, self.axis.high, 5)]
        distinct = list(dict.fromkeys(chosen))
        return self.places(distinct), [value_text(self.axis.name, value) for value in distinct]

    def as_axis(self, dark: bool, *, most: int = 6, **settings: Any) -> dict[str, Any]:
        """For Plotly. most: steps between ticks where values stand by their logarithm."""
        places, texts = self.ticks(most)
        given = {"range": list(self.ends), "tickvals": places, "ticktext": texts, "fixedrange": True}
        return plotly_axis(dark, self.title, **(given | settings))


def scales(request: SweepRequest) -> list[Scale]:
    """One for each setting that is varied."""
    return [Scale(axis=axis, title=axis_title(axis)) for axis in request.axes]
