"""Small networks in double precision, of every kind that can be trained, with running statistics that are not plain."""

from __future__ import annotations

from typing import Any

import torch

from trainers.config import RunConfig
from trainers.data import load
from trainers.loop.session import DevicePart, Session

DIGITS, ADDING = {"data.name": "digits"}, {"data.name": "adding"}
# What is trained -> how its weights are evaluated.
KINDS: dict[str, tuple[dict[str, Any], str]] = {
    "mlp": ({}, "products"),
    "mlp, tanh, mse": ({"model.activation": "tanh", "loss.name": "mse"}, "products"),
    "mlp, sigmoid, bce": ({"model.activation": "sigmoid", "loss.name": "bce"}, "products"),
    "mlp, prelu, kl": ({"model.activation": "prelu", "loss.name": "kl"}, "products"),
    "mlp, gelu, dropout": ({"model.activation": "gelu", "model.dropout": 0.3}, "products"),
    "mlp, batch norm": ({"model.normalization": "batch"}, "products"),
    "mlp, layer norm, residual": ({"model.normalization": "layer", "model.residual": True}, "products"),
    "mlp, relu, residual": ({"model.residual": True, "model.depth": 4}, "products"),
    "mlp, rms norm after": ({"model.normalization": "rms", "model.norm_position": "after"}, "products"),
    "mlp, weight norm": ({"model.normalization": "weight"}, "products"),
    "mlp, batch renorm": ({"model.normalization": "batch_renorm"}, "vmap"),
    "mlp, maxout, group norm": ({"model.activation": "maxout", "model.normalization": "group"}, "vmap"),
    "logistic, powers": ({"model.name": "logistic", "model.degree": 3}, "products"),
    "regression": ({"data.name": "noisy_sine"}, "products"),
    "mlp on images": ({**DIGITS, "model.name": "mlp"}, "products"),
    "cnn": (DIGITS, "vmap"),
    "cnn, batch norm": ({**DIGITS, "model.normalization": "batch"}, "vmap"),
    "cnn, group norm": ({**DIGITS, "model.normalization": "group"}, "vmap"),
    "cnn, weight norm": ({**DIGITS, "model.normalization": "weight"}, "one"),
    "cnn, rms norm": ({**DIGITS, "model.normalization": "rms"}, "vmap"),
    "resnet, batch norm": ({**DIGITS, "model.name": "resnet", "model.normalization": "batch"}, "vmap"),
    "transformer": ({**ADDING, "model.name": "transformer"}, "vmap"),
    "transformer, norm last": ({**ADDING, "model.name": "transformer", "model.norm_first": False}, "vmap"),
    "gru, layer norm": ({**ADDING, "model.normalization": "layer"}, "vmap"),
    "gru": (ADDING, "one"),
    "lstm": ({**ADDING, "model.name": "lstm"}, "one"),
    "rnn": ({**ADDING, "model.name": "rnn"}, "one"),
}


def session_of(changes: dict[str, Any], rows: int = 40) -> Session:
    """A session in double precision with so many rows of each part at most."""
    config = RunConfig().changed({"data.name": changes["data.name"]}) if "data.name" in changes else RunConfig()
    config = config.changed(changes)
    session = Session(config, load(config.data), "cpu")
    session.model.double()
    generator = torch.Generator().manual_seed(5)
    for name, buffer in session.model.named_buffers():
        if buffer.is_floating_point():
            low = 0.5 if name.endswith(("var", "std")) else -1.0
            buffer.copy_(low + 1.5 * torch.rand(buffer.shape, generator=generator))
    session.train, session.val = (_double(part.first(rows)) for part in (session.train, session.val))
    return session


def _double(part: DevicePart) -> DevicePart:
    targets = part.targets.double() if part.targets.is_floating_point() else part.targets
    return DevicePart(inputs=part.inputs.double(), targets=targets)
