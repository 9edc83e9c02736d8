"""What the pictures of generalization share: how they are laid out, and a band of two deviations around a mean."""

from __future__ import annotations

from typing import Any

import numpy as np

from experiments.generalization import Floats

LAYOUT: dict[str, Any] = {"dragmode": False, "margin": {"l": 8, "r": 8, "t": 8, "b": 8}}
LEGEND = {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"}


def band(x: Floats, mean: Floats, spread: Floats, name: str) -> dict[str, Any]:
    """The area within two deviations of a mean."""
    return {
        "type": "scatter",
        "mode": "lines",
        "x": np.concatenate([x, x[::-1]]),
        "y": np.concatenate([mean + 2 * spread, (mean - 2 * spread)[::-1]]),
        "fill": "toself",
        "fillcolor": "rgba(0, 114, 178, 0.16)",
        "line": {"width": 0},
        "name": name,
        "hoverinfo": "skip",
    }
