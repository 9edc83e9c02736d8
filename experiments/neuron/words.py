"""What rows, features and neurons are called in menus."""

from __future__ import annotations

from collections.abc import Mapping

from landscapes.neurons import KINDS, feature_table

DATA_NAMES: Mapping[str, str] = {
    "versicolor_virginica": "Iris: versicolor or virginica",
    "setosa_virginica": "Iris: setosa or virginica",
    "setosa_versicolor": "Iris: setosa or versicolor",
    "blobs": "Two blobs",
    "xor": "XOR",
    "iris": "Iris: petal width, a number",
    "diabetes": "Diabetes: progression, a number",
}
KIND_NAMES: Mapping[str, str] = {key: kind.name for key, kind in KINDS.items()}


def features_of(data: str) -> tuple[str, ...]:
    """The features of rows by name, in the order in which a link counts them, from 1."""
    return feature_table(data)[2]
