"""Both ways of preparing the parts, with and without the leak, and the score each reports."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from experiments.normalization.leakage import Scores, drifted_features, reported_scores
from experiments.normalization.whitening import Leak, fit, leak

if TYPE_CHECKING:
    pass


Array = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class LeakView:
    """Both parts after a stage fitted on the training part and on both: ``(train, test)`` of ``(n, 2)`` each."""

    honest: tuple[Array, Array] = field(repr=False)
    leaked: tuple[Array, Array] = field(repr=False)
    found: Leak
    scores: Scores
    moved: float
    """How far the leak moves a training input, on average."""


def leak_view(
    stage: str, *, correlation: float, drift: float, train: int, test: int, noise: float, seed: int
) -> LeakView:
    """One draw in detail, and the scores of many."""
    data = drifted_features(correlation=correlation, drift=drift, train=train, test=test, noise=noise, seed=seed)
    proper = fit(stage, data.train_x)
    both = fit(stage, np.concatenate([data.train_x, data.test_x]))
    honest = proper.apply(data.train_x), proper.apply(data.test_x)
    leaked = both.apply(data.train_x), both.apply(data.test_x)
    return LeakView(
        honest=honest,
        leaked=leaked,
        found=leak(stage, data),
        scores=reported_scores(
            stage, correlation=correlation, drift=drift, train=train, test=test, noise=noise, seed=seed
        ),
        moved=float(np.linalg.norm(leaked[0] - honest[0], axis=1).mean()),
    )
