"""Where the units of a first layer switch, over data with two features.

A unit of the first layer is phi(a x + b y + c); it switches where a x + b y + c = 0. Of a maxout unit with two pieces
it is where the pieces are equal. ``lines`` float32 ``(units, 3)``: a, b, c for features in their own units, scaled so
that (a, b) has length 1 (of a unit that no row can move, all three as they are). ``state`` uint8 ``(units,)``: see
``STATES``. ``units``: how many the layer has; the first ``MOST_LINES`` are there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor, nn

from networks.activations import ACTIVATIONS
from networks.construction import activation_key
from networks.feedforward import MLP, Maxout
from networks.types import SHUT

if TYPE_CHECKING:
    from trainers.loop.session import Session

MOST_LINES = 64
STATES = ("both", "dead", "one")  # rows on both sides; no slope on any row; all rows on one side, with a slope there
_TRIAL = ((1.0, 1.0), (-2.0, 1.0))


@torch.no_grad()
def unit_lines(session: Session, model: nn.Module, rows: int) -> dict[str, Any] | None:
    """The lines, judged on the first training rows; None where there are none. ``model`` is in eval mode.

    There are none where what enters the activation is no straight function of the features: with a normalization of
    each row by itself before it, or with other layers.
    """
    if not isinstance(model, MLP) or not len(model.hidden):
        return None
    found = next(
        (module for module in model.hidden[0].modules() if isinstance(module, Maxout) or activation_key(module)), None
    )
    key = "" if found is None or isinstance(found, Maxout) else activation_key(found)
    if found is None or key == "identity" or (isinstance(found, Maxout) and found.pieces != 2):
        return None
    places = torch.tensor([(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), *_TRIAL], device=session.device)
    at = _entering(model, found, places)
    c, a, b = at[0], at[1] - at[0], at[2] - at[0]
    straight = torch.stack([a * x + b * y + c for x, y in _TRIAL])
    size = at.abs().amax()
    if not torch.isfinite(size) or (straight - at[3:]).abs().amax() > 1e-4 * size.clamp_min(1e-6):
        return None
    z = _entering(model, found, session.train.first(rows).inputs)
    state = _states(key or "", z).to(torch.uint8).cpu().numpy()
    shift, scale = (np.asarray(values, dtype=np.float64) for values in (session.splits.shift, session.splits.scale))
    slopes = torch.stack([a, b], -1).cpu().double().numpy() / scale
    lines = np.column_stack([slopes, c.cpu().double().numpy() - slopes @ shift])
    lengths = np.hypot(slopes[:, 0], slopes[:, 1])[:, None]
    lines = lines / np.where(lengths > 0, lengths, 1.0)
    return {"lines": lines[:MOST_LINES].astype(np.float32), "state": state[:MOST_LINES], "units": len(state)}


def _entering(model: nn.Module, module: nn.Module, rows: Tensor) -> Tensor:
    """``(rows, units)``: what goes into the module; of maxout the difference of its two pieces."""
    seen: list[Tensor] = []
    handle = module.register_forward_pre_hook(lambda _, args: seen.append(args[0].flatten(1)))
    try:
        model(rows)
    finally:
        handle.remove()
    return seen[0][:, 0::2] - seen[0][:, 1::2] if isinstance(module, Maxout) else seen[0]


def _states(key: str, z: Tensor) -> Tensor:
    """The state of each unit as its number in ``STATES``; only a function with a kink has a side to be on."""
    one = ((z > 0).all(0) | (z <= 0).all(0)).long()
    if not key:  # maxout
        return 2 * one
    entry = ACTIVATIONS[key]
    low, high = entry.tails(entry.choose(), SHUT)
    dead = ((z <= low) | (z >= high)).all(0).long()
    kinked = 0.0 in entry.kinks(entry.choose())
    return torch.where(dead > 0, 1, 2 * one if kinked else torch.zeros_like(one))
