r"""Preparing inputs: center, scale, rotate, whiten. Each stage is x -> (x - shift) M^T, fitted on the training part.

For least squares over the weights the Hessian is X^T X / n, so what a stage does to the data it does to the curvature:
the condition number of that matrix is the ratio of the widest to the narrowest axis of the loss, squared. Source:
LeCun, Bottou, Orr & Müller (1998), Efficient BackProp, sections 4.3 and 5; Kessy, Lewin & Strimmer (2018),
arXiv:1512.00809 (ZCA).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike

from landscapes.least_squares import LeastSquares
from networks.types import Array

STAGES: Mapping[str, str] = MappingProxyType(
    {
        "raw": "As measured",
        "centered": "Centered",
        "scaled": "Centered and scaled",
        "rotated": "Rotated (PCA)",
        "whitened": "Whitened (PCA)",
        "zca": "Whitened (ZCA)",
    }
)


@dataclass(frozen=True, kw_only=True)
class Transform:
    """One stage, fitted: ``apply(x) = (x - shift) @ matrix.T``. shift: ``(d,)``, matrix: ``(d, d)``."""

    stage: str
    shift: Array
    matrix: Array

    def apply(self, x: ArrayLike) -> Array:
        """``(n, d) -> (n, d)``"""
        return (np.asarray(x, dtype=np.float64) - self.shift) @ self.matrix.T


def fit(stage: str, train: ArrayLike) -> Transform:
    """A stage fitted on ``(n, d)`` training inputs. Variances are biased (divided by n).

    Rotated data is centered and turned onto its principal axes, the widest first; whitened data is also divided by the
    spread along each; ZCA turns it back, so that it stays as close as possible to the data.

    Raises:
        ValueError: an unknown stage, or data without spread along some direction where the stage divides by it.
    """
    if stage not in STAGES:
        raise ValueError(f"stage was given {stage!r}; allowed is one of {', '.join(STAGES)}")
    x = np.asarray(train, dtype=np.float64)
    identity = np.eye(x.shape[1])
    if stage == "raw":
        return Transform(stage=stage, shift=np.zeros(x.shape[1]), matrix=identity)
    center = x.mean(0)
    if stage == "centered":
        return Transform(stage=stage, shift=center, matrix=identity)
    if stage == "scaled":
        return Transform(stage=stage, shift=center, matrix=np.diag(1 / _spread(x.std(0))))
    variances, axes = np.linalg.eigh(np.cov(x.T, bias=True))
    variances, axes = variances[::-1], axes[:, ::-1]
    # An eigenvector has no sign of its own; the largest component is made positive, so that pictures do not flip.
    largest = np.abs(axes).argmax(0)
    axes = axes * np.sign(axes[largest, np.arange(len(largest))])
    if stage == "rotated":
        return Transform(stage=stage, shift=center, matrix=axes.T)
    white = (axes / _spread(np.sqrt(np.maximum(variances, 0)))).T
    return Transform(stage=stage, shift=center, matrix=white if stage == "whitened" else axes @ white)


def _spread(std: Array) -> Array:
    if not (std > 1e-12 * max(float(std.max()), 1e-300)).all():
        raise ValueError(
            f"data with standard deviations {np.round(std, 6).tolist()} was given; allowed are positive ones"
        )
    return std


def condition_number(x: ArrayLike) -> float:
    """Largest by smallest eigenvalue of X^T X / n for ``(n, d)`` inputs: the conditioning of least squares on them."""
    singular = np.linalg.svd(np.asarray(x, dtype=np.float64), compute_uv=False)
    return float((singular[0] / singular[-1]) ** 2) if singular[-1] > 0 else float("inf")


@dataclass(frozen=True, kw_only=True)
class Data:
    """Two features and a target, split. x: (n, 2), y: (n,)."""

    train_x: Array = field(repr=False)
    train_y: Array = field(repr=False)
    test_x: Array = field(repr=False)
    test_y: Array = field(repr=False)


def two_features(
    *,
    correlation: float = 0.0,
    mean: tuple[float, float] = (6.0, 0.5),
    spread: tuple[float, float] = (3.0, 0.5),
    noise: float = 0.5,
    train: int = 200,
    test: int = 100,
    seed: int = 0,
) -> Data:
    """Normal features with the given means, spreads and correlation; y = x1 - mean + 2 (x2 - mean) + noise, in spreads.

    With correlation 0 scaling alone makes the loss round; otherwise only whitening does.

    Raises:
        ValueError: a correlation outside (-1, 1), spreads that are not positive, or fewer than three points in a part.
    """
    if not -1 < correlation < 1 or min(spread) <= 0:
        raise ValueError(
            f"correlation {correlation!r} and spread {spread!r} were given; allowed are (-1, 1) and above 0"
        )
    if min(train, test) < 3:
        raise ValueError(f"train {train!r} and test {test!r} were given; allowed is 3 or more each")
    generator = np.random.default_rng(seed)
    z = generator.standard_normal((train + test, 2))
    standard = np.stack([z[:, 0], correlation * z[:, 0] + np.sqrt(1 - correlation**2) * z[:, 1]], 1)
    x = np.asarray(mean) + standard * np.asarray(spread)
    y = standard @ np.array([1.0, 2.0]) + noise * generator.standard_normal(train + test)
    return Data(train_x=x[:train], train_y=y[:train], test_x=x[train:], test_y=y[train:])


@dataclass(frozen=True, kw_only=True)
class Leak:
    """A stage fitted honestly, and on training and test data together: mean and variance of test inputs after each.

    shift: how far the leaked transform moves a test point, on average, against the honest one. test_loss, leaked_loss:
    ``LeastSquares`` on the test part, at the weights of least loss on the training part, after each transform.
    """

    mean: Array
    leaked_mean: Array
    variance: Array
    leaked_variance: Array
    shift: float
    test_loss: float
    leaked_loss: float


def leak(stage: str, data: Data) -> Leak:
    """What changes when the statistics see the test part. The smaller the parts, the more."""
    honest = fit(stage, data.train_x)
    leaked = fit(stage, np.concatenate([data.train_x, data.test_x]))
    before, after = honest.apply(data.test_x), leaked.apply(data.test_x)

    def loss(transform: Transform) -> float:
        weights = LeastSquares(x=transform.apply(data.train_x), y=data.train_y).minimum
        return float(LeastSquares(x=transform.apply(data.test_x), y=data.test_y).value(weights))

    return Leak(
        mean=before.mean(0),
        leaked_mean=after.mean(0),
        variance=before.var(0),
        leaked_variance=after.var(0),
        shift=float(np.linalg.norm(after - before, axis=1).mean()),
        test_loss=loss(honest),
        leaked_loss=loss(leaked),
    )
