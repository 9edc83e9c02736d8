r"""Mean-field theory of a propagated network, layer by layer, for the columns that ``propagate`` measures.

With E over a standard normal z, phi evaluated at sqrt(q) z, and n the inputs of the layer:

    q = n Var(w) E[h^2] + sigma_b^2                           variance of the pre-activations
    E[h^2] <- E[phi^2]                                        plain; a residual adds E[h^2] + 2 E[h] E[phi]
    E[g^2] <- n_out Var(w) E[phi'^2] E[g^2]                   gradient one layer down; a residual adds E[g^2]
    E[dW^2] = E[phi'^2] E[g^2] E[h^2] / samples               weight gradient, a mean over the samples

A normalization before the activation sets q to 1 and divides the gradient by the spread it removed; after it, the same
for phi. Exact for infinite width and many samples. Source: as networks/mean_field.py; He et al. (2015); Yang et al.
(2019), arXiv:1902.08129, for batch normalization.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from networks.mean_field import mean, second_moment, squared_slope
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
    rows, factors, slopes, sources = [], [], [], []
    for layer in range(1, setup.depth + 1):
        n_in, n_out = setup.widths[layer - 1], setup.widths[layer]
        variance = _variance(setup, layer, h2)
        q = n_in * variance * h2 + setup.bias_scale**2
        removed = 1.0
        if setup.norm_position == "before" and setup.normalization in ("batch", "layer", "rms"):
            removed = (n_in * variance * between if setup.normalization == "batch" else q) + _EPS
            q = 1 - _EPS / removed
        phi1, phi2 = float(mean(activation, hyper, q)), float(second_moment(activation, hyper, q))
        if setup.norm_position == "after" and setup.normalization in ("batch", "layer", "rms"):
            centered = setup.normalization != "rms"
            removed = (phi2 - phi1**2 if centered else phi2) + _EPS
            phi1, phi2 = (0.0, 1 - _EPS / removed) if centered else (phi1 / np.sqrt(removed), 1 - _EPS / removed)
        slope = float(squared_slope(activation, hyper, q)) / removed
        length = np.sqrt(n_in * setup.weight_variance(layer)) if setup.normalization == "weight" else 1.0
        # Batch normalization before the activation makes delta sum to zero over the batch: the mean of h cancels.
        seen = between if setup.normalization == "batch" and setup.norm_position == "before" else h2
        sources.append(seen / length**2 if length else np.nan)
        residual = setup.residual and n_in == n_out
        if residual:
            h1, h2, between = h1 + phi1, h2 + 2 * h1 * phi1 + phi2, between + phi2 - phi1**2
        else:
            h1, h2, between = phi1, phi2, phi2 - phi1**2
        rows.append((h1, np.sqrt(max(h2 - h1**2, 0.0)), np.sqrt(q)))
        slopes.append(slope)
        factors.append(n_out * variance * slope + (1.0 if residual else 0.0))
    # The gradient enters at the last layer with variance 1; each factor leads one layer down.
    squared = np.cumprod([1.0, *factors[:0:-1]])[::-1]
    columns = np.array(rows)
    return Prediction(
        mean=columns[:, 0],
        std=columns[:, 1],
        preactivation_std=columns[:, 2],
        grad_std=np.sqrt(squared),
        weight_grad_std=np.sqrt(np.array(slopes) * squared * np.array(sources) / setup.samples),
    )


def _variance(setup: Setup, layer: int, second: float) -> float:
    """Variance of one weight as it is used."""
    n_in = setup.widths[layer - 1]
    if setup.normalization == "weight":
        return 1 / n_in
    if setup.initializer_entry.data_dependent:
        return setup.initializer_settings["scale"] ** 2 / (n_in * second) if second > 0 else 0.0
    return setup.weight_variance(layer)
