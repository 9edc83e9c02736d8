"""Any one number of several runs as one chart: what there is to choose from, and its lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from figures.frontend import Buffers
from figures.live.panels import LONG, PANELS, Panel, column, layer_table, panel_header
from figures.live.thin import shared_rows

if TYPE_CHECKING:
    from trainers.lab import Feed

Array = NDArray[np.float64]

_SERIES = (
    Panel(key="val_loss", text="Validation loss", title="validation loss", scale="auto"),
    Panel(key="train_loss", text="Training loss", title="training loss", scale="auto"),
    Panel(key="val_metric", text="Validation metric", title="validation metric", limits=(-1.0, None)),
    Panel(key="train_metric", text="Training metric", title="training metric", limits=(-1.0, None)),
    Panel(key="val_rmse", text="Validation RMSE", title="root mean squared error", limits=(0.0, None)),
    Panel(key="gap", text="Validation loss minus training loss", title="validation minus training loss", guide=0.0),
    Panel(key="batch_loss", text="Loss of the last mini-batch", title="loss of the last mini-batch", scale="auto"),
    Panel(key="lr", text="Learning rate", title="learning rate", scale="auto"),
    Panel(key="samples_per_second", text="Samples a second", title="samples a second", limits=(0.0, None)),
    Panel(key="seconds", text="Seconds", title="seconds", limits=(0.0, None)),
    Panel(key="grad_norm", text="Gradient norm", title="gradient norm", scale="log"),
    Panel(key="sharpness", text="Sharpness", title="sharpness", scale="auto"),
    Panel(key="stability", text="Rate times sharpness / 2", title="rate times sharpness / 2", scale="auto", guide=1.0),
    Panel(key="lowest_curvature", text="Lowest curvature", title="lowest curvature", guide=0.0),
    Panel(key="noise_scale", text="Gradient noise scale", title="gradient noise scale, samples", scale="log"),
    Panel(
        key="cosine",
        text="Cosine of successive gradients",
        title="cosine of successive gradients",
        guide=0.0,
        limits=(-1.0, 1.0),
    ),
)
_LAYERS = tuple(
    Panel(
        key=f"{panel.layers}.{end}",
        text=f"{panel.text.replace(' by layer', '')}, {end} layer",
        title=f"{panel.title}, {end} layer",
        layers=panel.layers,
        scale=panel.scale,
        band=panel.band,
        limits=panel.limits,
    )
    for panel in PANELS
    if panel.layers
    for end in ("first", "last")
)
NUMBERS: dict[str, Panel] = {panel.key: panel for panel in (*_SERIES, *_LAYERS)}


def numbers_of(watched: Sequence[Feed]) -> dict[str, str]:
    """Numbers that at least one of the runs has, by key, as menus name them."""
    return {
        key: panel.text
        for key, panel in NUMBERS.items()
        if any(np.isfinite(number_column(run, key)).any() for run in watched)
    }


def number_panel(number: str) -> Panel:
    """The declaration of a number. Raises ValueError for an unknown one."""
    if number not in NUMBERS:
        raise ValueError(f"number was given {number!r:.60}; allowed are {', '.join(NUMBERS)}")
    return NUMBERS[number]


def number_column(watched: Feed, number: str) -> Array:
    """One number of a run, ``(n,)``, NaN where it was not measured."""
    if number == "gap":
        with np.errstate(all="ignore"):
            return column(watched, "val_loss") - column(watched, "train_loss")
    panel = NUMBERS[number]
    if panel.layers is None:
        return column(watched, number)
    names, table = layer_table(watched, panel.layers)
    if not names:
        return np.full(len(watched.epochs), np.nan)
    return table[:, 0 if number.endswith(".first") else -1]


def number_lines(watched: Sequence[Feed], number: str, panel: Panel, buffers: Buffers) -> dict[str, Any]:
    """The panel with one line a run."""
    lines = []
    for i, run in enumerate(watched):
        values = number_column(run, number)
        if np.isnan(values).all():
            continue
        rows = shared_rows([values], 256) if len(values) > LONG else None
        lines.append(
            {
                "run": i,
                "part": "val",
                "name": run.run.role or run.run.name,
                "rows": None if rows is None else buffers.whole(rows),
                "y": buffers.numbers(values if rows is None else values[rows]),
            }
        )
    return panel_header(panel, lines)
