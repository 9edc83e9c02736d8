"""Reduce on plateau: the one schedule that watches the loss instead of the clock."""

from __future__ import annotations

from typing import Any

import numpy as np

from optimizers.schedules import count
from optimizers.types import Array, Hyper, Schedule, State
from settings import Hyperparameter


def _init(lr: Array, hyper: Hyper) -> State:
    return {
        "lr": lr,
        "best": np.asarray(np.inf),
        "bad": np.asarray(0.0),
        "cooldown": np.asarray(0.0),
    }


def _observe(state: State, value: Array, hyper: Hyper) -> State:
    best, threshold = state["best"], hyper["threshold"]
    bar = best * (1.0 - threshold) if hyper["threshold_mode"] == "rel" else best - threshold
    better = value < bar
    cooling = state["cooldown"] > 0
    bad = np.where(better | cooling, 0.0, state["bad"] + 1.0)
    reduce = bad > hyper["patience"]
    lower = np.maximum(state["lr"] * hyper["factor"], hyper["min_lr"])
    return {
        "lr": np.where(reduce & (state["lr"] - lower > hyper["eps"]), lower, state["lr"]),
        "best": np.where(better, value, best),
        "bad": np.where(reduce, 0.0, bad),
        "cooldown": np.where(reduce, float(hyper["cooldown"]), state["cooldown"] - cooling),
    }


def _rate(lr: Any, k: int, steps: int, hyper: Hyper, state: State | None) -> Any:
    return lr if state is None else state["lr"]


REDUCE_ON_PLATEAU = Schedule(
    key="reduce_on_plateau",
    name="Reduce on plateau",
    meaning="Multiplies the rate by a factor once the value has stopped falling.",
    latex=r"\eta \leftarrow \max(\gamma\,\eta,\, \eta_{\min}) \quad\text{after } P \text{ steps without a better } f",
    reference="Folklore; PyTorch and Keras have it under this name. Discussed by Bengio, arXiv:1206.5533, section 3.1",
    hyperparameters=(
        Hyperparameter(
            name="factor",
            symbol=r"\gamma",
            default=0.1,
            meaning="What the rate is multiplied by.",
            low=0.01,
            high=0.99,
            valid="[0, 1)",
        ),
        count("patience", "P", 10, "Steps without improvement that are still tolerated.", low=0, high=200),
        Hyperparameter(
            name="threshold",
            symbol=r"\theta",
            default=1e-4,
            meaning="How much lower the value must be to count as better.",
            low=0.0,
            high=0.1,
            valid="[0, 1)",
            log=True,
        ),
        Hyperparameter(
            name="threshold_mode",
            symbol=r"\mathrm{mode}",
            default="rel",
            meaning="Whether the threshold is a share of the best value or an amount.",
            kind="choice",
            choices=("rel", "abs"),
        ),
        count("cooldown", "C", 0, "Steps after a reduction in which nothing is counted.", low=0, high=200),
        Hyperparameter(
            name="min_lr",
            symbol=r"\eta_{\min}",
            default=0.0,
            meaning="The rate never falls below this.",
            low=0.0,
            high=1.0,
            valid="[0, inf)",
            log=True,
        ),
        Hyperparameter(
            name="eps",
            symbol=r"\epsilon",
            default=1e-8,
            meaning="A reduction smaller than this is not made.",
            low=1e-12,
            high=1e-3,
            valid="[0, inf)",
            log=True,
        ),
    ),
    rate=_rate,
    init=_init,
    observe=_observe,
    notes=(
        "It sees the value at each new point, without noise. That value comes free with the next gradient, so it is "
        "not counted as an evaluation. As in PyTorch, mode rel turns around below zero, where a slightly worse value "
        "counts as better; take abs there."
    ),
    torch="torch.optim.lr_scheduler.ReduceLROnPlateau",
    torch_arguments=lambda hyper, lr, steps: {
        name: hyper[name] for name in ("factor", "patience", "threshold", "threshold_mode", "cooldown", "min_lr", "eps")
    },
)

SCHEDULES: tuple[Schedule, ...] = (REDUCE_ON_PLATEAU,)
