"""Axes of a figure of Plotly: which values they hold, where these lie in pixels, and their marks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from figures.drawing import ticks
from numerals import readable_ticks

Array = NDArray[np.float64]
_PAD = 0.055  # of the span, on each side, where the figure names no range


@dataclass
class Axis:
    """One axis. letter: x or y. low, high: what its ends hold, powers of ten on a logarithmic one, perhaps reversed.

    categories: what its whole numbers stand for. first, last: pixels of its ends; of y the first one is below.
    """

    name: str
    letter: str
    settings: Mapping[str, Any]
    low: float = 0.0
    high: float = 1.0
    categories: tuple[str, ...] = ()
    first: float = 0.0
    last: float = 1.0
    marks: tuple[tuple[float, str], ...] = field(default=())

    @property
    def logarithmic(self) -> bool:
        return self.settings.get("type") == "log"

    @property
    def visible(self) -> bool:
        return self.settings.get("visible", True) is not False

    @property
    def domain(self) -> tuple[float, float]:
        low, high = self.settings.get("domain", (0.0, 1.0))
        return float(low), float(high)

    def numbers(self, values: Any) -> Array:
        """Values as numbers on the axis: categories by their place, logarithms on a logarithmic one, NaN for none."""
        given = np.asarray([] if values is None else values)
        if given.dtype.kind in "OUS" and self.categories:
            places = {text: float(place) for place, text in enumerate(self.categories)}
            return np.array([places.get(str(value), np.nan) for value in given.ravel()])
        with np.errstate(all="ignore"):
            numbers = np.array([np.nan if value is None else value for value in given.ravel()], dtype=np.float64)
            return np.where(numbers > 0, np.log10(numbers), np.nan) if self.logarithmic else numbers

    def pixels(self, numbers: Array) -> Array:
        """Where numbers of ``numbers`` lie."""
        return self.first + (numbers - self.low) / ((self.high - self.low) or 1.0) * (self.last - self.first)

    def pixel(self, value: Any) -> float:
        """Where one value lies."""
        return float(self.pixels(self.numbers([value]))[0])

    def settle(self, held: Sequence[Array], *, padded: bool) -> None:
        """The range: as the figure says, else that of what it holds. padded: whether marks stand out of it."""
        given = self.settings.get("range")
        if given is not None and None not in given:
            self.low, self.high = float(given[0]), float(given[1])
        else:
            numbers = np.concatenate([np.asarray([]), *held])
            numbers = numbers[np.isfinite(numbers)]
            low, high = (float(numbers.min()), float(numbers.max())) if len(numbers) else (0.0, 1.0)
            if self.categories:
                low, high = -0.5, len(self.categories) - 0.5
            else:
                if self.settings.get("rangemode") == "tozero":
                    low, high = min(low, 0.0), max(high, 0.0)
                room = (high - low or 1.0) * (_PAD if padded else 0.0)
                low, high = low - room, high + room
                low -= 0.5 if low == high else 0.0
            self.low, self.high = low, high
        if self.settings.get("autorange") == "reversed":
            self.low, self.high = max(self.low, self.high), min(self.low, self.high)

    def mark(self, room: float) -> None:
        """Choose marks. room: the length of the axis in pixels."""
        low, high = sorted((self.low, self.high))
        if self.settings.get("tickvals") is not None:
            values = list(self.settings["tickvals"])
            texts = list(self.settings.get("ticktext") or readable_ticks(values))
        elif self.categories:
            values, texts = list(range(len(self.categories))), list(self.categories)
        elif self.logarithmic:
            step = max(1, round((high - low) / max(1.0, room / 60.0)))
            powers = range(int(np.ceil(low / step - 1e-9)) * step, int(np.floor(high + 1e-9)) + 1, step)
            values = [10.0**power for power in powers]
            texts = list(readable_ticks(values)) if values else []
        else:
            step = self.settings.get("dtick")
            if step:
                begin = int(np.ceil(low / step - 1e-9))
                values = [float(begin + place) * step for place in range(int((high - low) / step + 1e-9) + 1)][:200]
                values = [value for value in values if value <= high + 1e-9]
            else:
                apart = 70.0 if self.letter == "x" else 44.0
                values = ticks(low, high, int(min(self.settings.get("nticks") or 99, max(2.0, room / apart))))
            texts = list(readable_ticks(values)) if values else []
        places = self.numbers(values)
        inside = [
            (float(place), str(text))
            for place, text in zip(places, texts, strict=False)
            if low - 1e-9 <= place <= high + 1e-9
        ]
        self.marks = tuple(inside)
