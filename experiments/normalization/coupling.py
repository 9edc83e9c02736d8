r"""How much the output of one row depends on the input of another: the Jacobian of a small network, row by row.

A layer is h -> phi(norm(W h)). Of batch normalization in training x^_i = (z_i - mean) / s over the rows of the batch,

    d x^_i / d z_j = (delta_ij - 1 / N - x^_i x^_j / N) / s

for each unit (Ioffe & Szegedy, 2015, arXiv:1502.03167, section 3): every row is in mean and spread, so every input
moves every output. Layer normalization has the same formula over the units of one row, and evaluation none of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from networks.activations import ACTIVATIONS
from networks.normalization import EPS

Array = NDArray[np.float64]

WAYS: Mapping[str, str] = {
    "none": "No normalization",
    "batch": "Batch, training",
    "eval": "Batch, evaluation",
    "layer": "Layer",
}
COUPLED_UNITS = 8
_POPULATION = 2000  # rows that running statistics stand for


@dataclass(frozen=True, kw_only=True)
class Coupling:
    """matrix: ``(rows, rows)``, length of d(output of row i) / d(input of row j). outputs: ``(rows, units)``.

    others: the share of the squared length that belongs to other rows' inputs.
    """

    way: str
    matrix: Array = field(repr=False)
    outputs: Array = field(repr=False)
    others: float


def coupling_inputs(rows: int, deep: int, seed: int) -> tuple[Array, Array]:
    """(inputs ``(rows, units)``, weights ``(layers, units, units)``) of normal numbers."""
    generator = np.random.default_rng(seed)
    weights = generator.normal(0, np.sqrt(2 / COUPLED_UNITS), (deep, COUPLED_UNITS, COUPLED_UNITS))
    return generator.normal(size=(rows, COUPLED_UNITS)), weights


def coupled_rows(way: str, *, rows: int, deep: int, activation: str, seed: int) -> Coupling:
    """The network's Jacobian, worked out layer by layer along the way up.

    Raises:
        ValueError: an unknown way.
    """
    if way not in WAYS:
        raise ValueError(f"way was given {way!r}; allowed is one of {', '.join(WAYS)}")
    h, weights = coupling_inputs(rows, deep, seed)
    entry = ACTIVATIONS[activation]
    hyper = entry.choose()
    many = np.random.default_rng([seed, 1]).normal(size=(_POPULATION, COUPLED_UNITS))
    jacobian = np.einsum("nm,ud->numd", np.eye(rows), np.eye(COUPLED_UNITS))
    for weight in weights:
        z, jacobian, many = h @ weight.T, np.einsum("ou,numd->nomd", weight, jacobian), many @ weight.T
        if way in ("batch", "layer"):
            axis = 0 if way == "batch" else 1
            spread = np.sqrt(z.var(axis, keepdims=True) + EPS)
            z = (z - z.mean(axis, keepdims=True)) / spread
            along = (z[..., None, None] * jacobian).mean(axis, keepdims=True)
            jacobian = jacobian - jacobian.mean(axis, keepdims=True) - z[..., None, None] * along
            jacobian = jacobian / spread[..., None, None]
        elif way == "eval":
            mean, spread = many.mean(0), np.sqrt(many.var(0) + EPS)
            z, many, jacobian = (z - mean) / spread, (many - mean) / spread, jacobian / spread[:, None, None]
        jacobian = entry.derivative(z, hyper)[..., None, None] * jacobian
        h, many = entry.value(z, hyper), entry.value(many, hyper)
    squares = np.square(jacobian).sum((1, 3))
    own = float(np.trace(squares))
    whole = float(squares.sum())
    return Coupling(way=way, matrix=np.sqrt(squares), outputs=h, others=1 - own / whole if whole else 0.0)


def coupling_sentence(coupled: Mapping[str, Coupling]) -> str:
    """What belongs to other rows under batch normalization in training, and where there is nothing of it."""
    share = 100 * coupled["batch"].others
    return (
        f"In training, batch normalization takes {share:.3g} % of the squared gradient from other rows of the batch; "
        "in evaluation, under layer normalization and without any it is none."
    )
