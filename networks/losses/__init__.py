"""Losses: formula, value, exact gradient, output unit and PyTorch's name for each; distances of two distributions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faces import face

if TYPE_CHECKING:
    from networks.losses.catalogue import LOSS_FUNCTIONS as LOSS_FUNCTIONS
    from networks.losses.definition import LossFunction as LossFunction
    from networks.losses.distances import DISTANCES as DISTANCES
    from networks.losses.distances import Distance as Distance
    from networks.losses.distances import entropy as entropy
    from networks.losses.smoothing import CONVENTIONS as CONVENTIONS
    from networks.losses.smoothing import smoothed as smoothed

__getattr__, __dir__, __all__ = face(
    __name__,
    {
        "catalogue": {
            "LOSS_FUNCTIONS": "Every loss by key.",
        },
        "definition": {
            "LossFunction": "A loss of one row: value and gradient in what the network gives.",
        },
        "distances": {
            "DISTANCES": "Every distance of two distributions by key.",
            "Distance": "How far two histograms are apart, and its gradient in the second.",
            "entropy": "The entropy of a distribution in nats, ``(*batch, n) -> (*batch)``.",
        },
        "smoothing": {
            "CONVENTIONS": "The two meanings of the smoothing's epsilon.",
            "smoothed": "The smoothed target of one true class, ``(classes,)``.",
        },
    },
)
