"""Sizes of text, the margin, and round numbers for axes: what all still pictures are laid out by."""

from __future__ import annotations

import numpy as np

TITLE, BODY, SMALL = 17.0, 12.5, 11.0


MARGIN = 14


def ticks(low: float, high: float, count: int) -> list[float]:
    """Round numbers between low and high, about ``count`` of them."""
    raw = (high - low) / max(count, 1)
    power = 10.0 ** np.floor(np.log10(raw))
    unit = next(m * power for m in (1, 2, 5, 10) if m * power >= raw * 0.999)
    first = int(np.ceil(low / unit - 1e-9))
    return [float(f"{n * unit:.12g}") for n in range(first, int(np.floor(high / unit + 1e-9)) + 1)]
