"""The program of a landscape, in the language of programs/language.py: for the browser and for NumPy.

Whole powers are products and common subexpressions are registers, so ``pow`` is rare: for example (1 - x)^2 is
``[1.0, "x", "sub", "=0", "$0", "mul"]``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from landscapes.rows import Rows
from programs import MEAN, OPERATIONS, Code, mean_of_rows, run_code

Array = NDArray[np.float64]

__all__ = ["MEAN", "OPERATIONS", "Array", "Code", "Program", "mean_of_rows", "run_program"]


@dataclass(frozen=True, kw_only=True)
class Program:
    """Postfix (reverse Polish) code for f, df/dx and df/dy; programs/language.py defines the language."""

    value: Code
    dx: Code
    dy: Code


def run_program(code: Code, points: Array, rows: Rows | None = None) -> Array:
    """Run one code on points, ``(*batch, 2) -> (*batch)``. rows: of a surface that is the mean over them.

    Raises:
        ValueError: an unknown entry, too few operands, or a stack that does not end with one block.
    """
    points = np.asarray(points, dtype=np.float64)
    if rows is None:
        results = run_code(code, {"x": points[..., 0], "y": points[..., 1]})
    else:
        columns = {f"@{name}": column for name, column in rows.by_name.items()}
        results = [each[..., 0] for each in run_code(code, {"x": points[..., :1], "y": points[..., 1:], **columns})]
    if len(results) != 1:
        raise ValueError(f"the program leaves {len(results)} blocks on the stack; allowed is one")
    return np.array(np.broadcast_to(results[0], points.shape[:-1]))
