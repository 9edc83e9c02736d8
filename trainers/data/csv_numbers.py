"""Cells of a table as numbers: which are empty, which commas stand for points, and their values."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainers.data.delimited import plain_number

DECIMAL_COMMAS = "decimal commas"
WITH_THOUSANDS = "decimal commas and points between thousands"
THOUSANDS = "commas between thousands"
# What tools write for a value that is not known, in a column of numbers.
_EMPTY = frozenset({"", "?", "-", ".", "na", "n/a", "#n/a", "nan", "null", "none"})
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_DECIMAL = re.compile(r"[+-]?(?:\d{1,3}(?:\.\d{3})+|\d+)(?:,\d+)?(?:[eE][+-]?\d+)?")


def is_missing(cell: str) -> bool:
    """Whether a cell of a column of numbers is empty."""
    return len(cell) < 5 and cell.lower() in _EMPTY


def is_number(cell: str) -> bool:
    """Whether a cell is a number, be it with a decimal comma."""
    return plain_number(cell) is not None or _DECIMAL.fullmatch(cell) is not None


def numbers_of(cells: Sequence[str]) -> NDArray[np.float64]:
    """The value of each cell ``(rows)``; NaN where it is no number."""
    # Most columns repeat themselves, and reading a number is what takes the time.
    value = {cell: np.nan if (number := plain_number(cell)) is None else number for cell in set(cells)}
    return np.fromiter((value[cell] for cell in cells), np.float64, len(cells))


def with_points(column: NDArray[Any], *, parted_by_commas: bool) -> tuple[NDArray[Any], str]:
    """A column of text, its numbers written with points, and what the commas in them were; empty for nothing.

    ``DECIMAL_COMMAS`` (5,5), ``WITH_THOUSANDS`` (1.234,5), or ``THOUSANDS`` (1,234,567), which are read so only in a
    file whose commas also part cells. A column with other words is left as it is.
    """
    found = set(column[np.strings.find(column, ",") >= 0].tolist())
    if not found:
        return column, ""
    if parted_by_commas and all(map(_THOUSANDS.fullmatch, found)):
        return _rewritten(column, {cell: cell.replace(",", "") for cell in found}), THOUSANDS
    if not all(map(_DECIMAL.fullmatch, found)):
        return column, ""
    cells = {cell for cell in set(column.tolist()) if not is_missing(cell)}
    # With a comma somewhere in the column, points are either between thousands everywhere or nowhere.
    if any("." in cell for cell in found):
        if not all(map(_DECIMAL.fullmatch, cells)):
            return column, ""
        return _rewritten(column, {cell: cell.replace(".", "").replace(",", ".") for cell in cells}), WITH_THOUSANDS
    if not all(map(is_number, cells)):
        return column, ""
    return _rewritten(column, {cell: cell.replace(",", ".") for cell in found}), DECIMAL_COMMAS


def _rewritten(column: NDArray[Any], new: dict[str, str]) -> NDArray[Any]:
    return np.array([new.get(cell, cell) for cell in column.tolist()], dtype=column.dtype)
