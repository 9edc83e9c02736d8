"""The chain rule through depth, one unit a layer: x_l = phi(w x_{l-1}), so dx_l / dx_0 = product of w phi'(w x_{k-1}).

Source: Hochreiter (1991), diploma thesis; Bengio, Simard & Frasconi (1994), IEEE Trans. Neural Networks 5, 157-166.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from networks.types import Activation, Array, Hyper


def derivative_product(
    activation: Activation,
    hyper: Hyper,
    *,
    depth: int,
    weight: float = 1.0,
    samples: int = 1000,
    seed: int = 0,
    inputs: Literal["normal", "uniform"] = "normal",
    spread: float = 1.0,
    fresh: bool = False,
) -> Array:
    """The derivative of layer 1, 2, ..., depth with respect to the input, ``(depth, samples)``.

    Inputs have mean 0 and standard deviation ``spread``. With ``fresh`` every layer gets inputs of its own, as units
    of a wide normalized network do; otherwise each gets what the one before gives. For the identity it is weight^l.

    Raises:
        ValueError: depth or samples below 1, or a number that is not finite.
    """
    for name, value in (("depth", depth), ("samples", samples)):
        if value < 1:
            raise ValueError(f"{name} was given {value!r}; allowed is a whole number from 1")
    if not (np.isfinite(weight) and np.isfinite(spread) and spread >= 0):
        raise ValueError(
            f"weight and spread were given {weight!r} and {spread!r}; allowed are finite numbers, spread from 0"
        )
    generator = np.random.default_rng(seed)

    def drawn() -> Array:
        if inputs == "normal":
            return spread * generator.standard_normal(samples)
        return spread * np.sqrt(3) * generator.uniform(-1, 1, samples)

    products = np.empty((depth, samples))
    x, product = drawn(), np.ones(samples)
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):  # growth without bound is what is shown
        for layer in range(depth):
            z = weight * x
            product = product * (weight * activation.derivative(z, hyper))
            products[layer] = product
            x = drawn() if fresh else activation.value(z, hyper)
    return products
