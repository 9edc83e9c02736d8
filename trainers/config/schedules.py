"""The learning-rate schedules of training: every one of ``optimizers``, by PyTorch's scheduler where it has one.

Name, formula, hyperparameters and notes are those of the shared schedule, which counts steps; here stands only what
training has beside it. Lengths are given in epochs or as shares of the run, so that a schedule keeps its shape when the
batch size changes. A scheduler is advanced after every epoch or, where its curve is smooth, after every step. Warm-up,
a linear rise from almost zero, can stand before any that does not rise by itself. Keys and the names of settings are a
public format.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

import optimizers
from optimizers.types import Schedule as Rule
from settings import Setting, by_key, number, whole
from trainers.config.ranges import bounded

if TYPE_CHECKING:
    from torch.optim import Optimizer

Values = Mapping[str, Any]
_TORCH = "torch.optim.lr_scheduler."


@dataclass(frozen=True, kw_only=True)
class TrainingSchedule:
    """A schedule of the rate, which is changed after every step, every epoch, or by the loss after every epoch.

    torch: the class of ``torch.optim.lr_scheduler`` that takes ``arguments(values, lr, epochs, steps)``; "" where there
    is none. rate: the shared schedule's function, and ``shared(values, lr, epochs, steps)``, its hyperparameters.
    rises: it begins with a warm-up of its own.
    """

    key: str
    name: str
    meaning: str
    latex: str
    reference: str
    notes: str
    torch: str
    per: Literal["step", "epoch", "loss"]
    settings: tuple[Setting, ...]
    arguments: Callable[[Values, float, Any, Any], dict[str, Any]] = field(repr=False)
    rate: Callable[..., Any] = field(repr=False)
    shared: Callable[[Values, float, Any, Any], dict[str, Any]] = field(repr=False)
    rises: bool = False

    @property
    def is_constant(self) -> bool:
        """Whether there is nothing to be done."""
        return self.key == "constant"

    @property
    def by_factor(self) -> bool:
        """Whether PyTorch has no class for it."""
        return not self.torch and not self.is_constant

    def factor(self, values: Values, k: int, epochs: int, steps: int) -> float:
        """What the rate is multiplied by at the k-th step, or epoch."""
        total = epochs * steps if self.per == "step" else epochs
        return float(self.rate(1.0, k, total, self.shared(values, 1.0, epochs, steps), None))


@dataclass(frozen=True, kw_only=True)
class _Own:
    """What training has beside the shared schedule.

    key, called: keys and names that links and stored runs know. changes: other defaults and ranges, by shared name.
    lengths: what is counted in epochs though the schedule moves by step. settings: training's own, and ``shared``, the
    values of the shared hyperparameters that follow from them: (values, lr, epochs, steps in one unit of time).
    """

    key: str = ""
    per_step: bool = False
    rises: bool = False
    called: Mapping[str, str] = field(default_factory=dict)
    changes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    lengths: tuple[str, ...] = ()
    settings: tuple[Setting, ...] = ()
    replaced: tuple[str, ...] = ()
    shared: Callable[[Values, float, Any, Any], dict[str, Any]] = lambda values, lr, epochs, steps: {}


_FINAL = number("final", 0.0, 0.0, 0.5, "The last rate as a share of the first.", valid="[0, 1]")


def _floor(values: Values, lr: float, epochs: Any, steps: Any) -> dict[str, Any]:
    return {"eta_min": lr * values["final"]}


def _milestones(values: Values, lr: float, epochs: Any, steps: Any) -> dict[str, Any]:
    half, later = epochs // 2, epochs * 3 // 4
    return {"milestone1": values["milestone1"] or half, "milestone2": values["milestone2"] or max(later, half + 1)}


_OWN: Mapping[str, _Own] = {
    "step": _Own(called={"step_size": "every"}, changes={"step_size": {"default": 30, "high": 200}}),
    "multistep": _Own(
        key="milestones",
        settings=(
            whole("milestone1", 0, 0, 1000, "Epoch of the first drop; 0 is half of the run.", valid="[0, 1000000]"),
            whole("milestone2", 0, 0, 1000, "Epoch of the second drop; 0 is three quarters.", valid="[0, 1000000]"),
        ),
        replaced=("milestone1", "milestone2"),
        shared=_milestones,
    ),
    # PyTorch has no default; an epoch is many steps.
    "exponential": _Own(
        changes={
            "gamma": {
                "default": 0.97,
                "low": 0.5,
                "valid": "(0, 10]",
                "stops": (0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.97, 0.98, 0.99, 0.995, 0.998, 0.999, 1.0),
            }
        }
    ),
    "polynomial": _Own(per_step=True, lengths=("total_iters",), changes={"power": {"high": 4.0}}),
    "cosine": _Own(per_step=True, lengths=("T_max",), settings=(_FINAL,), replaced=("eta_min",), shared=_floor),
    "cosine_restarts": _Own(
        key="warm_restarts",
        per_step=True,
        called={"T_0": "period", "T_mult": "growth"},
        changes={"T_0": {"default": 10, "high": 100}},
        lengths=("T_0",),
        settings=(_FINAL,),
        replaced=("eta_min",),
        shared=_floor,
    ),
    "cyclical": _Own(
        per_step=True,
        called={"base_factor": "lowest"},
        settings=(whole("period", 10, 2, 100, "Epochs of one rise and fall.", valid="[2, 1000000]"),),
        replaced=("step_size_up", "step_size_down"),
        shared=lambda values, lr, epochs, steps: {"step_size_up": values["period"] * steps // 2, "step_size_down": 0},
    ),
    "one_cycle": _Own(per_step=True, rises=True, called={"pct_start": "rise"}),
    "reduce_on_plateau": _Own(key="plateau", called={"factor": "gamma"}),
}


def _in_epochs(text: str) -> str:
    """A sentence about steps, about epochs."""
    return re.sub(r"\b([Ss])tep(s?)\b", lambda found: ("Epoch" if found[1] == "S" else "epoch") + found[2], text)


def derived(rule: Rule) -> TrainingSchedule:
    """The schedule of training that a shared one is; its time is the epoch unless it is known to be smooth."""
    own = _OWN.get(rule.key, _Own())
    shared: dict[str, Setting] = {}
    for parameter in rule.hyperparameters:
        if parameter.name not in own.replaced:
            by_epoch = not own.per_step or parameter.name in own.lengths
            meaning = _in_epochs(parameter.meaning) if by_epoch else parameter.meaning
            changes = {"meaning": meaning, **own.changes.get(parameter.name, {})}
            name = own.called.get(parameter.name, parameter.name)
            shared[parameter.name] = bounded(replace(parameter, name=name, **changes))

    def complete(values: Values, lr: float, epochs: Any, steps: Any) -> dict[str, Any]:
        given = {name: values[setting.name] for name, setting in shared.items()}
        for name in own.lengths:
            given[name] = given[name] and given[name] * steps  # 0, the whole run, stays 0
        return {**given, **own.shared(values, lr, epochs, steps)}

    def arguments(values: Values, lr: float, epochs: Any, steps: Any) -> dict[str, Any]:
        assert rule.torch_arguments is not None
        total = epochs * steps if own.per_step else epochs
        return rule.torch_arguments(complete(values, lr, epochs, steps), lr, total)

    return TrainingSchedule(
        key=own.key or rule.key,
        name=rule.name,
        meaning=rule.meaning if own.per_step else _in_epochs(rule.meaning),
        latex=rule.latex,
        reference=rule.reference,
        notes=rule.notes,
        torch=(rule.torch or "").removeprefix(_TORCH),
        per="loss" if rule.observe is not None else "step" if own.per_step else "epoch",
        settings=(*shared.values(), *own.settings),
        arguments=arguments,
        rate=rule.rate,
        shared=complete,
        rises=own.rises,
    )


# A warm-up is a setting of the schedule that follows it. One that watches the loss needs PyTorch's class to do so.
SCHEDULES: Mapping[str, TrainingSchedule] = MappingProxyType(
    by_key(
        derived(rule)
        for rule in optimizers.SCHEDULES.values()
        if rule.key != "linear_warmup" and (rule.torch or rule.observe is None)
    )
)

WARMUP = number("warmup", 0.0, 0.0, 50.0, "Epochs of a straight rise from almost zero.", valid="[0, 1000000]")


def settings_of(key: str) -> tuple[Setting, ...]:
    """What a user may set for this schedule; warm-up is offered before all that do not rise by themselves."""
    return SCHEDULES[key].settings if SCHEDULES[key].rises else (*SCHEDULES[key].settings, WARMUP)


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
    warmup = {"start_factor": 1 / (rising + 1), "total_iters": rising}
    if rising and entry.per == "step":
        first = lr_scheduler.LinearLR(optimizer, **warmup)
        then = _scheduler(optimizer, entry, values, lr, max(1, epochs - rising // steps), steps)
        return [("step", lr_scheduler.SequentialLR(optimizer, [first, then], milestones=[rising]))]
    if rising and entry.by_factor:
        # PyTorch's LambdaLR sets the rate, where others multiply it: the two have to be one.
        def both(k: int) -> float:
            return (1 + min(k, rising)) / (rising + 1) * entry.factor(values, k // steps, epochs, steps)

        return [("step", lr_scheduler.LambdaLR(optimizer, both))]
    made: list[tuple[str, Any]] = []
    if not entry.is_constant:
        made.append((entry.per, _scheduler(optimizer, entry, values, lr, epochs, steps)))
    if rising:
        made.append(("step", lr_scheduler.LinearLR(optimizer, **warmup)))
    return made


def _scheduler(
    optimizer: Optimizer, entry: TrainingSchedule, values: Values, lr: float, epochs: int, steps: int
) -> Any:
    """PyTorch's own scheduler, or one that multiplies by the shared schedule's factors."""
    from torch.optim import lr_scheduler

    # PyTorch's classes know one lowest or highest rate for all groups; the factor keeps each group's own.
    own = len({group["lr"] for group in optimizer.param_groups}) > 1 and entry.per != "loss"
    try:
        arguments = entry.arguments(values, lr, epochs, steps) if entry.torch and not own else None
    except ValueError:  # values that PyTorch's class cannot take
        arguments = None
    if arguments is None:
        return lr_scheduler.LambdaLR(optimizer, lambda k: entry.factor(values, k, epochs, steps))
    return getattr(lr_scheduler, entry.torch)(optimizer, **arguments)
