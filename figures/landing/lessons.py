"""Curves of the landing page's lessons, recorded: a picture must not wait for a training.

``python -m tools.lesson_curves`` trains them and writes figures/landing/lessons.json anew, after a preset has changed.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from figures.landing.lines import SmallLine, lines_svg
from figures.theme import BLUE, DASHED, VERMILLION

PATH = Path(__file__).with_name("lessons.json")
LESSONS = (
    "good_fit",
    "overfitting",
    "rate_too_high",
    "vanishing_gradients",
    "dying_relu",
    "double_descent",
    "leakage",
    "overfitting_cures",
)


@cache
def recorded() -> dict[str, dict[str, Any]]:
    """By preset: the ``link`` of its first run, and ``epochs``, ``train`` and ``val`` loss, null where it broke."""
    return json.loads(PATH.read_text(encoding="utf-8"))


def lesson_svg(key: str, dark: bool) -> str:
    """Loss in training (dashed) and validation of a preset's first run, logarithmic where it spans decades."""
    curves = recorded()[key]
    train, val = (np.array(curves[part], dtype=np.float64) for part in ("train", "val"))
    known = np.concatenate([train, val])
    known = known[np.isfinite(known) & (known > 0)]
    if known.max() > 30 * known.min():
        with np.errstate(all="ignore"):
            train, val = np.log(train), np.log(val)
        known = np.log(known)
    low, high = np.min(known), np.quantile(known, 0.98)
    lines = [
        SmallLine(x=curves["epochs"], y=train, color=BLUE, dash=DASHED),
        SmallLine(x=curves["epochs"], y=val, color=VERMILLION),
    ]
    return lines_svg(lines, dark=dark, low=float(low), high=float(high))
