r"""What a step is divided by: the root of a second moment v, and epsilon where sources put it.

Corrected for its start at zero v is v / c, with c = 1 - beta^(t+1) or 1 where nothing is corrected.
    outside      sqrt(v / c) + eps         Kingma and Ba's algorithm 1, Duchi et al., PyTorch
    uncorrected  (sqrt(v) + eps) / sqrt(c) Kingma and Ba's efficient variant ("epsilon hat"), TensorFlow's Adam
    inside       sqrt(v / c + eps)         Dean et al.'s Adagrad, Graves' and TensorFlow's RMSprop, Optax's eps_root
Inside the root it acts as its own root would outside: 1e-8 there is 1e-4 for a coordinate whose gradient vanishes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from optimizers.settings import switch
from optimizers.types import Array, Hyper, State
from settings import Hyperparameter


def eps_place(*choices: str) -> Hyperparameter:
    """Where epsilon stands; the first choice is PyTorch's."""
    return Hyperparameter(
        name="eps_place",
        symbol=r"\epsilon",
        default=choices[0],
        meaning="Where epsilon is added, as sources differ.",
        kind="choice",
        choices=choices,
    )


def bias_correction(default: bool = True) -> Hyperparameter:
    """Whether averages are divided by their weights so far."""
    meaning = "Divide the averages by what they lack at the start."
    return switch("bias_correction", r"\mathrm{corrected}", default, meaning)


def corrected(decay: str = "beta2", name: str = "v") -> Callable[[State, Hyper, Any], Array]:
    """``Optimizer.moment`` of a rule whose leaky mean ``name`` is corrected, unless its switch is off."""

    def moment(state: State, hyper: Hyper, k: Any) -> Array:
        if not hyper.get("bias_correction", True):
            return state[name]
        return state[name] / (1 - hyper[decay] ** (k + 1))

    return moment


def as_it_is(state: State, hyper: Hyper, k: Any) -> Array:
    """``Optimizer.moment`` of a rule that divides by the root of v as it is remembered."""
    return state["v"]


def divisor(v: Array, eps: Any, place: str, late: Any = None) -> Array:
    """What the step of each coordinate is divided by, times ``late``, the root of c (None where that is 1)."""
    if place == "inside":
        return np.sqrt(v + (eps if late is None else eps * late * late))
    return np.sqrt(v) + (eps if late is None or place == "uncorrected" else eps * late)


def typeset_divisor(v: str, place: str, correction: str | None) -> str:
    """LaTeX of it; ``v`` as corrected, ``correction`` is c."""
    if place == "inside":
        return rf"\sqrt{{{v} + \epsilon}}"
    if place == "uncorrected" and correction:
        return rf"\sqrt{{{v}}} + \epsilon / \sqrt{{{correction}}}"
    return rf"\sqrt{{{v}}} + \epsilon"


def as_in_torch(rule: str, hyper: Hyper, **forms: Any) -> None:
    """Nothing where the chosen forms are PyTorch's.

    Raises:
        ValueError: another form was chosen; it says which PyTorch has.
    """
    for name, form in forms.items():
        if hyper[name] != form:
            raise ValueError(f"{name} was given {hyper[name]}; PyTorch's {rule} has {form} only")
