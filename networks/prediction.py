r"""Mean-field theory of a propagated network, layer by layer, for the columns that ``propagate`` measures.

With E over a standard normal z, phi evaluated at sqrt(q) z, and n the inputs of the layer:

    q = n Var(w) E[h^2] + sigma_b^2                           variance of the pre-activations
    E[h^2] <- E[phi^2]                                        plain; a residual adds E[h^2] + 2 E[h] E[phi]
    E[g^2] <- n_out Var(w) E[phi'^2] E[g^2]                   gradient one layer down; a residual adds E[g^2]
    E[dW^2] = E[phi'^2] E[g^2] E[h^2] / samples               weight gradient, a mean over the samples

Width alone is not enough for the gradient of a residual stack whose activation has a mean (ReLU): its component along
the inputs is 1/n of it at the top and then outgrows the rest, so the second moments of that are followed as well.

A normalization before the activation sets q to 1 and divides the gradient by the spread it removed; after it, the same
for phi. Exact for infinite width and many samples. Source: as networks/mean_field.py; He et al. (2015); Yang et al.
(2019), arXiv:1902.08129, for batch normalization.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from networks.mean_field import expectation, mean, second_moment, squared_slope
from networks.setup import INPUTS, Setup
from networks.types import Array

_EPS = 1e-5  # as in networks/propagation.py


@dataclass(frozen=True, kw_only=True)
class Prediction:
    """What theory expects for layers 1 to depth; every array is ``(depth,)`` and named like the column it predicts."""

    mean: Array = field(repr=False)
    std: Array = field(repr=False)
    preactivation_std: Array = field(repr=False)
    grad_std: Array = field(repr=False)
    weight_grad_std: Array = field(repr=False)


def predict(setup: Setup) -> Prediction | None:
    """The theory of this network, or None where it has none.

    That is: constant weights (no randomness), and batch normalization after the activation of pre-activations that have
    a mean over the batch (biases, or inputs that are not centered).
    """
    inputs, initializer = INPUTS[setup.input_distribution], setup.initializer_entry
    after_batch = setup.normalization == "batch" and setup.norm_position == "after"
    if initializer.distribution == "constant" or (after_batch and (setup.bias_scale or inputs.mean)):
        return None
    activation, hyper = setup.activation_entry, setup.activation_settings
    h1, h2 = inputs.mean, inputs.second_moment  # E[h] and E[h^2]
    between = h2 - h1**2  # variance over the samples of one unit, which batch normalization sees
    layers: list[_Layer] = []
    rows = []
    for layer in range(1, setup.depth + 1):
        n_in, n_out = setup.widths[layer - 1], setup.widths[layer]
        variance = _variance(setup, layer, h2)
        q = n_in * variance * h2 + setup.bias_scale**2
        removed = 1.0
        normalized = setup.normalization in ("batch", "layer", "rms")
        if setup.norm_position == "before" and normalized:
            removed = (n_in * variance * between if setup.normalization == "batch" else q) + _EPS
            q = 1 - _EPS / removed
        phi1, phi2 = float(mean(activation, hyper, q)), float(second_moment(activation, hyper, q))
        common = _common(setup, q, phi1) if setup.residual and not normalized else None
        if setup.norm_position == "after" and normalized:
            centered = setup.normalization != "rms"
            removed = (phi2 - phi1**2 if centered else phi2) + _EPS
            phi1, phi2 = (0.0, 1 - _EPS / removed) if centered else (phi1 / np.sqrt(removed), 1 - _EPS / removed)
        slope = float(squared_slope(activation, hyper, q)) / removed
        length = np.sqrt(n_in * setup.weight_variance(layer)) if setup.normalization == "weight" else 1.0
        # Batch normalization before the activation makes delta sum to zero over the batch: the mean of h cancels.
        seen = between if setup.normalization == "batch" and setup.norm_position == "before" else h2
        residual = setup.residual and n_in == n_out
        layers.append(
            _Layer(
                slope=slope,
                source=seen / length**2 if length else np.nan,
                factor=n_out * variance * slope,
                residual=residual,
                common=common if residual else None,
                width=n_out,
                h1=h1,
                h2=h2,
            )
        )
        if residual:
            h1, h2, between = h1 + phi1, h2 + 2 * h1 * phi1 + phi2, between + phi2 - phi1 * phi1
        else:
            h1, h2, between = phi1, phi2, phi2 - phi1 * phi1
        rows.append((h1, np.sqrt(max(h2 - h1 * h1, 0.0)), np.sqrt(q)))
    squared = _backward(layers)
    slopes, sources = (np.array([getattr(layer, name) for layer in layers]) for name in ("slope", "source"))
    columns = np.array(rows)
    return Prediction(
        mean=columns[:, 0],
        std=columns[:, 1],
        preactivation_std=columns[:, 2],
        grad_std=np.sqrt(squared),
        weight_grad_std=np.sqrt(slopes * squared * sources / setup.samples),
    )


@dataclass(frozen=True, kw_only=True)
class _Layer:
    """What the way back needs: slope E[phi'^2], the inputs' moments, and for a residual those of ``_common``."""

    slope: float
    source: float
    factor: float
    residual: bool
    common: tuple[float, float, float] | None
    width: int
    h1: float
    h2: float


def _common(setup: Setup, q: float, phi1: float) -> tuple[float, float, float]:
    """E[z phi'], E[z phi' phi] - E[z phi'] E[phi] and E[z^2 phi'^2], z of variance q."""
    activation, hyper = setup.activation_entry, setup.activation_settings
    kinks = activation.kinks(hyper)
    first = float(expectation(lambda z: z * activation.derivative(z, hyper), q, kinks))
    second = float(expectation(lambda z: z * activation.derivative(z, hyper) * activation.value(z, hyper), q, kinks))
    third = float(expectation(lambda z: (z * activation.derivative(z, hyper)) ** 2, q, kinks))
    return first, second - first * phi1, third


def _backward(layers: list[_Layer]) -> Array:
    """E[g^2] at the outputs of each layer; it enters the last one with 1.

    Along a residual stack g = noise + mean + sum_k s_k (h_k - E[h_k]), since W^T delta has the component s h along the
    layer's input, s = sum_i z_i delta_i / |h|^2. ``spread`` is the covariance of (mean, sum of s_k), which closes.
    """
    squared = np.empty(len(layers))
    total, spread = 1.0, np.diag([1 / layers[-1].width, 0.0])
    for index in range(len(layers) - 1, -1, -1):
        layer = layers[index]
        squared[index] = total
        if not layer.residual:
            total, spread = layer.factor * total, np.diag([layer.factor * total / layer.width, 0.0])
            continue
        noise = np.diag([layer.factor * total / layer.width, 0.0])
        growth = 1 + layer.factor
        if layer.common is None:
            total, spread = growth * total, spread + noise
            continue
        first, second, third = layer.common
        along = np.array([first, second]) / layer.h2
        direction = np.array([layer.h1, 1.0])
        random = third * total / (layer.width * layer.h2**2)
        with_s = spread @ along  # E[mean s], E[sum s]
        s2 = along @ with_s + random
        total = growth * total + 2 * (layer.h1 * with_s[0] + (layer.h2 - layer.h1**2) * with_s[1]) + layer.h2 * s2
        step = np.eye(2) + np.outer(direction, along)
        spread = step @ spread @ step.T + np.outer(direction, direction) * random + noise
    return squared


def _variance(setup: Setup, layer: int, second: float) -> float:
    """Variance of one weight as it is used."""
    n_in = setup.widths[layer - 1]
    if setup.normalization == "weight":
        return 1 / n_in
    if setup.initializer_entry.data_dependent:
        return setup.initializer_settings["scale"] ** 2 / (n_in * second) if second > 0 else 0.0
    return setup.weight_variance(layer)
