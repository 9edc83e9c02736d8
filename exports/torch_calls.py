"""A rule or a schedule as PyTorch writes it: the call of its class, where PyTorch has it with these values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from exports.code_layout import Code, as_lambda
from optimizers import ChosenSchedule, Optimizer, Trajectory

SCHEDULERS = "torch.optim.lr_scheduler."


def torch_call(rule: Optimizer, hyper: Mapping[str, Any]) -> str | None:
    """How PyTorch writes a rule with these hyperparameters; None where it lacks the rule or these values."""
    call = torch_optimizer(rule, hyper)
    return None if call is None else call.replace("(points, ", "(model.parameters(), ", 1)


def torch_optimizer(rule: Optimizer, values: Mapping[str, Any]) -> str | None:
    """The call that makes PyTorch's optimizer; None where PyTorch lacks the rule or these values."""
    if rule.torch is None or rule.torch_arguments is None or not rule.torch_moves_points:
        return None
    try:
        return f"{rule.torch}(points, {_keywords(rule.torch_arguments(values))})"
    except ValueError:
        return None


def torch_scheduler(trajectory: Trajectory) -> tuple[Code | None, bool]:
    """The call that makes PyTorch's scheduler (None for a constant rate), and whether PyTorch lacks the schedule."""
    chosen = trajectory.schedule
    if chosen is None:
        return None, False
    lr, steps = float(trajectory.hyperparameters["lr"]), trajectory.steps
    try:
        if chosen.then is None:
            return _plain_scheduler(chosen, lr, steps), False
        factor, total = float(chosen.values["start_factor"]), int(chosen.values["total_iters"])
        then = _plain_scheduler(chosen.then, lr, steps - total) if steps > total else None
    except ValueError:
        return None, True
    if then is None:
        return f"{SCHEDULERS}LinearLR(optimizer, start_factor={factor!r}, total_iters={total})", False
    return ("WarmUp(", ["optimizer", repr(factor), str(total), as_lambda("optimizer", then)], ")"), False


def _plain_scheduler(chosen: ChosenSchedule, lr: float, steps: int) -> str | None:
    """Raises ValueError where PyTorch lacks the schedule or these settings."""
    schedule = chosen.schedule
    if schedule.key == "constant":
        return None
    if schedule.torch is None or schedule.torch_arguments is None:
        raise ValueError(f"PyTorch lacks {schedule.name}")
    return f"{schedule.torch}(optimizer, {_keywords(schedule.torch_arguments(chosen.values, lr, steps))})"


def _keywords(arguments: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}={value!r}" for name, value in arguments.items())
