"""A small network as a picture: its units with what each of them answers, and the weights between them.

``sizes`` int32 ``(layers + 1,)``: inputs, then the units of each layer. ``weights`` float32: one matrix ``(to, from)``
after the other, flattened. ``spread`` float32 ``(units,)``: standard deviation of each unit's value over rows, inputs
are not among the units; a unit that never moves has 0. With two features also ``maps`` uint8 ``(units, side, side)``:
the value over the plane of the features, row 0 at the bottom, as a share of its layer's largest, 127 is zero.
"""

from __future__ import annotations

from contextlib import ExitStack
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

MOST_UNITS = 16  # of one layer; more cannot be told apart
MOST_LAYERS = 6
MAP_SIDE = 12


def chain(model: nn.Module) -> list[nn.Linear] | None:
    """The linear layers of a network that is one chain of small ones; None for any other."""
    layers = [module for module in model.modules() if isinstance(module, nn.Linear)]
    others = any(isinstance(module, nn.Conv2d | nn.RNNBase | nn.MultiheadAttention) for module in model.modules())
    if others or not 0 < len(layers) <= MOST_LAYERS or layers[0].in_features > MOST_UNITS:
        return None
    if any(layer.out_features > MOST_UNITS for layer in layers):
        return None
    joined = all(a.out_features == b.in_features for a, b in pairwise(layers))
    return layers if joined else None


@torch.no_grad()
def diagram(model: nn.Module, rows: Tensor, grid: Tensor | None = None) -> dict[str, Any] | None:
    """The picture, or None where the model has none. ``model`` is in eval mode.

    Args:
        rows: ``(n, features)`` that the spread is taken over.
        grid: ``(side * side, 2)``, the places of the maps.
    """
    layers = chain(model)
    if layers is None or not len(rows):
        return None
    weights = [layer.weight.detach() for layer in layers]
    if not all(bool(torch.isfinite(weight).all()) for weight in weights):
        return None
    spread = torch.cat([values.std(0, unbiased=False) for values in _answers(model, layers, rows)])
    picture: dict[str, Any] = {
        "sizes": np.array([layers[0].in_features, *(layer.out_features for layer in layers)], dtype=np.int32),
        "weights": torch.cat([weight.flatten() for weight in weights]).float().cpu().numpy(),
        "spread": spread.float().nan_to_num(0.0, 0.0, 0.0).cpu().numpy(),
    }
    if grid is not None:
        picture["maps"] = np.concatenate([_map(values) for values in _answers(model, layers, grid)])
    return picture


def _map(values: Tensor) -> np.ndarray:
    """``(side * side, units)`` to uint8 ``(units, side, side)``, 0 to 254."""
    values = values.cpu().double().nan_to_num(0.0, 0.0, 0.0)
    shares = values / values.abs().max().clamp_min(1e-300)
    side = round(len(values) ** 0.5)
    return (127 + 127 * shares).round().T.reshape(-1, side, side).to(torch.uint8).numpy()


def _answers(model: nn.Module, layers: list[nn.Linear], rows: Tensor) -> list[Tensor]:
    """What each layer hands on, ``(rows, units)``: what goes into the next one, and what comes out of the last."""
    seen: list[Tensor] = []

    def keep(_: nn.Module, args: tuple[Tensor, ...]) -> None:
        seen.append(args[0].flatten(1))

    with ExitStack() as hooks:
        for layer in layers[1:]:
            hooks.callback(layer.register_forward_pre_hook(keep).remove)
        out = model(rows)
    return [*seen, out.flatten(1)]
