"""Raw rows of a data set, before they are split and scaled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from numpy.typing import NDArray

# What is happening and, where it is known, which share is done.
Progress = Callable[[str, float | None], None]


class DataUnavailable(Exception):
    """Rows cannot be had; the message is a sentence that says why and what to do."""


def silent(sentence: str, share: float | None) -> None:
    """A Progress that tells nobody."""


@dataclass(frozen=True, kw_only=True)
class Table:
    """inputs: ``(rows, *shape)`` float32, or uint8 for images. targets: ``(rows,)`` int64 class numbers, or float32.

    classes: names in the order of their numbers, empty for regression. unit: what a regression's target counts, in a
    word, and how many of it make 1. categories: feature name to its values, for
    features that were words and became one column each.
    """

    inputs: NDArray[Any] = field(repr=False)
    targets: NDArray[Any] = field(repr=False)
    features: tuple[str, ...] = ()
    target: str = "y"
    classes: tuple[str, ...] = ()
    unit: tuple[str, float] = ("", 1.0)
