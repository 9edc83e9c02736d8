"""Rows for losses of one neuron: pairs of Iris species, Diabetes, and rows drawn by a seed.

The real ones are scikit-learn's. Its import takes seconds, for which the first picture should not wait, so the columns
in use are kept in landscapes/stored_rows.json; ``make stored`` writes it, and a test holds it equal to the library's.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache, lru_cache
from pathlib import Path

import numpy as np

from landscapes.rows import Array

PATH = Path(__file__).parents[1] / "stored_rows.json"
REGRESSION = ("drawn", "iris", "diabetes", "sparse")
AS_THEY_ARE = ("sparse",)  # scaled to variance 1 a feature that is hardly ever there would be as steep as the other
CLASSES = ("versicolor_virginica", "setosa_virginica", "setosa_versicolor", "blobs", "xor")
_DRAWN = 100
_SPECIES = ("setosa", "versicolor", "virginica")

_MEASURES = ("sepal length", "sepal width", "petal length", "petal width")
_PETALS_FIRST = [2, 3, 0, 1]

# Two inputs and the target: (n, 2), (n,), and what the inputs are.
Table = tuple[Array, Array, tuple[str, str]]


@lru_cache(maxsize=16)
def row_table(name: str) -> Table:
    """Inputs ``(n, 2)``, targets ``(n,)`` (0 and 1 of two classes) and the names of the inputs, as they are measured.

    Raises:
        ValueError: a name of neither list.
    """
    made: Callable[[], Table] | None = {
        "drawn": _drawn,
        "iris": _petal_width,
        "diabetes": _diabetes,
        "sparse": _sparse,
        "blobs": _blobs,
        "xor": _xor,
    }.get(name)
    if made is not None:
        return made()
    if name not in CLASSES:
        raise ValueError(f"the rows were given as {name!r:.40}; allowed are {', '.join((*REGRESSION, *CLASSES))}")
    pair, species = _pair(name), _species()
    of_pair = np.isin(species, pair)
    inputs = stored_rows()["iris"][of_pair][:, 2:4]
    return inputs, (species[of_pair] == pair[1]).astype(np.float64), ("petal length", "petal width")


@lru_cache(maxsize=16)
def feature_table(name: str) -> tuple[Array, Array, tuple[str, ...]]:
    """All inputs ``(n, features)`` of the rows of a name, targets ``(n,)`` and names; those of ``row_table`` first.

    A pair of species has its four measures. Raises ValueError as ``row_table`` does.
    """
    inputs, target, names = row_table(name)
    if name not in CLASSES or "_" not in name:
        return inputs, target, names
    of_pair = np.isin(_species(), _pair(name))
    return stored_rows()["iris"][of_pair][:, _PETALS_FIRST], target, tuple(_MEASURES[i] for i in _PETALS_FIRST)


def class_names(name: str) -> tuple[str, str]:
    """What the two classes of rows are called; of a target that is a number, on which side of its median it lies."""
    first, _, second = name.partition("_")
    named = {"blobs": ("first blob", "second blob"), "xor": ("same signs", "different signs")}
    if name in REGRESSION:
        return "up to the median", "above the median"
    return named.get(name, (first, second))


def target_name(name: str) -> str:
    """What the target is, where it is a number."""
    return {"iris": "petal width, cm", "diabetes": "progression, scaled"}.get(name, "target")


def _pair(name: str) -> tuple[int, int]:
    first, second = (_SPECIES.index(species) for species in name.split("_"))
    return first, second


def _species() -> Array:
    return stored_rows()["iris"][:, 4]


def standardized(inputs: Array) -> Array:
    """Every input with mean 0 and variance 1; one that never varies becomes 0."""
    deviation = inputs.std(axis=0)
    return (inputs - inputs.mean(axis=0)) / np.where(deviation > 0, deviation, 1.0)


@cache
def stored_rows() -> dict[str, Array]:
    """What the file keeps.

    Iris ``(150, 5)``: its four measures and the species. Diabetes ``(442, 3)``: body mass index, blood pressure and
    progression.
    """
    return {name: np.array(rows) for name, rows in json.loads(PATH.read_text(encoding="utf-8")).items()}


def _petal_width() -> Table:
    measured = stored_rows()["iris"]
    return measured[:, [2, 0]], measured[:, 3], ("petal length", "sepal length")


def _diabetes() -> Table:
    people = stored_rows()["diabetes"]
    return people[:, :2], standardized(people[:, 2:])[:, 0], ("body mass index", "blood pressure")


def _drawn() -> Table:
    random = np.random.default_rng(0)
    shared, own = random.standard_normal((2, _DRAWN))
    inputs = np.stack([shared, 0.8 * shared + 0.6 * own], axis=-1)
    target = inputs @ np.array([1.5, -0.5]) + 0.8 * random.standard_normal(_DRAWN)
    return inputs, target, ("first", "second")


def _sparse() -> Table:
    """The second input is 0 but in every tenth row."""
    random = np.random.default_rng(3)
    often = random.standard_normal(_DRAWN)
    seldom = np.where(np.arange(_DRAWN) % 20 == 0, 0.5, np.where(np.arange(_DRAWN) % 20 == 10, -0.5, 0.0))
    inputs = np.stack([often, seldom], axis=-1)
    target = inputs @ np.array([1.0, -1.5]) + 0.05 * random.standard_normal(_DRAWN)
    return inputs, target, ("first", "second, 0 in nine of ten rows")


def _blobs() -> Table:
    random = np.random.default_rng(1)
    classes = np.repeat([0.0, 1.0], _DRAWN // 2)
    centers = np.where(classes[:, None] == 1, [1.0, 0.6], [-1.0, -0.6])
    return centers + random.standard_normal((_DRAWN, 2)), classes, ("first", "second")


def _xor() -> Table:
    random = np.random.default_rng(2)
    corners = np.tile([[1.0, 1.0], [-1.0, -1.0], [1.0, -1.0], [-1.0, 1.0]], (_DRAWN // 4, 1))
    inputs = corners + 0.3 * random.standard_normal((_DRAWN, 2))
    return inputs, (corners[:, 0] * corners[:, 1] < 0).astype(np.float64), ("first", "second")
