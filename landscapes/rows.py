"""Rows of a table, and losses that are means over them: a surface of two weights is made of its rows one by one.

The expression of such a landscape is the loss of one row: x and y are the weights, and the columns of the table are
symbols of their own names. Its value is the mean over the rows, its gradient the mean of their gradients; a mini-batch
is the mean over some of them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

MOST_ROWS = 1000
"""The most rows of a surface: the browser goes over all of them for every step and every pixel of the map."""
_NAME = re.compile(r"[a-z][a-z0-9]*")


@dataclass(frozen=True, kw_only=True, eq=False)
class Rows:
    """The table a loss is the mean over.

    columns: a name for each column, as the expression has it (small letters; not x or y). table: ``(n, columns)``
    float64, finite; it is copied and locked. meanings: what each column is, in words, for those who read.

    Raises:
        ValueError: names, shape or numbers outside what is allowed.
    """

    columns: tuple[str, ...]
    table: Array = field(repr=False)
    meanings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        table = np.array(self.table, dtype=np.float64)
        if table.ndim != 2 or table.shape[1] != len(self.columns) or not 1 <= len(table) <= MOST_ROWS:
            raise ValueError(
                f"a table of shape {table.shape} was given for {len(self.columns)} columns; "
                f"allowed are 1 to {MOST_ROWS} rows of as many numbers"
            )
        if not np.isfinite(table).all():
            raise ValueError("the table was given numbers that are not finite; allowed are finite ones")
        for name in self.columns:
            if not _NAME.fullmatch(name) or name in ("x", "y", "e", "pi"):
                raise ValueError(f"a column was given the name {name!r:.40}; allowed are small letters, not x or y")
        table.flags.writeable = False
        object.__setattr__(self, "table", table)

    def __len__(self) -> int:
        return len(self.table)

    @cached_property
    def by_name(self) -> dict[str, Array]:
        """Each column, ``(n,)``."""
        return {name: np.ascontiguousarray(self.table[:, i]) for i, name in enumerate(self.columns)}

    @cached_property
    def as_lists(self) -> dict[str, list[Any]]:
        """Names and columns in plain lists, for a payload."""
        return {"names": list(self.columns), "columns": [column.tolist() for column in self.by_name.values()]}
