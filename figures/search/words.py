"""A search over settings in words: names of what is varied, values, and what is best so far."""

from __future__ import annotations

from typing import Any

from experiments.training import label, named, value_words
from numerals import readable
from trainers.sweeps import DECAY, SAMPLERS, Axis, Part, Sweep, SweepRequest, Trial, best_trial, variable


def axis_title(request: SweepRequest, axis: Axis) -> str:
    """What the setting of an axis is called."""
    return name_words(request, axis.name)


def name_words(request: SweepRequest, name: str) -> str:
    """What a setting is called that is varied; ``decay`` is the weight decay of each optimizer's own kind."""
    if name == DECAY:
        return "Weight decay"
    config = request.run_config
    return label(name, variable(config)[name]).partition(" $")[0]


def value_text(name: str, value: Any) -> str:
    """A value of an axis in few characters."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, str):
        return named(name, value).replace("_", " ")
    return value_words("regularization.weight_decay" if name == DECAY else name, value)


def part_title(request: SweepRequest, part: Part) -> str:
    """What a study is called beside the others."""
    words = [] if part.side is None or request.beside is None else [_side(request, request.beside, part.side)]
    if len(request.samplers) > 1 or not words:
        words.append(SAMPLERS[part.sampler])
    return ", ".join(words)


def _side(request: SweepRequest, beside: Axis, value: Any) -> str:
    """A value that stands beside others; numbers and switches say what they are of."""
    text = value_text(beside.name, value)
    return text if isinstance(value, str) else f"{axis_title(request, beside)} {text}"


def trial_words(request: SweepRequest, trial: Trial) -> str:
    """The values of a trial with their names."""
    pairs = zip(request.axes, trial.values, strict=True)
    return ", ".join(f"{axis_title(request, axis)} {value_text(axis.name, value)}" for axis, value in pairs)


def goal_title(request: SweepRequest) -> str:
    """What is made good, for an axis."""
    if request.goal == "val_loss":
        return "best validation loss"
    return f"best validation {request.run_config.metric_name}"


def sweep_sentences(request: SweepRequest, sweep: Sweep) -> list[str]:
    """What is best so far in each study, where there are several, and how the others ended."""
    told = []
    for part in request.parts if len(request.parts) > 1 else ():
        trials = [trial for trial in sweep.trials if trial.part == part.key]
        best = best_trial(trials, request.maximize)
        if best is None or best.goal is None:
            continue
        spread = "" if best.spread is None else f" ± {readable(best.spread)}"
        told.append(f"{part_title(request, part)}: **{readable(best.goal)}{spread}** at {trial_words(request, best)}.")
    ends = {
        "pruned": "pruned early",
        "diverged": "diverged",
        "refused": "refused",
        "failed": "failed",
        "stopped": "stopped by hand",
    }
    counts = {state: sum(trial.state == state for trial in sweep.trials) for state in ends}
    if any(counts.values()):
        told.append(", ".join(f"{count} {ends[state]}" for state, count in counts.items() if count) + ".")
    return told
