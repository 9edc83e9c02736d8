r"""Schedules that rise again: cosine annealing, warm restarts, triangles, one cycle."""

from __future__ import annotations

import math
from typing import Any

from optimizers.rules.arithmetic import choose, cosine
from optimizers.schedules import count, eta_min
from optimizers.types import Hyper, Schedule, State
from settings import Hyperparameter


def _half_cosine(start: Any, end: Any, progress: Any) -> Any:
    """From start at progress 0 to end at progress 1, along half a cosine."""
    return end + (start - end) * ((1.0 + cosine(math.pi * progress)) / 2.0)


def _cosine(lr: Any, k: int, steps: int, hyper: Hyper, state: State | None) -> Any:
    return _half_cosine(lr, hyper["eta_min"], k / (hyper["T_max"] or steps))


COSINE = Schedule(
    key="cosine",
    name="Cosine",
    meaning="Falls along half a cosine: slowly, then fast, then slowly.",
    latex=r"\eta_k = \eta_{\min} + \frac{\eta - \eta_{\min}}{2}\left(1 + \cos\frac{\pi k}{T}\right)",
    reference="Loshchilov and Hutter, arXiv:1608.03983",
    hyperparameters=(count("T_max", "T", 0, "Steps to the bottom; 0 means the whole run.", low=0), eta_min()),
    rate=_cosine,
    notes="After T steps the cosine rises again, as in PyTorch; PyTorch has no default for T.",
    torch="torch.optim.lr_scheduler.CosineAnnealingLR",
    torch_arguments=lambda hyper, lr, steps: {"T_max": hyper["T_max"] or steps, "eta_min": hyper["eta_min"]},
)


def _cosine_restarts(lr: Any, k: int, steps: int, hyper: Hyper, state: State | None) -> Any:
    length, growth = hyper["T_0"], hyper["T_mult"]
    if growth == 1:
        return _half_cosine(lr, hyper["eta_min"], k % length / length)
    begin, place, span = 0, k, length
    last = k if isinstance(k, int) else steps - 1  # a step that is not known may be any of the run
    while begin + length <= last:
        begin, length = begin + length, length * growth
        place, span = choose(k >= begin, k - begin, place), choose(k >= begin, length, span)
    return _half_cosine(lr, hyper["eta_min"], place / span)


COSINE_RESTARTS = Schedule(
    key="cosine_restarts",
    name="Cosine with warm restarts",
    meaning="Falls along half a cosine, jumps back to the full rate, and falls again.",
    latex=r"\eta_k = \eta_{\min} + \frac{\eta - \eta_{\min}}{2}\left(1 + \cos\frac{\pi k_\mathrm{cur}}{T_i}\right),"
    r"\quad T_i = T_0\, T_\mathrm{mult}^{\,i}",
    reference="Loshchilov and Hutter, arXiv:1608.03983",
    hyperparameters=(
        count("T_0", "T_0", 50, "Steps until the first restart."),
        count("T_mult", r"T_\mathrm{mult}", 1, "How many times as long each cycle is as the one before.", high=4),
        eta_min(),
    ),
    rate=_cosine_restarts,
    notes="PyTorch has no default for T_0.",
    torch="torch.optim.lr_scheduler.CosineAnnealingWarmRestarts",
    torch_arguments=lambda hyper, lr, steps: {name: hyper[name] for name in ("T_0", "T_mult", "eta_min")},
)


def _cyclical(lr: Any, k: int, steps: int, hyper: Hyper, state: State | None) -> Any:
    up = hyper["step_size_up"]
    length = up + (hyper["step_size_down"] or up)
    cycle, place = k // length, k % length
    height = choose(place <= up, place / up, (length - place) / (length - up))
    if hyper["mode"] == "triangular2":
        height = height * 0.5**cycle
    elif hyper["mode"] == "exp_range":
        height = height * hyper["gamma"] ** k
    low = hyper["base_factor"]
    return lr * (low + (1.0 - low) * height)


