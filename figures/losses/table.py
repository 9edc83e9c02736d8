"""What is known of losses, and what was read of them, as tables."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from experiments.losses import At, Reading
from networks.losses import DISTANCES, LOSS_FUNCTIONS
from numerals import readable

_HEAD = ("Output unit", "Loss", "Gradient at the output", "PyTorch", "Best constant", "Used for")


def loss_table() -> str:
    """Every loss with its output, gradient and class in PyTorch, as Markdown."""
    rows = [_HEAD, ("---",) * len(_HEAD)]
    for loss in LOSS_FUNCTIONS.values():
        first, *others = loss.torch_class.split("; ")
        code = "; ".join([f"`{first}`", *others])
        rows.append((loss.output, f"**{loss.name}**", f"${loss.latex_gradient}$", code, loss.constant, loss.used_for))
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def reading_table(readings: Sequence[Reading]) -> pd.DataFrame:
    """Value and slope of each loss at one prediction, numbers as text."""
    return pd.DataFrame(
        {
            "loss": [LOSS_FUNCTIONS[each.key].name for each in readings],
            "value": [readable(each.value) for each in readings],
            "slope": [readable(each.slope) for each in readings],
        }
    )


def distance_table(at: At) -> pd.DataFrame:
    """Every distance of two histograms and its slope, numbers as text."""
    return pd.DataFrame(
        {
            "distance": [each.name for each in DISTANCES.values()],
            "value": [readable(at.values[key]) for key in DISTANCES],
            "slope by the shift": [_slope(at, key) for key in DISTANCES],
            "what it asks": [each.meaning for each in DISTANCES.values()],
        }
    )


def _slope(at: At, key: str) -> str:
    slope = at.slopes[key]
    return "none" if slope != slope else readable(round(slope, 12))
