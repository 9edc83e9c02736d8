"""Two-dimensional classes and one-dimensional regressions, drawn by size, noise and seed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainers.data.table import Progress, Table

Values = Mapping[str, Any]


def _plane(inputs: NDArray[Any], targets: NDArray[Any], classes: int = 2) -> Table:
    names = tuple(f"x{i + 1}" for i in range(inputs.shape[1]))
    labels = tuple(f"class {i + 1}" for i in range(classes))
    return Table(inputs=inputs.astype(np.float32), targets=targets.astype(np.int64), features=names, classes=labels)


def _line(x: NDArray[Any], y: NDArray[Any]) -> Table:
    return Table(inputs=x[:, None].astype(np.float32), targets=y.astype(np.float32), features=("x",), target="y")


def moons(values: Values, progress: Progress) -> Table:
    """Half circles of radius 1 around (0, 0) and (1, 0.5): the same rows as scikit-learn's make_moons, turned around
    the middle of both."""
    from sklearn.datasets import make_moons

    points, labels = make_moons(values["size"], noise=values["noise"], random_state=values["seed"])
    points, angle = np.asarray(points), np.deg2rad(values.get("turn", 0.0))
    if angle:
        middle = np.array([0.5, 0.25])
        turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
        points = (points - middle) @ turn + middle
    return _plane(points, np.asarray(labels))


def circles(values: Values, progress: Progress) -> Table:
    """Rings of radius 1 and 0.5; the same rows as scikit-learn's make_circles."""
    from sklearn.datasets import make_circles

    points, labels = make_circles(values["size"], noise=values["noise"], factor=0.5, random_state=values["seed"])
    return _plane(np.asarray(points), np.asarray(labels))


def spirals(values: Values, progress: Progress) -> Table:
    """Archimedean arms: radius t, angle 2 pi (turns t + arm / arms), t evenly spread from 0.1 to 1."""
    size, arms = values["size"], values["classes"]
    rng = np.random.default_rng(values["seed"])
    arm = np.arange(size) % arms
    t = rng.uniform(0.1, 1.0, size)
    angle = 2 * np.pi * (values["turns"] * t + arm / arms)
    points = 2 * np.stack([t * np.cos(angle), t * np.sin(angle)], 1) + values["noise"] * rng.normal(size=(size, 2))
    return _plane(points, arm, arms)


def xor(values: Values, progress: Progress) -> Table:
    """Uniform on [-1, 1]^2; the class is the sign of x1 x2 before the noise."""
    rng = np.random.default_rng(values["seed"])
    points = rng.uniform(-1, 1, (values["size"], 2))
    labels = (points[:, 0] * points[:, 1] > 0).astype(np.int64)
    return _plane(points + values["noise"] * rng.normal(size=points.shape), labels)


def blobs(values: Values, progress: Progress) -> Table:
    """Normal clouds around centers uniform in [-5, 5]; classes are equally large."""
    size, classes, features = values["size"], values["classes"], values["features"]
    rng = np.random.default_rng(values["seed"])
    centers = rng.uniform(-5, 5, (classes, features))
    labels = np.arange(size) % classes
    return _plane(centers[labels] + values["noise"] * rng.normal(size=(size, features)), labels, classes)


def noisy_sine(values: Values, progress: Progress) -> Table:
    """y = sin(periods x) + noise, x uniform on [-pi, pi]."""
    rng = np.random.default_rng(values["seed"])
    x = rng.uniform(-np.pi, np.pi, values["size"])
    return _line(x, np.sin(values["periods"] * x) + values["noise"] * rng.normal(size=len(x)))


def polynomial(values: Values, progress: Progress) -> Table:
    """y = sum of c_k T_k(x) + noise, T_k Chebyshev's polynomials, c_k standard normal, x uniform on [-1, 1]."""
    rng = np.random.default_rng(values["seed"])
    x = rng.uniform(-1, 1, values["size"])
    y = np.polynomial.chebyshev.chebval(x, rng.normal(size=values["degree"] + 1))
    return _line(x, y + values["noise"] * rng.normal(size=len(x)))


def sine_exact(values: Values, progress: Progress) -> Table:
    """y = sin(x) at evenly spaced x on [-pi, pi]."""
    x = np.linspace(-np.pi, np.pi, values["size"])
    return _line(x, np.sin(x) + values["noise"] * np.random.default_rng(values["seed"]).normal(size=len(x)))
