"""Mean, spread and histogram of float32 tensors, without overflow at 1e30 or underflow at 1e-30.

Each statistic is one or two passes over memory: beside the products of a layer, these passes are what costs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

_VALUES = 1 << 15  # a histogram of 60 bins needs no more values than this
# Root mean squares between these have squares, and sums of squares, well inside float32.
_SMALL, _LARGE = 1e-12, 1e12


@dataclass(frozen=True, kw_only=True)
class Summary:
    """Of all entries of ``(samples, units)``. sample_std: spread over samples, root mean square over units."""

    mean: float
    std: float
    sample_std: float


def summarize(x: torch.Tensor) -> Summary:
    """Mean and both spreads; NaN where any entry is infinite or NaN."""
    size = float(torch.linalg.vector_norm(x)) / x.numel() ** 0.5
    if _SMALL < size < _LARGE:
        units = x.mean(0).cpu().double()
        mean, square, between = float(units.mean()), size**2, float(units.square().mean())
        # These differences lose digits; where they would lose more than three, the slower way is taken.
        if square - between > 1e-3 * square:
            std, sample_std = np.sqrt(square - mean**2), np.sqrt(square - between)
            return Summary(mean=mean, std=float(std), sample_std=float(sample_std))
    x = x.cpu().double()
    units = x.mean(0)
    spread = float((x - units).square().mean().sqrt())
    if not np.isfinite(spread):
        return Summary(mean=np.nan, std=np.nan, sample_std=np.nan)
    return Summary(mean=float(units.mean()), std=float(x.std(correction=0)), sample_std=spread)


def mean_and_std(x: torch.Tensor) -> tuple[float, float]:
    """Mean and standard deviation of all entries; NaN where any entry is infinite or NaN."""
    size = float(torch.linalg.vector_norm(x)) / x.numel() ** 0.5
    if _SMALL < size < _LARGE:
        mean = float(x.mean())
        if size**2 - mean**2 > 1e-3 * size**2:
            return mean, float(np.sqrt(size**2 - mean**2))
    x = x.cpu().double()
    mean, std = float(x.mean()), float(x.std(correction=0))
    return (mean, std) if np.isfinite(std) else (np.nan, np.nan)


def histogram(
    x: torch.Tensor, mean: float, std: float, bins: int, low: float = -np.inf, high: float = np.inf
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(edges ``(bins + 1,)``, share of the values in each ``(bins,)``) within mean +- 4 std and within low and high.

    Large layers are counted on every k-th sample, about 32,768 values. Shares are zero where values are not finite.
    """
    if not np.isfinite(mean):
        return np.linspace(-1.0, 1.0, bins + 1), np.zeros(bins)
    low, high = max(low, mean - 4 * std), min(high, mean + 4 * std)
    if not high > low:
        low, high = mean - 0.5, mean + 0.5
    # NumPy: for so few values one thread is done before several have met.
    part = x[:: -(-x.numel() // _VALUES)].cpu().numpy().astype(np.float64).ravel()
    position = (part - low) * (bins / (high - low))
    inside = (part >= low) & (part <= high)
    counts = np.bincount(np.minimum(position[inside].astype(np.int64), bins - 1), minlength=bins)
    return np.linspace(low, high, bins + 1), counts / part.size


def shares_beyond(z: torch.Tensor, tails: tuple[float, float], shut: tuple[float, float]) -> tuple[float, float]:
    """Of ``(samples, units)``: (share of entries at or beyond tails, share of units beyond shut for every sample)."""
    least, most = (float(bound) for bound in torch.aminmax(z))
    return _share_saturated(z, tails, least, most), _share_dead(z, shut, least, most)


def _share_saturated(z: torch.Tensor, tails: tuple[float, float], least: float, most: float) -> float:
    low, high = tails
    if low == high:
        return 1.0
    if low < least and most < high:
        return 0.0
    if low == -high:
        return int(torch.count_nonzero(z.abs() >= high)) / z.numel()
    count = int(torch.count_nonzero(z <= low)) if least <= low else 0
    return (count + (int(torch.count_nonzero(z >= high)) if most >= high else 0)) / z.numel()


def _share_dead(z: torch.Tensor, shut: tuple[float, float], least: float, most: float) -> float:
    low, high = shut
    if low == high:
        return 1.0
    if low < least and most < high:
        return 0.0
    if most < high:
        dead = z.amax(0) <= low
    elif low < least:
        dead = z.amin(0) >= high
    else:  # samples of one unit may lie in both tails, so each entry decides
        dead = ~((z > low) & (z < high)).any(0)
    return float(dead.cpu().double().mean())
