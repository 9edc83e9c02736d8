"""One experiment as one chart: final and best losses against the one number in which its runs differ.

Over the width of a network this shows double descent (Belkin et al., PNAS 2019; Nakkiran et al., ICLR 2020): the
validation loss rises where the network can just fit every training row, and falls again beyond.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from figures.frontend import Buffers, blob
from figures.live.panels import Panel, column, panel_header
from figures.theme import TRAINING, VALIDATION, on_background
from numerals import readable

if TYPE_CHECKING:
    from trainers.lab import Feed

_LINES = (("val", "validation, end"), ("best", "validation, best"), ("train", "training, end"))
_TITLES = {"optimizer.lr": "learning rate"}  # settings whose name is no word
_CLEARLY = 1.1  # the ratio from which one loss is above another
_DECADES = 30  # the largest over the smallest value from which the axis is logarithmic


def swept_setting(watched: Sequence[Feed]) -> tuple[str, list[float]] | None:
    """The one numeric setting in which the runs differ, by dotted name, and its value in each run; else None."""
    configs = [run.run.config for run in watched]
    if len(configs) < 2 or any(config is None for config in configs):
        return None
    flat = [config.flat() for config in configs if config is not None]
    names = {name for values in flat for name in values}
    differing = [name for name in names if any(values.get(name) != flat[0].get(name) for values in flat)]
    if len(differing) != 1:
        return None
    swept = [values.get(differing[0]) for values in flat]
    numbers = [float(value) for value in swept if isinstance(value, int | float) and not isinstance(value, bool)]
    return (differing[0], numbers) if len(numbers) == len(swept) else None


def sweep_payload(
    watched: Sequence[Feed], *, x: Literal["setting", "parameters"] = "setting", height: int = 420
) -> bytes | None:
    """The losses of all runs, any number of them, against the setting, or against the number of parameters.

    None where the runs do not differ in exactly one numeric setting, or ``x`` is "parameters" and a run has none.
    """
    swept = swept_setting(watched)
    if swept is None:
        return None
    name, values = swept
    title = _TITLES.get(name) or name.partition(".")[2].replace("_", " ")
    if x == "parameters":
        counts = [run.run.parameters for run in watched]
        values, title = [float(count) for count in counts if count is not None], "parameters"
        if len(values) < len(counts):
            return None
    order = np.argsort(values, kind="stable")
    places = np.array(values)[order]
    buffers = Buffers()
    losses = {part: np.array([_loss(watched[i], part) for i in order]) for part, _ in _LINES}
    lines = [
        {"run": 0, "part": part, "name": text, "rows": None, "y": buffers.numbers(losses[part])}
        for part, text in _LINES
        if np.isfinite(losses[part]).any()
    ]
    panel = Panel(key="sweep", text=f"Loss by {title}", title="loss", scale="auto")
    logarithmic = bool(places[0] > 0 and places[-1] >= _DECADES * places[0])
    header: dict[str, Any] = {
        "kind": "sweep",
        "x": "epoch",
        "runs": [_stand_in(buffers)],
        "focus": 0,
        "panels": [
            panel_header(panel, lines)
            | {"points": True, "x": buffers.numbers(places), "xTitle": title, "xLog": logarithmic}
        ],
        "finding": None,
        "baseline": None,
        "pictures": None,
        "roomForPicture": False,
        "note": "" if lines else "The first losses come with the first reports.",
    }
    return blob(header, buffers, height)


def sweep_sentence(watched: Sequence[Feed]) -> str:
    """What the curve of final validation losses over the setting does; "" where fewer than four runs have one."""
    swept = swept_setting(watched)
    if swept is None:
        return ""
    name, values = swept
    losses = np.array([_loss(each, "val") for each in watched])
    order = [i for i in np.argsort(values, kind="stable") if np.isfinite(losses[i])]
    if len(order) < 4:
        return ""
    title = _TITLES.get(name) or name.partition(".")[2].replace("_", " ")
    curve = losses[order]

    def at(i: int) -> str:
        return f"{readable(float(curve[i]))} at {title} {readable(float(values[order[i]]))}"

    peaks = [i for i in range(1, len(curve) - 1) if curve[i] > _CLEARLY * max(curve[:i].min(), curve[i + 1 :].min())]
    lowest = int(curve.argmin())
    if peaks:
        peak = max(peaks, key=lambda i: curve[i])
        first, second = int(curve[:peak].argmin()), peak + 1 + int(curve[peak + 1 :].argmin())
        return (
            f"Double descent: validation loss falls to {at(first)}, "
            f"rises to {at(peak)}, and falls again to {at(second)}."
        )
    if min(curve[0], curve[-1]) > _CLEARLY * curve[lowest]:
        return f"Validation loss is lowest, {at(lowest)}, and rises on both sides of it."
    return f"Validation loss goes from {at(0)} to {at(len(curve) - 1)}; it is lowest, {at(lowest)}."


def _loss(watched: Feed, part: str) -> float:
    """The newest loss of a part, or the best validation loss; NaN where there is none."""
    if part == "best":
        best = watched.run.best_val_loss
        return math.nan if best is None else float(best)
    values = column(watched, f"{part}_loss")
    return float(values[-1]) if len(values) else math.nan


def _stand_in(buffers: Buffers) -> dict[str, Any]:
    """What stands for all runs of the chart where a single one is asked for."""
    colors = {
        part: [on_background(color, dark) for dark in (False, True)]
        for part, color in (("train", TRAINING), ("val", VALIDATION))
    }
    empty = buffers.numbers(np.empty(0))
    return {
        "id": "sweep",
        "name": "",
        "title": "",
        "colors": colors,
        "status": "",
        "active": False,
        "diverged": False,
        "until": None,
        "best": None,
        "fork": None,
        "count": 0,
        "epoch": empty,
        "step": empty,
        "seconds": empty,
        "looks": {},
    }
