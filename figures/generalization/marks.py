"""What the pictures of generalization share: how they are laid out, and a band between two lines."""

from __future__ import annotations

from typing import Any

import numpy as np

from experiments.generalization import Floats

LAYOUT: dict[str, Any] = {"dragmode": False, "margin": {"l": 8, "r": 8, "t": 8, "b": 8}}
LEGEND = {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"}


def band(x: Floats, low: Floats, high: Floats, name: str) -> dict[str, Any]:
    """The area between two lines."""
    return {
        "type": "scatter",
        "mode": "lines",
        "x": np.concatenate([x, x[::-1]]),
        "y": np.concatenate([high, low[::-1]]),
        "fill": "toself",
        "fillcolor": "rgba(0, 114, 178, 0.16)",
        "line": {"width": 0},
        "name": name,
        "hoverinfo": "skip",
    }
