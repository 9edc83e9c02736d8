"""Softmax with temperature: p_i = exp(z_i / T) / sum_j exp(z_j / T), along the last axis.

T -> 0 picks the largest logit, T -> inf makes all equal. Source: Bridle (1990); Hinton, Vinyals & Dean (2015),
arXiv:1503.02531 (temperature).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from networks.types import Array

LATEX = r"p_i = \frac{e^{z_i / T}}{\sum_j e^{z_j / T}}"
LATEX_JACOBIAN = r"\frac{\partial p_i}{\partial z_j} = \frac{p_i\,(\delta_{ij} - p_j)}{T}"


def softmax(logits: ArrayLike, temperature: float = 1.0) -> Array:
    """Probabilities, ``(*batch, n) -> (*batch, n)``.

    Raises:
        ValueError: a temperature that is not positive and finite.
    """
    if not (np.isfinite(temperature) and temperature > 0):
        raise ValueError(f"temperature was given {temperature!r}; allowed is a number in (0, inf)")
    z = np.asarray(logits, dtype=np.float64)
    weights = np.exp((z - z.max(-1, keepdims=True)) / temperature)
    return weights / weights.sum(-1, keepdims=True)


def softmax_jacobian(logits: ArrayLike, temperature: float = 1.0) -> Array:
    """dp_i / dz_j, ``(*batch, n) -> (*batch, n, n)``."""
    p = softmax(logits, temperature)
    return (p[..., :, None] * np.eye(p.shape[-1]) - p[..., :, None] * p[..., None, :]) / temperature


def pytorch_line(temperature: float = 1.0) -> str:
    """The same in PyTorch for a tensor ``z``."""
    return f"torch.softmax(z / {temperature:g}, dim=-1)"
