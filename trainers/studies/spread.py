"""Bias and variance of networks: one width learns many training sets at once, each with weights of its own.

Geman, Bienenstock and Doursat 1992; Neal et al. 2018 (arXiv:1810.08591).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from settings import Setting, choice, number, whole
from trainers.allowances import Size
from trainers.studies.truths import FUNCTIONS, NODES, draw, draw_fresh, errors_of

Values = Mapping[str, Any]
SPREAD_WIDTHS = (1, 2, 3, 4, 6, 8, 16, 32, 64, 128)
SPREAD_PLACES = np.linspace(-1.0, 1.0, 101)
"""Where fits are drawn."""
_STEPS, _RATE = 2000, 0.01

SETTINGS: tuple[Setting, ...] = (
    choice("truth", tuple(FUNCTIONS), "The function that the rows are drawn from."),
    whole("rows", 50, 5, 200, "Rows in each training set."),
    number("noise", 0.3, 0.0, 1.0, "Standard deviation of each target around the truth.", symbol=r"\sigma"),
    number("ridge", 0.0, 0.0, 1.0, "How much squared weights count beside the mean squared error.", symbol=r"\lambda"),
    whole("sets", 30, 30, 100, "How many times rows are drawn anew and learned by another network."),
    whole("seed", 0, 0, 9999, "Draws the rows and the first weights."),
)


def cells(values: Values) -> tuple[str, ...]:
    """Every width."""
    return tuple(str(width) for width in SPREAD_WIDTHS)


def largest(values: Values) -> Size:
    """The widest network, which sees all rows at every step."""
    return Size(parameters=3 * SPREAD_WIDTHS[-1] + 1, rows=values["rows"], epochs=_STEPS)


def cell(values: Values, name: str, told: Callable[[float], None]) -> dict[str, Any]:
    """One width: ``errors_of`` its networks, and ``fits``, what each answers at ``SPREAD_PLACES``."""
    import torch

    from trainers.studies.stack import NetworkStack, train_stack

    width, sets, ridge = int(name), values["sets"], float(values["ridge"])
    x, y = draw(values["truth"], sets, values["rows"], values["noise"], values["seed"])
    new_x, new_y = draw_fresh(values["truth"], sets, values["noise"], values["seed"])
    seeds = [1_000_003 * (values["seed"] + 1) + 1009 * width + number for number in range(sets)]
    stack = NetworkStack((1, width, 1), seeds, torch.tanh)
    inputs, targets = (torch.tensor(part, dtype=torch.float32)[..., None] for part in (x, y))

    def loss(answers: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
        error = (answers - wanted).square().mean((1, 2))
        return error + ridge * sum(w.square().sum((1, 2)) for w in stack.weights) if ridge else error

    weights = train_stack(stack, lambda step: (inputs, targets), loss, steps=_STEPS, rate=_RATE, told=told)

    def answers(places: np.ndarray) -> np.ndarray:
        at = torch.tensor(np.broadcast_to(places, (sets, places.shape[-1])), dtype=torch.float32)
        with torch.no_grad():
            return stack(at[..., None], weights)[..., 0].double().numpy()

    errors = errors_of(values["truth"], answers(NODES), answers(new_x), new_y, answers(x), y)
    fits = np.round(answers(SPREAD_PLACES), 4)
    return {name: float(f"{error:.6g}") for name, error in errors.items()} | {"fits": fits.tolist()}
