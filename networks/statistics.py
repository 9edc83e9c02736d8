"""Mean, spread and histogram of a float32 tensor, without overflow at 1e30 or underflow at 1e-30."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

_VALUES = 1 << 16  # a histogram of 60 bins needs no more values than this


@dataclass(frozen=True, kw_only=True)
class Summary:
    """Of all entries ``(samples, units)``. sample_std: spread over the samples, root mean square over the units."""

    mean: float
    std: float
    sample_std: float
    low: float
    high: float


def summarize(x: torch.Tensor) -> Summary:
    """All numbers are NaN where any entry is infinite or NaN."""
    low, high = (float(bound) for bound in torch.aminmax(x))
    if not (np.isfinite(low) and np.isfinite(high)):
        return Summary(mean=np.nan, std=np.nan, sample_std=np.nan, low=low, high=high)
    size = max(-low, high)
    if size == 0:
        return Summary(mean=0.0, std=0.0, sample_std=0.0, low=0.0, high=0.0)
    if not 1e-12 < size < 1e12:
        return _careful(x, low, high)
    units = x.mean(0).double()
    mean = float(units.mean())
    square = float(torch.linalg.vector_norm(x)) ** 2 / x.numel()
    between = float((units**2).mean())
    # The differences below lose digits; where they would lose more than half of them, the slower way is taken.
    if square - between < 1e-3 * square:
        return _careful(x, low, high)
    return Summary(
        mean=mean, std=float(np.sqrt(square - mean**2)), sample_std=float(np.sqrt(square - between)), low=low, high=high
    )


def _careful(x: torch.Tensor, low: float, high: float) -> Summary:
    x = x.double()
    units = x.mean(0)
    return Summary(
        mean=float(units.mean()),
        std=float(x.std(correction=0)),
        sample_std=float((x - units).square().mean().sqrt()),
        low=low,
        high=high,
    )


def histogram(x: torch.Tensor, summary: Summary, bins: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(edges ``(bins + 1,)``, share of the values in each ``(bins,)``) from mean - 4 std to mean + 4 std, within min and max.

    Large layers are counted on every k-th sample, 65,536 values or a little more. Shares are zero where values are not
    finite.
    """
    if not np.isfinite(summary.mean):
        return np.linspace(-1.0, 1.0, bins + 1), np.zeros(bins)
    low = max(summary.low, summary.mean - 4 * summary.std)
    high = min(summary.high, summary.mean + 4 * summary.std)
    if not high > low:
        low, high = summary.mean - 0.5, summary.mean + 0.5
    part = x[:: max(1, x.numel() // _VALUES)]
    if not 1e-30 < high - low < 1e30:
        part = part.double()
    counts = torch.histc(part, bins=bins, min=low, max=high)
    return np.linspace(low, high, bins + 1), counts.double().cpu().numpy() / part.numel()


def shares_beyond(z: torch.Tensor, tails: tuple[float, float], shut: tuple[float, float]) -> tuple[float, float]:
    """(share of entries of ``(samples, units)`` in the saturated tails, share of units shut for every sample)."""
    low, high = tails
    if low == high:
        saturated = 1.0
    elif low == -high:
        saturated = float((z.abs() >= high).sum()) / z.numel() if np.isfinite(high) else 0.0
    else:
        count = int((z <= low).sum()) if np.isfinite(low) else 0
        saturated = (count + (int((z >= high).sum()) if np.isfinite(high) else 0)) / z.numel()
    low, high = shut
    if np.isinf(low) and np.isinf(high):
        return saturated, 0.0
    if low == high:
        return saturated, 1.0
    least, most = z.amin(0), z.amax(0)
    dead = (most <= low) | (least >= high)
    open_ended = (least <= low) & (most >= high) & ~dead
    if bool(open_ended.any()):  # samples in both tails: only looking at each entry decides
        dead = dead | ~((z > low) & (z < high)).any(0)
    return saturated, float(dead.sum()) / dead.numel()
