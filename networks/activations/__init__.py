"""Activations and gated functions: formula, value, exact first and second derivative, facts, source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faces import face

if TYPE_CHECKING:
    from networks.activations.catalogue import ACTIVATIONS as ACTIVATIONS
    from networks.activations.chain import derivative_product as derivative_product
    from networks.activations.cost import Cost as Cost
    from networks.activations.cost import measure_cost as measure_cost
    from networks.activations.gated import GATED as GATED
    from networks.activations.softmax_function import LATEX as LATEX
    from networks.activations.softmax_function import LATEX_JACOBIAN as LATEX_JACOBIAN
    from networks.activations.softmax_function import pytorch_line as pytorch_line
    from networks.activations.softmax_function import softmax as softmax
    from networks.activations.softmax_function import softmax_jacobian as softmax_jacobian

__getattr__, __dir__, __all__ = face(
    __name__,
    {
        "catalogue": {
            "ACTIVATIONS": "Every activation by key.",
        },
        "chain": {
            "derivative_product": "The derivative of each layer with respect to the input, ``(depth, samples)``.",
        },
        "cost": {
            "Cost": "Median seconds of value and derivative in NumPy, and both as multiples of ReLU's.",
            "measure_cost": "Time the activation and ReLU in turn on the same standard normal numbers.",
        },
        "gated": {
            "GATED": "Every gated function by key.",
        },
        "softmax_function": {
            "LATEX": "The softmax as a formula.",
            "LATEX_JACOBIAN": "Its derivative as a formula.",
            "pytorch_line": "The same in PyTorch for a tensor ``z``.",
            "softmax": "Probabilities, ``(*batch, n) -> (*batch, n)``.",
            "softmax_jacobian": "dp_i / dz_j, ``(*batch, n) -> (*batch, n, n)``.",
        },
    },
)
