"""Sigmoid, hyperbolic and normal functions that neither overflow nor cancel, float64, any shape."""

from __future__ import annotations

import numpy as np

from networks.types import Array


def sigmoid(x: Array) -> Array:
    """1 / (1 + exp(-x)), to full relative accuracy in both tails."""
    return np.exp(np.minimum(x, 0)) / (1 + np.exp(-np.abs(x)))


def sigmoid_slope(x: Array) -> Array:
    """sigmoid(x) (1 - sigmoid(x))"""
    small = np.exp(-np.abs(x))
    return small / (1 + small) ** 2


def sigmoid_bend(x: Array) -> Array:
    """The second derivative of the sigmoid."""
    return -sigmoid_slope(x) * np.tanh(np.asarray(x) / 2)


def sech2(x: Array) -> Array:
    """1 - tanh(x)^2 without the cancellation."""
    return 4 * sigmoid_slope(2 * np.asarray(x))


def softplus(x: Array) -> Array:
    """log(1 + exp(x))"""
    return np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))


def normal_density(x: Array) -> Array:
    """exp(-x^2 / 2) / sqrt(2 pi); x is clipped where the density is zero in float64, so that x^2 cannot overflow."""
    return np.exp(-0.5 * np.clip(x, -40, 40) ** 2) / np.sqrt(2 * np.pi)


def normal_distribution(x: Array) -> Array:
    """P(z < x) of a standard normal z."""
    from scipy.special import ndtr  # a quarter of a second, needed by GELU alone

    return ndtr(x)