CYCLICAL = Schedule(
    key="cyclical",
    name="Cyclical",
    meaning="Swings between a low rate and the full rate in straight lines.",
    latex=r"\eta_k = \eta\,\bigl(b + (1 - b)\,h_k\bigr), \quad h_k \text{ a triangle wave from 0 to 1}",
    reference="Smith, arXiv:1506.01186",
    hyperparameters=(
        Hyperparameter(
            name="base_factor",
            symbol="b",
            default=0.1,
            meaning="The low rate as a share of the full rate.",
            low=0.0,
            high=1.0,
            valid="[0, 1]",
        ),
        count("step_size_up", r"s_\uparrow", 50, "Steps from the low rate to the full rate."),
        count("step_size_down", r"s_\downarrow", 0, "Steps back down; 0 means as many as up.", low=0),
        Hyperparameter(
            name="mode",
            symbol=r"\mathrm{mode}",
            default="triangular",
            meaning="Whether the peaks stay, halve each cycle, or fall with every step.",
            kind="choice",
            choices=("triangular", "triangular2", "exp_range"),
        ),
        Hyperparameter(
            name="gamma",
            symbol=r"\gamma",
            default=1.0,
            meaning="Factor at each step in mode exp_range.",
            low=0.9,
            high=1.0,
            valid="(0, 1]",
            stops=(0.9, 0.95, 0.98, 0.99, 0.995, 0.999, 1.0),
        ),
    ),
    rate=_cyclical,
    notes=(
        "The optimizer's own rate is PyTorch's max_lr, and base_lr is base_factor times it. PyTorch also swings the "
        "momentum unless told not to; here momentum stays. PyTorch's default of 2,000 steps up is longer than a race."
    ),
    torch="torch.optim.lr_scheduler.CyclicLR",
    torch_arguments=lambda hyper, lr, steps: {
        "base_lr": lr * hyper["base_factor"],
        "max_lr": lr,
        "step_size_up": hyper["step_size_up"],
        "step_size_down": hyper["step_size_down"] or hyper["step_size_up"],
        "mode": hyper["mode"],
        "gamma": hyper["gamma"],
        "cycle_momentum": False,
    },
)


def _one_cycle(lr: Any, k: int, steps: int, hyper: Hyper, state: State | None) -> Any:
    start = lr / hyper["div_factor"]
    end = start / hyper["final_div_factor"]
    peak = hyper["pct_start"] * steps - 1.0
    if hyper["three_phase"]:
        phases = ((peak, start, lr), (2.0 * peak, lr, start), (steps - 1.0, start, end))
    else:
        phases = ((peak, start, lr), (steps - 1.0, lr, end))
    begin, (until, before, after) = 0.0, phases[0]
    for following in phases[1:]:
        over = k > until
        begin = choose(over, until, begin)
        until, before, after = (choose(over, *pair) for pair in zip(following, (until, before, after), strict=True))
    length = until - begin
    progress = choose(length == 0, 1.0, (k - begin) / choose(length == 0, 1.0, length))
    if hyper["anneal_strategy"] == "cos":
        return _half_cosine(before, after, progress)
    return before + (after - before) * progress


def _one_cycle_in_torch(hyper: Hyper, lr: float, steps: int) -> dict[str, Any]:
    if hyper["pct_start"] * steps == 1:
        raise ValueError(f"pct_start was given {hyper['pct_start']!r} of {steps} steps; PyTorch divides by zero there")
    names = ("pct_start", "anneal_strategy", "div_factor", "final_div_factor", "three_phase")
    return {"max_lr": lr, "total_steps": steps, **{name: hyper[name] for name in names}, "cycle_momentum": False}


ONE_CYCLE = Schedule(
    key="one_cycle",
    name="One cycle",
    meaning="Rises to the full rate in the first part of the run, then falls far below where it began.",
    latex=r"\eta / d \;\to\; \eta \;\to\; \frac{\eta}{d\, d_\mathrm{final}} \quad\text{over the run}",
    reference="Smith and Topin, arXiv:1708.07120",
    hyperparameters=(
        Hyperparameter(
            name="pct_start",
            symbol="p",
            default=0.3,
            meaning="Share of the run in which the rate rises.",
            low=0.05,
            high=0.95,
            valid="[0, 1]",
        ),
        Hyperparameter(
            name="anneal_strategy",
            symbol=r"\mathrm{curve}",
            default="cos",
            meaning="Along half a cosine, or in a straight line.",
            kind="choice",
            choices=("cos", "linear"),
        ),
        Hyperparameter(
            name="div_factor",
            symbol="d",
            default=25.0,
            meaning="The full rate over the first rate.",
            low=1.0,
            high=100.0,
            valid="[1, inf)",
        ),
        Hyperparameter(
            name="final_div_factor",
            symbol=r"d_\mathrm{final}",
            default=1e4,
            meaning="The first rate over the last rate.",
            low=1.0,
            high=1e6,
            valid="[1, inf)",
            log=True,
        ),
        Hyperparameter(
            name="three_phase",
            symbol=r"\mathrm{three\ phases}",
            default=False,
            meaning="Fall as long as it rose, then below in a third phase.",
            kind="bool",
        ),
    ),
    rate=_one_cycle,
    notes=(
        "The optimizer's own rate is PyTorch's max_lr. PyTorch also cycles the momentum unless told not to; here it "
        "stays."
    ),
    torch="torch.optim.lr_scheduler.OneCycleLR",
    torch_arguments=_one_cycle_in_torch,
)

SCHEDULES: tuple[Schedule, ...] = (COSINE, COSINE_RESTARTS, CYCLICAL, ONE_CYCLE)
