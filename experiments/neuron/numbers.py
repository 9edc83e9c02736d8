"""The numbers of rows, forward and backward, at given weights: what the browser shows for one row at a time."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from landscapes import Landscape
from landscapes.neurons import CHAIN, KINDS, chain_codes
from programs import Code, run_code

Array = NDArray[np.float64]


@lru_cache(maxsize=16)
def _codes(kind: str) -> Mapping[str, Code]:
    return chain_codes(KINDS[kind])


def row_numbers(landscape: Landscape, weights: tuple[float, float]) -> dict[str, Array]:
    """Every number of every row of a neuron's landscape, each ``(n,)``.

    z and ``CHAIN``, then the derivatives of the loss of a row by both weights (or weight and bias) and by the bias:
    ``loss_by_first``, ``loss_by_second`` and ``loss_by_bias``.
    """
    rows = landscape.rows
    assert rows is not None
    a, t = rows.by_name["a"], rows.by_name["t"]
    b = rows.by_name.get("b", np.ones_like(a))
    with np.errstate(all="ignore"):  # weights that ran away
        z = a * weights[0] + b * weights[1] + float(landscape.parameters["offset"])
        inputs = {"x": z, "y": np.zeros_like(z), "@t": t}
        codes = _codes(str(landscape.parameters["kind"]))
        numbers = {name: np.broadcast_to(run_code(codes[name], inputs)[0], z.shape) for name in CHAIN}
        slope = numbers["loss_by_z"]
        return {
            "z": z,
            **{name: np.asarray(each, dtype=np.float64) for name, each in numbers.items()},
            "loss_by_first": slope * a,
            "loss_by_second": slope * b,
            "loss_by_bias": slope,
        }
