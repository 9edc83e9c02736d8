"""Symmetric 2x2 matrices and vectors of the plane, in closed form and for whole batches.

For H = [[a, b], [b, c]] with m = (a + c) / 2, d = (a - c) / 2 and r = sqrt(d^2 + b^2) the eigenvalues are m - r and
m + r. The one of smaller magnitude is taken as det(H) divided by the other, which keeps its leading digits where m and
r nearly cancel (Golub and Van Loan, Matrix Computations, section 8.4, treats the same 2x2 problem). Nothing here
raises: infinities and NaN flow through, as they must where a path diverges.

Sums are written out instead of calling BLAS, so that a point gets the same bits alone and in a batch.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from optimizers.types import Array


def dot(a: Array, b: Array) -> Array:
    """Inner product, ``(*batch, 2), (*batch, 2) -> (*batch)``."""
    return a[..., 0] * b[..., 0] + a[..., 1] * b[..., 1]


def norm(a: Array) -> Array:
    """Euclidean length, ``(*batch, 2) -> (*batch)``, without overflow on the way."""
    return np.hypot(a[..., 0], a[..., 1])


def multiply(matrix: Array, vector: Array) -> Array:
    """Matrix times vector, ``(*batch, 2, 2), (*batch, 2) -> (*batch, 2)``."""
    return matrix[..., 0] * vector[..., :1] + matrix[..., 1] * vector[..., 1:]


def per_point(value: Any) -> Any:
    """A hyperparameter as the number of each point: ``(n, 1) -> (n,)``; a plain number stays one."""
    return value[..., 0] if np.ndim(value) else value


def eigenvalues(matrix: Array) -> Array:
    """Eigenvalues, ascending, ``(*batch, 2, 2) -> (*batch, 2)``."""
    a, b, c = matrix[..., 0, 0], matrix[..., 0, 1], matrix[..., 1, 1]
    size = np.maximum(np.maximum(np.abs(a), np.abs(b)), np.abs(c))
    size = np.where(size > 0, size, 1.0)
    a, b, c = a / size, b / size, c / size  # so that no square overflows or underflows
    mean = 0.5 * (a + c)
    radius = np.hypot(0.5 * (a - c), b)
    large = np.where(mean >= 0, mean + radius, mean - radius)
    small = np.where(large != 0, (a * c - b * b) / np.where(large != 0, large, 1.0), 0.0)
    return np.stack([np.minimum(small, large) * size, np.maximum(small, large) * size], axis=-1)


def eigen(matrix: Array) -> tuple[Array, Array]:
    """Eigenvalues ascending ``(*batch, 2)`` and the eigenvectors of length 1 as columns ``(*batch, 2, 2)``."""
    a, b, c = matrix[..., 0, 0], matrix[..., 0, 1], matrix[..., 1, 1]
    size = np.maximum(np.maximum(np.abs(a), np.abs(b)), np.abs(c))
    size = np.where(size > 0, size, 1.0)
    half = 0.5 * (a / size - c / size)
    b = b / size
    radius = np.hypot(half, b)
    # Of the two equal forms of the vector the one without cancellation is taken.
    x = np.where(half >= 0, radius + half, b)
    y = np.where(half >= 0, b, radius - half)
    length = np.hypot(x, y)
    round_ = length == 0  # a multiple of the identity: every basis is one of eigenvectors
    length = np.where(round_, 1.0, length)
    x, y = np.where(round_, 1.0, x / length), np.where(round_, 0.0, y / length)
    vectors = np.stack([np.stack([-y, x], axis=-1), np.stack([x, y], axis=-1)], axis=-1)
    return eigenvalues(matrix), vectors


def into_basis(vectors: Array, vector: Array) -> Array:
    """Coordinates along the columns of ``vectors``: Q^T v, ``(*batch, 2, 2), (*batch, 2) -> (*batch, 2)``."""
    return vectors[..., 0, :] * vector[..., :1] + vectors[..., 1, :] * vector[..., 1:]


def out_of_basis(vectors: Array, coordinates: Array) -> Array:
    """The vector with these coordinates along the columns: Q c, which undoes ``into_basis``."""
    return multiply(vectors, coordinates)


def solve(matrix: Array, vector: Array) -> Array:
    """Solution p of H p = v by Cramer's rule; infinite or NaN where H is singular. Shapes as in ``multiply``."""
    a, b, c = matrix[..., 0, 0], matrix[..., 0, 1], matrix[..., 1, 1]
    size = np.maximum(np.maximum(np.abs(a), np.abs(b)), np.abs(c))
    size = np.where(size > 0, size, 1.0)
    a, b, c = a / size, b / size, c / size
    x, y = vector[..., 0] / size, vector[..., 1] / size
    determinant = a * c - b * b
    return np.stack([(c * x - b * y) / determinant, (a * y - b * x) / determinant], axis=-1)
