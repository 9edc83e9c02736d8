"""The rows of surfaces that come from scikit-learn, written to landscapes/stored_rows.json by ``make stored``."""

from __future__ import annotations

import json

import numpy as np
from numpy.typing import NDArray
from sklearn.datasets import load_diabetes, load_iris

from landscapes.neurons.data import PATH


def library_rows() -> dict[str, NDArray[np.float64]]:
    """What the file keeps, as ``landscapes.neurons.stored_rows`` has it, read from the library."""
    iris, species = load_iris(return_X_y=True)
    people, progression = (np.asarray(each) for each in load_diabetes(return_X_y=True, scaled=False))
    return {
        "iris": np.column_stack([iris, species]).astype(np.float64),
        "diabetes": np.column_stack([people[:, [2, 3]], progression]).astype(np.float64),
    }


def write() -> None:
    """Write the file anew."""
    rows = {name: each.tolist() for name, each in library_rows().items()}
    PATH.write_text(json.dumps(rows) + "\n", encoding="utf-8")


if __name__ == "__main__":
    write()
