"""Activations of two inputs: a gate decides how much of a value passes. In a layer both are linear maps of one input.

Written f(a, b) = a g(b) as in ``torch.nn.functional.glu``: a is the value, b the gate. Shazeer (2020) puts the gate
first.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from networks.activations.catalogue import ACTIVATIONS
from networks.types import Activation, Array, Gated
from settings import by_key


def _gated(key: str, name: str, latex: str, gate: Activation, line: str, source: str, when_to_use: str) -> Gated:
    hyper = gate.choose()

    def gradient(a: Array, b: Array) -> Array:
        a, b = np.broadcast_arrays(a, b)
        return np.stack([gate.value(b, hyper), a * gate.derivative(b, hyper)], -1)

    def hessian(a: Array, b: Array) -> Array:
        a, b = np.broadcast_arrays(a, b)
        mixed = gate.derivative(b, hyper)
        first = np.stack([np.zeros(a.shape), mixed], -1)
        second = np.stack([mixed, a * gate.second_derivative(b, hyper)], -1)
        return np.stack([first, second], -2)

    def tensor(a: Any, b: Any) -> Any:
        return a * gate.tensor(b, hyper)

    return Gated(
        key=key,
        name=name,
        latex=latex,
        value=lambda a, b: a * gate.value(b, hyper),
        gradient=gradient,
        hessian=hessian,
        torch=line,
        tensor=tensor,
        source=source,
        when_to_use=when_to_use,
    )


def _maxout_gradient(a: Array, b: Array) -> Array:
    a, b = np.broadcast_arrays(a, b)
    first = np.where(a > b, 1.0, np.where(a == b, 0.5, 0.0))
    return np.stack([first, 1 - first], -1)


_SHAZEER = "Shazeer (2020), arXiv:2002.05202"

GATED: Mapping[str, Gated] = MappingProxyType(
    by_key(
        [
            Gated(
                key="maxout",
                name="Maxout",
                latex=r"\max(a, b)",
                value=lambda a, b: np.maximum(a, b),
                gradient=_maxout_gradient,
                hessian=lambda a, b: np.zeros((*np.broadcast_shapes(np.shape(a), np.shape(b)), 2, 2)),
                torch="torch.maximum(a, b)",
                tensor=lambda a, b: a.maximum(b),
                source="Goodfellow et al. (2013), arXiv:1302.4389",
                when_to_use="Networks with dropout that learn the shape of their activation from linear pieces.",
                notes="On the ridge a = b PyTorch gives half of the gradient to each.",
            ),
            _gated(
                "glu",
                "GLU",
                r"a\,\sigma(b)",
                ACTIVATIONS["sigmoid"],
                "torch.nn.functional.glu(torch.cat([a, b], -1))",
                "Dauphin, Fan, Auli & Grangier (2017), arXiv:1612.08083",
                "Convolutional language models and gated convolutions.",
            ),
            _gated(
                "reglu",
                "ReGLU",
                r"a\,\max(0, b)",
                ACTIVATIONS["relu"],
                "a * torch.relu(b)",
                _SHAZEER,
                "The cheapest gate in the feed-forward block of a Transformer.",
            ),
            _gated(
                "geglu",
                "GEGLU",
                r"a\,b\,\Phi(b)",
                ACTIVATIONS["gelu"],
                "a * torch.nn.functional.gelu(b)",
                _SHAZEER,
                "The feed-forward block of Transformers such as T5 v1.1 and Gemma.",
            ),
            _gated(
                "swiglu",
                "SwiGLU",
                r"a\,b\,\sigma(b)",
                ACTIVATIONS["silu"],
                "a * torch.nn.functional.silu(b)",
                _SHAZEER,
                "The feed-forward block of Transformers such as PaLM and Llama.",
            ),
        ]
    )
)
