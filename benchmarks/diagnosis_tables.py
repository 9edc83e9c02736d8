"""Tables that the catalogue of data does not have, made for the groups of the suite. Each is kept as an upload.

No table stands in two groups. Waveform: Breiman, Friedman, Olshen & Stone (1984), Classification and Regression Trees,
section 2.6.2. Twonorm and ringnorm: Breiman (1996), Bias, variance, and arcing classifiers, technical report 460.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
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


def _friedman_2(rng: int) -> Any:
    return datasets.make_friedman2(360, noise=60.0, random_state=rng)


def _swiss_roll(rng: int) -> Any:
    return datasets.make_swiss_roll(400, noise=0.3, random_state=rng)


def _sparse(rng: int) -> Any:
    return datasets.make_sparse_uncorrelated(320, n_features=8, random_state=rng)


def _waveform(rng: int) -> Any:
    """Three triangular waves; each class mixes two of them, seen at 21 points through noise."""
    draw = np.random.default_rng(rng)
    at = np.arange(1, 22)
    waves = np.maximum(6 - np.abs(at - np.array([[11], [15], [7]])), 0)
    target, share = draw.integers(0, 3, 600), draw.random((600, 1))
    first, second = waves[[0, 0, 1]][target], waves[[1, 2, 2]][target]
    return share * first + (1 - share) * second + draw.normal(size=(600, 21)), target


def _twonorm(rng: int) -> Any:
    """Two normal clouds in ten dimensions, their centers two standard deviations apart from the middle."""
    draw = np.random.default_rng(rng)
    target = draw.integers(0, 2, 400)
    return draw.normal(size=(400, 10)) + (2 * target[:, None] - 1) * 2 / np.sqrt(10), target


def _ringnorm(rng: int) -> Any:
    """A narrow normal cloud within a wide one, in eight dimensions."""
    draw = np.random.default_rng(rng)
    target = draw.integers(0, 2, 500)
    narrow = 2 / np.sqrt(8) + draw.normal(size=(500, 8))
    return np.where(target[:, None] == 1, narrow, 2 * draw.normal(size=(500, 8))), target


def _checkerboard(rng: int) -> Any:
    """Three by three fields in turn of two classes."""
    draw = np.random.default_rng(rng)
    inputs = draw.random((600, 2))
    return inputs, (np.floor(3 * inputs).sum(1) % 2).astype(int)


# Name -> (rows, task, maker).
TABLES: dict[str, tuple[int, str, Callable[[int], Any]]] = {
    "friedman": (400, "regression", _friedman),
    "plane": (300, "regression", _plane),
    "hastie": (1500, "classification", _hastie),
    "quantiles": (500, "classification", _quantiles),
    "clusters": (500, "classification", _clusters),
    "clouds": (360, "classification", _clouds),
    "friedman_2": (360, "regression", _friedman_2),
    "swiss_roll": (400, "regression", _swiss_roll),
    "sparse": (320, "regression", _sparse),
    "waveform": (600, "classification", _waveform),
    "twonorm": (400, "classification", _twonorm),
    "ringnorm": (500, "classification", _ringnorm),
    "checkerboard": (600, "classification", _checkerboard),
}


@cache
def digest(name: str) -> str:
    """The key under which the table is kept."""
    inputs, target = TABLES[name][2](7)
    header = ",".join([*(f"x{i}" for i in range(inputs.shape[1])), "y"])
    rows = [",".join([*(f"{x:.6g}" for x in row), f"{y:.6g}"]) for row, y in zip(inputs, target, strict=True)]
    return keep_upload("\n".join([header, *rows]).encode())
