"""Logarithmic axes with plainly written powers of ten (Plotly sets those in a larger type than its other ticks)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from figures.axes import axis
from numerals import readable

LOWEST, HIGHEST = 1e-30, 1e30


def log_axis(dark: bool, title: str, values: ArrayLike, *, ticks: int = 6, **settings: Any) -> dict[str, Any]:
    """An axis that holds every finite positive value between 1e-30 and 1e30, with about ``ticks`` powers of ten."""
    shown = np.asarray(values, dtype=np.float64).ravel()
    shown = shown[np.isfinite(shown) & (shown > 0)]
    shown = np.clip(shown, LOWEST, HIGHEST) if len(shown) else np.array([1.0])
    low, high = float(np.log10(shown.min())), float(np.log10(shown.max()))
    middle, half = (low + high) / 2, max((high - low) * 0.54, 0.35)
    low, high = middle - half, middle + half
    step = max(1, int(np.ceil((high - low) / ticks)))
    powers = range(int(np.ceil(low / step)) * step, int(np.floor(high)) + 1, step)
    places = [10.0**power for power in powers]
    if len(places) < 2:
        between = [float(f"{value:.1g}") for value in np.logspace(low, high, 4)]
        places = sorted({place for place in between if low <= np.log10(place) <= high})
    return axis(
        dark, title, type="log", range=[low, high], tickvals=places, ticktext=[readable(place) for place in places],
        fixedrange=True, **settings,
    )  # fmt: skip
