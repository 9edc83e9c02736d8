"""An example tensor whose channels and samples differ, and what normalization makes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from networks.normalization import Normalized, normalize

if TYPE_CHECKING:
    pass


Array = NDArray[np.float64]


def example_tensor(samples: int, channels: int, positions: int, seed: int = 0) -> Array:
    """Channels with levels and spreads of their own, samples of different brightness: ``(N, C, HW)``."""
    generator = np.random.default_rng(seed)
    level = generator.normal(0, 2.5, (1, channels, 1))
    spread = np.exp(generator.normal(0, 0.5, (1, channels, 1)))
    brightness = generator.normal(0, 1.5, (samples, 1, 1))
    cells = generator.standard_normal((samples, channels, positions))
    return np.asarray(level + brightness + spread * cells, dtype=np.float64)


def normalized_example(
    kind: str, shape: tuple[int, int, int], *, groups: int, scale: float, shift: float, seed: int
) -> tuple[Array, Normalized]:
    """The example tensor and what the kind makes of it."""
    x = example_tensor(*shape, seed=seed)
    return x, normalize(x, kind, groups=groups, scale=scale, shift=shift)
