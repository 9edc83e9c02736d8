"""Statistics that have seen the test part, over many draws: what the reported score is worth.

One draw proves little, since the score of a small test part is mostly chance; the mean over many draws is the bias.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from experiments.normalization.whitening import Data, leak, two_features
from networks.types import Array

_SPREAD = 3.0  # of the first feature


def drifted_features(
    *, correlation: float, drift: float = 0.0, train: int = 10, test: int = 30, noise: float = 0.5, seed: int = 0
) -> Data:
    """Two features whose first one lies ``drift`` spreads higher in the test part; the law of the target is the same.

    Raises:
        ValueError: as ``two_features``.
    """
    data = two_features(correlation=correlation, spread=(_SPREAD, 0.5), train=train, test=test, noise=noise, seed=seed)
    return replace(data, test_x=data.test_x + np.array([drift * _SPREAD, 0.0]), test_y=data.test_y + drift)


@dataclass(frozen=True, kw_only=True)
class Scores:
    """Losses on the test part, ``(draws,)`` each: with statistics of the training part, and of both parts."""

    honest: Array = field(repr=False)
    leaked: Array = field(repr=False)


def reported_scores(
    stage: str,
    *,
    correlation: float,
    drift: float = 0.0,
    train: int = 10,
    test: int = 30,
    noise: float = 0.5,
    draws: int = 200,
    seed: int = 0,
) -> Scores:
    """The score that each way would report, over ``draws`` draws of both parts.

    The first draw is that of ``drifted_features`` with the same seed. The model is least squares without an intercept,
    trained on the training part; a model that is put to work has to prepare its inputs the honest way.
    """
    leaks = [
        leak(
            stage,
            drifted_features(
                correlation=correlation, drift=drift, train=train, test=test, noise=noise, seed=seed + 10_000 * k
            ),
        )
        for k in range(draws)
    ]
    return Scores(
        honest=np.array([each.test_loss for each in leaks]), leaked=np.array([each.leaked_loss for each in leaks])
    )
