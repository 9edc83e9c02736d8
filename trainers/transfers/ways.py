"""Ways to learn a second task, and what is allowed of the numbers that they take."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

WAYS: Mapping[str, str] = {
    "scratch": "from scratch",
    "frozen": "features frozen",
    "tuned": "fine-tuned",
    "discriminative": "a rate for each layer",
    "gradual": "unfrozen layer by layer",
}


def trainings(counts: Iterable[int], seeds: int) -> list[tuple[str, int, int]]:
    """(way, rows, seed) of every training of a study, in the order they are done."""
    return [(way, rows, seed) for seed in range(seeds) for rows in counts for way in WAYS]


def whole_within(name: str, value: Any, low: int, high: int) -> None:
    """Raises ValueError for what is no whole number between two others."""
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise ValueError(f"{name} was given as {value!r:.40}; allowed is a whole number from {low} to {high}")


def factor_within(factor: float) -> None:
    """Raises ValueError for what is no factor between the rates of two layers."""
    if not 0.05 <= factor <= 1:
        raise ValueError(f"the factor was given as {factor:g}; allowed is 0.05 to 1")
