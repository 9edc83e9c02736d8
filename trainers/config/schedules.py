"""PyTorch's learning-rate schedulers, with what a user may set for each. Keys are a public format.

Lengths are given in epochs or as shares of the run, so that a schedule keeps its shape when the batch size changes.
A scheduler is advanced after every step or after every epoch, as ``per`` says. Warm-up, a linear rise from almost zero,
can stand before any that does not rise by itself.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from settings import Setting, by_key, number, whole

if TYPE_CHECKING:
    from torch.optim import Optimizer

Values = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class TrainingSchedule:
    """A class of ``torch.optim.lr_scheduler`` and ``arguments(values, lr, epochs, steps)``, its keyword arguments."""

    key: str
    name: str
    meaning: str
    torch: str
    per: Literal["step", "epoch", "loss"]
    settings: tuple[Setting, ...]
    arguments: Callable[[Values, float, int, int], dict[str, Any]] = field(repr=False)


def _gamma(default: float, meaning: str) -> Setting:
    return number("gamma", default, 0.01, 1.0, meaning, symbol=r"\gamma", valid="(0, 10]")


def _floor(values: Values, lr: float) -> float:
    return lr * values["final"]


_FINAL = number("final", 0.0, 0.0, 0.5, "The last rate as a share of the first.", valid="[0, 1]")

SCHEDULES: Mapping[str, TrainingSchedule] = MappingProxyType(
    by_key(
        [
            TrainingSchedule(
                key="constant",
                name="Constant",
                meaning="One rate for the whole run.",
                torch="",
                per="epoch",
                settings=(),
                arguments=lambda v, lr, epochs, steps: {},
            ),
            TrainingSchedule(
                key="step",
                name="Step",
                meaning="Multiplies the rate every few epochs.",
                torch="StepLR",
                per="epoch",
                settings=(
                    whole("every", 30, 1, 200, "Epochs between two drops.", valid="[1, 1000000]"),
                    _gamma(0.1, "Factor of each drop."),
                ),
                arguments=lambda v, lr, epochs, steps: {"step_size": v["every"], "gamma": v["gamma"]},
            ),
            TrainingSchedule(
                key="milestones",
                name="Milestones",
                meaning="Drops at half and at three quarters of the run.",
                torch="MultiStepLR",
                per="epoch",
                settings=(_gamma(0.1, "Factor of each drop."),),
                arguments=lambda v, lr, epochs, steps: {
                    "milestones": sorted({epochs // 2, epochs * 3 // 4}),
                    "gamma": v["gamma"],
                },
            ),
            TrainingSchedule(
                key="exponential",
                name="Exponential",
                meaning="Multiplies the rate after every epoch.",
                torch="ExponentialLR",
                per="epoch",
                settings=(_gamma(0.97, "Factor of each epoch."),),
                arguments=lambda v, lr, epochs, steps: {"gamma": v["gamma"]},
            ),
            TrainingSchedule(
                key="polynomial",
                name="Polynomial",
                meaning="Falls to zero at the end, straight or bent.",
                torch="PolynomialLR",
                per="step",
                settings=(number("power", 1.0, 0.5, 4.0, "1 is a straight line.", valid="(0, 20]"),),
                arguments=lambda v, lr, epochs, steps: {"total_iters": epochs * steps, "power": v["power"]},
            ),
            TrainingSchedule(
                key="cosine",
                name="Cosine",
                meaning="Half a cosine wave from the first rate to the last.",
                torch="CosineAnnealingLR",
                per="step",
                settings=(_FINAL,),
                arguments=lambda v, lr, epochs, steps: {"T_max": epochs * steps, "eta_min": _floor(v, lr)},
            ),
            TrainingSchedule(
                key="warm_restarts",
                name="Warm restarts",
                meaning="Cosine waves that start again.",
                torch="CosineAnnealingWarmRestarts",
                per="step",
                settings=(
                    whole("period", 10, 1, 100, "Epochs of the first wave.", valid="[1, 1000000]"),
                    whole("growth", 2, 1, 4, "Each wave is this many times longer.", valid="[1, 10]"),
                    _FINAL,
                ),
                arguments=lambda v, lr, epochs, steps: {
                    "T_0": v["period"] * steps,
                    "T_mult": v["growth"],
                    "eta_min": _floor(v, lr),
                },
            ),
            TrainingSchedule(
                key="cyclical",
                name="Cyclical",
                meaning="Rises and falls in straight lines.",
                torch="CyclicLR",
                per="step",
                settings=(
                    whole("period", 10, 2, 100, "Epochs of one rise and fall.", valid="[2, 1000000]"),
                    number(
                        "lowest",
                        0.1,
                        0.001,
                        0.9,
                        "The lowest rate as a share of the highest.",
                        valid="(0, 1]",
                        log=True,
                    ),
                ),
                arguments=lambda v, lr, epochs, steps: {
                    "base_lr": lr * v["lowest"],
                    "max_lr": lr,
                    "step_size_up": max(1, v["period"] * steps // 2),
                    "cycle_momentum": False,
                },
            ),
            TrainingSchedule(
                key="one_cycle",
                name="One cycle",
                meaning="One rise to the rate, then a long fall.",
                torch="OneCycleLR",
                per="step",
                settings=(number("rise", 0.3, 0.05, 0.5, "Share of the run that rises.", valid="(0, 1)"),),
                arguments=lambda v, lr, epochs, steps: {
                    "max_lr": lr,
                    "total_steps": epochs * steps,
                    "pct_start": v["rise"],
                    "cycle_momentum": False,
                },
            ),
            TrainingSchedule(
                key="plateau",
                name="Reduce on plateau",
                meaning="Drops when the validation loss has stopped falling.",
                torch="ReduceLROnPlateau",
                per="loss",
                settings=(
                    _gamma(0.1, "Factor of each drop."),
                    whole("patience", 10, 1, 50, "Epochs without a gain before a drop.", valid="[0, 1000000]"),
                ),
                arguments=lambda v, lr, epochs, steps: {"factor": v["gamma"], "patience": v["patience"]},
            ),
        ]
    )
)

WARMUP = number("warmup", 0.0, 0.0, 50.0, "Epochs of a straight rise from almost zero.", valid="[0, 1000000]")


def settings_of(key: str) -> tuple[Setting, ...]:
    """What a user may set for this schedule; warm-up is offered before all that do not rise by themselves."""
    return SCHEDULES[key].settings if key == "one_cycle" else (*SCHEDULES[key].settings, WARMUP)


@dataclass(frozen=True, kw_only=True)
class Scheduling:
    """The schedulers of a run: ``step`` is for after each step, ``epoch(validation loss)`` for after each epoch."""

    step: Callable[[], None] | None
    epoch: Callable[[float], None] | None
    plateau: Any = None


def build_schedule(
    optimizers: list[Optimizer], values: Values, lr: float, epochs: int, steps: int, done: int
) -> Scheduling:
    """The schedulers of all optimizers, moved on to where ``done`` steps have been taken.

    A scheduler that watches the loss cannot be moved on; its state is restored by whoever kept it.
    """
    parts = [_build(optimizer, values, lr, epochs, steps) for optimizer in optimizers]
    by_step = [scheduler for part in parts for per, scheduler in part if per == "step"]
    by_epoch = [scheduler for part in parts for per, scheduler in part if per == "epoch"]
    watching = [scheduler for part in parts for per, scheduler in part if per == "loss"]

    def step() -> None:
        for scheduler in by_step:
            scheduler.step()

    def epoch(loss: float) -> None:
        for scheduler in by_epoch:
            scheduler.step()
        for scheduler in watching:
            scheduler.step(loss)

    with warnings.catch_warnings():
        # PyTorch warns of a scheduler that moves before its optimizer; here the optimizer moved in an earlier session.
        warnings.simplefilter("ignore")
        for k in range(done):
            step()
            if (k + 1) % steps == 0:
                for scheduler in by_epoch:
                    scheduler.step()
    return Scheduling(
        step=step if by_step else None, epoch=epoch if by_epoch or watching else None, plateau=watching or None
    )


def _build(optimizer: Optimizer, values: Values, lr: float, epochs: int, steps: int) -> list[tuple[str, Any]]:
    from torch.optim import lr_scheduler

    entry = SCHEDULES[values["name"]]
    rising = round(values.get("warmup", 0.0) * steps)
    made: list[tuple[str, Any]] = []
    if rising and entry.per == "step":
        first = lr_scheduler.LinearLR(optimizer, start_factor=1 / (rising + 1), total_iters=rising)
        rest = max(1, epochs - rising // steps)
        then = getattr(lr_scheduler, entry.torch)(optimizer, **entry.arguments(values, lr, rest, steps))
        return [("step", lr_scheduler.SequentialLR(optimizer, [first, then], milestones=[rising]))]
    if entry.torch:
        made.append(
            (entry.per, getattr(lr_scheduler, entry.torch)(optimizer, **entry.arguments(values, lr, epochs, steps)))
        )
    if rising:
        made.append(("step", lr_scheduler.LinearLR(optimizer, start_factor=1 / (rising + 1), total_iters=rising)))
    return made
