"""Batch normalization worked out by hand: three units on a batch of five, cell by cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from networks.normalization import normalize
from numerals import readable
from settings import Text

Array = NDArray[np.float64]

UNITS, SAMPLES_BY_HAND = 3, 5
LARGEST = 1e6
_NUMBER = r"-?\d{1,7}(?:\.\d{1,6})?"
_ROW = rf"{_NUMBER}(?:,{_NUMBER}){{{SAMPLES_BY_HAND - 1}}}"
CELLS = Text(
    name="cells",
    default="0.5,2,3,5.5,7.5|1,1,2,3,3|-4,0,2,4,8",
    pattern=rf"{_ROW}(?:\|{_ROW}){{{UNITS - 1}}}",
    allowed="three rows of five numbers, as 0.5,2,3,5.5,7.5|1,1,2,3,3|-4,0,2,4,8",
    meaning="What each of three units gives for each of five samples.",
    max_length=300,
)


@dataclass(frozen=True, kw_only=True)
class ByHand:
    """cells and output: ``(units, samples)``. mean and deviation: ``(units,)``, over the batch, without correction."""

    cells: Array = field(repr=False)
    mean: Array
    deviation: Array
    output: Array = field(repr=False)


def cells_of(text: str) -> Array:
    """The cells ``(units, samples)`` of a checked text."""
    return np.array([[float(cell) for cell in row.split(",")] for row in text.split("|")])


def cells_text(cells: ArrayLike) -> str:
    """The cells as a link holds them; numbers are cut at a million and written in six digits."""
    bounded = np.nan_to_num(np.clip(np.asarray(cells, dtype=np.float64), -LARGEST, LARGEST))
    return "|".join(",".join(np.format_float_positional(cell, 6, trim="-") for cell in row) for row in bounded)


def edited(text: str, edits: Mapping[Any, Mapping[str, Any]], columns: Sequence[str]) -> str:
    """The cells after edits by row number and column name; what is no number is left as it was."""
    cells = cells_of(text).tolist()
    for row, changes in edits.items():
        for column, value in changes.items():
            if isinstance(value, int | float) and column in columns and 0 <= int(row) < UNITS:
                cells[int(row)][columns.index(column)] = float(value)
    return cells_text(cells)


def by_hand(text: str, *, scale: float, shift: float) -> ByHand:
    """Batch normalization of the cells, as a layer in training mode does it."""
    cells = cells_of(text)
    result = normalize(cells.T[:, :, None], "batch", scale=scale, shift=shift)
    return ByHand(
        cells=cells,
        mean=result.mean[0, :, 0],
        deviation=np.sqrt(result.variance[0, :, 0]),
        output=result.output[:, :, 0].T,
    )


def by_hand_steps(worked: ByHand, unit: int, *, scale: float, shift: float) -> list[str]:
    """The arithmetic of one unit (from 0), a line of LaTeX each: mean, deviation, its first cell."""
    row, mean, deviation = worked.cells[unit], float(worked.mean[unit]), float(worked.deviation[unit])
    summed = " + ".join(_signed(cell) for cell in row)
    squared = " + ".join(rf"({_signed(cell)} - {_signed(mean)})^2" for cell in row)
    return [
        rf"\mu = \frac{{{summed}}}{{{len(row)}}} = {_plain(mean)}",
        rf"\sigma = \sqrt{{\frac{{{squared}}}{{{len(row)}}}}} = {_plain(deviation)}",
        rf"y_1 = {_plain(scale)} \cdot \frac{{{_plain(row[0])} - {_signed(mean)}}}"
        rf"{{\sqrt{{{_plain(deviation)}^2 + \epsilon}}}} + {_signed(shift)} = {_plain(float(worked.output[unit, 0]))}",
    ]


def by_hand_sentence(worked: ByHand) -> str:
    """Mean and deviation of every unit in words."""
    told = [
        f"unit {number} has mean {readable(float(mean))} and deviation {readable(float(deviation))}"
        for number, (mean, deviation) in enumerate(zip(worked.mean, worked.deviation, strict=True), 1)
    ]
    return f"Over the five samples {', '.join(told[:-1])} and {told[-1]}."


def _plain(number: float) -> str:
    return np.format_float_positional(float(f"{number:.4g}"), trim="-")


def _signed(number: float) -> str:
    text = _plain(number)
    return f"({text})" if text.startswith("-") else text
