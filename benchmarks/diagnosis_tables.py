"""Tables made for the reporting group: data sets on which no threshold was set. Each is kept as an upload."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from sklearn import datasets

from trainers import keep_upload


def _friedman(rng: int) -> Any:
    return datasets.make_friedman1(400, n_features=8, noise=1.0, random_state=rng)


def _plane(rng: int) -> Any:
    return datasets.make_regression(300, n_features=6, noise=25.0, random_state=rng)[:2]


def _hastie(rng: int) -> Any:
    inputs, target = datasets.make_hastie_10_2(1500, random_state=rng)
    return inputs, target.astype(int)


def _quantiles(rng: int) -> Any:
    return datasets.make_gaussian_quantiles(n_samples=500, n_features=3, n_classes=3, random_state=rng)


def _clusters(rng: int) -> Any:
    return datasets.make_classification(
        500, n_features=8, n_informative=6, n_redundant=0, n_classes=4, class_sep=1.8, random_state=rng
    )


def _clouds(rng: int) -> Any:
    return datasets.make_blobs(360, n_features=5, centers=2, cluster_std=4.5, random_state=rng)[:2]


# Name -> (rows, task, maker).
TABLES: dict[str, tuple[int, str, Callable[[int], Any]]] = {
    "friedman": (400, "regression", _friedman),
    "plane": (300, "regression", _plane),
    "hastie": (1500, "classification", _hastie),
    "quantiles": (500, "classification", _quantiles),
    "clusters": (500, "classification", _clusters),
    "clouds": (360, "classification", _clouds),
}


@cache
def digest(name: str) -> str:
    """The key under which the table is kept."""
    inputs, target = TABLES[name][2](7)
    header = ",".join([*(f"x{i}" for i in range(inputs.shape[1])), "y"])
    rows = [",".join([*(f"{x:.6g}" for x in row), f"{y:.6g}"]) for row, y in zip(inputs, target, strict=True)]
    return keep_upload("\n".join([header, *rows]).encode())
