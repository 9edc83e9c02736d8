"""A search over settings in words: names of what is varied, values, and what is best so far."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from experiments.training import named, setting_text, setting_title
from numerals import readable
from trainers.config import RunConfig
from trainers.sweeps import DECAY, SAMPLERS, Axis, Part, Sweep, SweepRequest, Trial, best_trial, variable

CONTROLS: Mapping[str, str] = {
    "x": "Vary",
    "y": "And",
    "beside": "Side by side",
    "sampler": "Values are chosen",
    "trials": "Trials",
    "pruner": "Ends hopeless runs",
    "goal": "What is made good",
    "seeds": "Seeds of each trial",
    "seconds": "Seconds of training",
    "draw": "Seed of the search",
}
"""What the controls of a search are called."""
_CHOSEN: Mapping[str, str] = {"grid": "by a grid", "random": "at random", "tpe": "by a model of what was good so far"}
RANGE: Mapping[str, str] = {"low": "From", "high": "To", "log": "Logarithmic", "values": "Or these values"}
"""What those of a range are called."""


def refusal_words(text: str, config: RunConfig, values: Mapping[str, Any]) -> str:
    """A refusal with what its control is called, in place of the name of the setting that it begins with.

    values: the settings of the page; those of x, y and beside name what is varied.
    """
    offered = variable(config)
    titles = {name: setting_title(name) for name in config.settings()}
    last = Counter(name.rpartition(".")[2] for name in titles)
    names = {name.rpartition(".")[2]: title for name, title in titles.items() if last[name.rpartition(".")[2]] == 1}
    names |= {**titles, **CONTROLS}
    for axis in ("x", "y", "beside"):
        if (name := values.get(axis)) not in offered:
            continue
        title = "Weight decay" if name == DECAY else names[name]
        names |= {name: title, offered[name].name: title}
        names |= {f"{axis}.{end}": f"{words} ({title})" for end, words in RANGE.items()}
    name, space, rest = text.partition(" ")
    return f"{names[name]}{space}{rest}" if name in names else text


def axis_title(axis: Axis) -> str:
    """What the setting of an axis is called."""
    return name_words(axis.name)


def name_words(name: str) -> str:
    """What a setting is called that is varied; ``decay`` is the weight decay of each optimizer's own kind."""
    return "Weight decay" if name == DECAY else setting_title(name)


def value_text(name: str, value: Any) -> str:
    """A value of an axis in few characters."""
    if isinstance(value, str):
        return named(name, value).replace("_", " ")
    return setting_text("regularization.weight_decay" if name == DECAY else name, value)


def part_title(request: SweepRequest, part: Part) -> str:
    """What a study is called beside the others."""
    words = [] if part.side is None or request.beside is None else [_side(request, request.beside, part.side)]
    if len(request.samplers) > 1 or not words:
        words.append(SAMPLERS[part.sampler])
    return ", ".join(words)


def _side(request: SweepRequest, beside: Axis, value: Any) -> str:
    """A value that stands beside others; numbers and switches say what they are of."""
    text = value_text(beside.name, value)
    return text if isinstance(value, str) else f"{axis_title(beside)} {text}"


def request_words(request: SweepRequest) -> str:
    """What a search varies, over which values and how they are chosen, in a sentence."""
    varied = " and ".join(f"**{axis_title(axis)}** {_values_words(axis)}" for axis in request.axes)
    chosen = " and ".join(_CHOSEN[sampler] for sampler in request.samplers)
    told = f"{varied}, {chosen}"
    if request.beside is not None:
        sides = ", ".join(value_text(request.beside.name, value) for value in request.beside.values)
        told += f"; side by side for **{axis_title(request.beside)}** {sides}"
    return f"{told}."


def request_title(request: SweepRequest) -> str:
    """What a search varies, on which data and how values are chosen, in few words."""
    varied = " and ".join(axis_title(axis) for axis in request.axes)
    beside = "" if request.beside is None else f", {axis_title(request.beside)} side by side"
    chosen = " and ".join(_CHOSEN[sampler] for sampler in request.samplers)
    asked = [*request.axes, *([] if request.beside is None else [request.beside])]
    several = any(axis.name == "data.name" for axis in asked)
    data = "" if several else f" on {named('data.name', request.run_config.data.name)}"
    return f"{varied}{beside}{data}, {chosen}"


def _values_words(axis: Axis) -> str:
    if axis.values:
        return f"at {', '.join(value_text(axis.name, value) for value in axis.values)}"
    log = ", evenly over its powers of ten" if axis.log else ""
    return f"from {value_text(axis.name, axis.low)} to {value_text(axis.name, axis.high)}{log}"


def time_words(seconds: float | None) -> str:
    """About how long that is, as a sentence says it; empty where it is not known."""
    if seconds is None:
        return ""
    return f"about {max(1, round(seconds))} s" if seconds < 90 else f"about {round(seconds / 60):,} min"


def trial_words(request: SweepRequest, trial: Trial) -> str:
    """The values of a trial with their names."""
    pairs = zip(request.axes, trial.values, strict=True)
    return ", ".join(f"{axis_title(axis)} {value_text(axis.name, value)}" for axis, value in pairs)


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
        "not_begun": "not begun, the time was spent",
    }
    counts = {state: sum(trial.state == state for trial in sweep.trials) for state in ends}
    if any(counts.values()):
        told.append(", ".join(f"{count} {ends[state]}" for state, count in counts.items() if count) + ".")
    return told
