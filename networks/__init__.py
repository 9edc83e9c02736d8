"""What is trained: activations, initializers, normalization, and the signal through depth. Keys are a public format.

Importing this package does not import torch; ``propagate``, ``trace`` and ``SignalTrace`` do when first asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from networks.activations import ACTIVATIONS, GATED, derivative_product, measure_cost, softmax, softmax_jacobian
from networks.initializers import INITIALIZERS, draw
from networks.mean_field import PhaseDiagram, edge_of_chaos, fixed_point, phase_diagram
from networks.prediction import Prediction, predict
from networks.setup import INPUTS, NORMALIZATIONS, Setup
from networks.types import Activation, Gated, Initializer
from networks.verdict import growth, verdict

if TYPE_CHECKING:
    from networks.propagation import SignalTrace, Stopped, propagate, trace

__all__ = [
    "ACTIVATIONS",
    "GATED",
    "INITIALIZERS",
    "INPUTS",
    "NORMALIZATIONS",
    "Activation",
    "Gated",
    "Initializer",
    "PhaseDiagram",
    "Prediction",
    "Setup",
    "SignalTrace",
    "Stopped",
    "derivative_product",
    "draw",
    "edge_of_chaos",
    "fixed_point",
    "growth",
    "measure_cost",
    "phase_diagram",
    "predict",
    "propagate",
    "softmax",
    "softmax_jacobian",
    "trace",
    "verdict",
]


def __getattr__(name: str) -> Any:
    if name in ("SignalTrace", "Stopped", "propagate", "trace"):
        from networks import propagation

        return getattr(propagation, name)
    raise AttributeError(f"module 'networks' has no attribute {name!r}")
