"""The numbers behind pictures of Plotly, as CSV."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import zip_longest
from typing import Any

import numpy as np

from exports.csv_text import csv_text

_COLUMNS = ("x", "y", "z")


def pictures_csv(pictures: Mapping[str, Any]) -> str:
    """Every point of every trace, one row each; pictures: Plotly figures by name.

    Maps and surfaces have one row a cell. What a trace does not have is an empty cell.
    """
    rows: list[tuple[Any, ...]] = [("picture", "trace", "name", *_COLUMNS)]
    for name, figure in pictures.items():
        for number, trace in enumerate(figure.data):
            title = getattr(trace, "name", None) or ""
            rows += [(name, number, title, *point) for point in _points(trace)]
    return csv_text(rows)


def _points(trace: Any) -> Iterator[tuple[Any, ...]]:
    x, y, z = (_numbers(getattr(trace, axis, None)) for axis in _COLUMNS)
    if z is not None and z.ndim == 2:
        across = x if x is not None else np.arange(z.shape[1])
        up = y if y is not None else np.arange(z.shape[0])
        for row in range(z.shape[0]):
            for column in range(z.shape[1]):
                here = across[row, column] if across.ndim == 2 else across[column]
                there = up[row, column] if up.ndim == 2 else up[row]
                yield _plain(here), _plain(there), _plain(z[row, column])
        return
    columns = [[] if each is None else each.ravel().tolist() for each in (x, y, z)]
    for point in zip_longest(*columns, fillvalue=""):
        yield tuple("" if value is None else value for value in point)


def _numbers(values: Any) -> Any:
    return None if values is None else np.asarray(values)


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value
