"""What rows, features and neurons are called in menus."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from experiments.neuron.own import own_table
from landscapes.neurons import CLASSES, KINDS, class_names, feature_table, target_name

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


@dataclass(frozen=True, kw_only=True)
class RowNames:
    """What features, the two classes and the target are called. numbers: whether the target is a number."""

    features: tuple[str, ...]
    classes: tuple[str, str]
    target: str
    numbers: bool


def row_names(data: str, values: Mapping[str, Any]) -> RowNames:
    """Of the rows by name, or of the table that ``file`` and ``target`` name, which can be used."""
    if values["file"]:
        table = own_table(values["file"], values["target"])
        classes = table.classes or ("up to the median", "above the median")
        return RowNames(features=table.names, classes=classes, target=table.target_name, numbers=table.classes is None)
    numbers = data not in CLASSES
    return RowNames(features=features_of(data), classes=class_names(data), target=target_name(data), numbers=numbers)
