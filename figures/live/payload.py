"""The payload of the live curves: one bytes blob with everything that figures/frontend/live/ draws.

``figures/frontend/wire.py`` tells how the blob is laid out. The header holds

* ``runs``: what each is called, its colors, its clocks (epoch, step and seconds of each report), where it is best,
  where it was forked, how it stands, its looks into the epoch under way;
* ``panels``: the charts to choose from, with their lines; a line's ``rows`` are the reports its points belong to;
* ``finding``: the first verdict that is no mere symptom, with its span of epochs; ``baseline``: the loss of a constant;
* ``pictures``: what the network looks like, see ``figures/live/pictures.py``; ``note``: what an empty chart says.

The same state gives the same bytes, so that a page that runs again sends nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from figures.frontend import Buffers, blob, plain
from figures.live.numbers import number_lines, number_panel
from figures.live.panels import KNOTS, panel_headers
from figures.live.pictures import class_count, picture_header
from figures.theme import (
    BLACK,
    BLUE,
    GREEN,
    ORANGE,
    PURPLE,
    SKY,
    TRAINING,
    VALIDATION,
    VERMILLION,
    YELLOW,
    on_background,
)

if TYPE_CHECKING:
    from trainers.lab import Feed

MOST_RUNS = 8
HEIGHT = 420
RUN_COLORS = (BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY, BLACK, YELLOW)
ALONE = {"train": TRAINING, "val": VALIDATION}
_LOOKS = ("train_loss", "val_loss", "train_metric", "val_metric", "batch_loss")
_WAITING = "The first numbers come with the first report."


def live_payload(
    watched: Sequence[Feed],
    *,
    height: int = HEIGHT,
    picture: bool = True,
    panels: Sequence[str] | None = None,
    focus: str | None = None,
) -> bytes:
    """Runs on common charts.

    Args:
        watched: 1 to 8 runs.
        picture: whether what the network looks like is shown beside the chart.
        panels: keys of ``figures.live.panels.PANELS``; None for all that have something to show.
        focus: id of the run whose picture, looks and finding are shown; the first one by default.

    Raises:
        ValueError: no run, or more than eight.
    """
    runs = _checked(watched)
    chosen = next((run for run in runs if run.run.id == focus), runs[0])
    buffers = Buffers()
    metric = "accuracy" if any(class_count(run) for run in runs) else chosen.run.metric_name
    header = {
        "kind": "live",
        "x": "epoch",
        "runs": [_run_header(run, i, len(runs), buffers) for i, run in enumerate(runs)],
        "focus": runs.index(chosen),
        "panels": panel_headers(runs, buffers, panels, metric),
        "finding": _finding(chosen) if len(runs) == 1 or focus is not None else None,
        "baseline": plain(chosen.baseline_loss),
        "pictures": picture_header(chosen, buffers) if picture else None,
        "roomForPicture": picture and _has_picture(chosen),
        "note": _note(runs),
    }
    return blob(header, buffers, height)


def comparison_payload(
    watched: Sequence[Feed],
    number: str,
    *,
    x: Literal["epoch", "step", "seconds"] = "epoch",
    height: int = HEIGHT,
) -> bytes:
    """Any one number of the runs as one chart, one line a run. ``number``: a key of ``numbers_of``.

    Raises:
        ValueError: no run, more than eight, or an unknown number.
    """
    runs = _checked(watched)
    panel = number_panel(number)
    buffers = Buffers()
    header = {
        "kind": "comparison",
        "x": x,
        "runs": [_run_header(run, i, max(2, len(runs)), buffers) for i, run in enumerate(runs)],
        "focus": 0,
        "panels": [number_lines(runs, number, panel, buffers)],
        "finding": None,
        "baseline": None,
        "pictures": None,
        "roomForPicture": False,
        "note": _note(runs),
    }
    return blob(header, buffers, height)


def _checked(watched: Sequence[Feed]) -> list[Feed]:
    if not 1 <= len(watched) <= MOST_RUNS:
        raise ValueError(f"{len(watched)} runs were given; allowed are 1 to {MOST_RUNS} on one chart")
    return list(watched)


def run_colors(number: int, runs: int) -> Mapping[str, list[str]]:
    """Colors of a run's training and validation curve, each for light and dark."""
    if runs == 1:
        return {part: [on_background(color, dark) for dark in (False, True)] for part, color in ALONE.items()}
    pair = [on_background(RUN_COLORS[number], dark) for dark in (False, True)]
    return {"train": pair, "val": pair}


def _run_header(watched: Feed, number: int, runs: int, buffers: Buffers) -> dict[str, Any]:
    run = watched.run
    seconds = np.asarray(watched.series.get("seconds", np.full(len(watched.epochs), np.nan)), dtype=np.float64)
    steps = np.asarray(watched.series.get("step", np.full(len(watched.epochs), np.nan)), dtype=np.float64)
    return {
        "id": run.id,
        "name": run.role or run.name,
        "title": run.name,
        "colors": run_colors(number, runs),
        "status": run.status,
        "active": run.active,
        "diverged": run.status == "diverged",
        "until": _until(watched),
        "best": None if run.best_epoch is None else [float(run.best_epoch), plain(run.best_val_loss)],
        "fork": plain(run.parent_epoch) if run.parent is not None else None,
        "count": len(watched.epochs),
        "epoch": buffers.numbers(np.asarray(watched.epochs, dtype=np.float64)),
        "step": buffers.numbers(steps) if runs == 1 or len(steps) < 4 * KNOTS else buffers.clock(steps, KNOTS),
        "seconds": buffers.clock(seconds, KNOTS),
        "looks": _looks(watched),
    }


def _looks(watched: Feed) -> dict[str, list[float | None]]:
    """Looks into the epoch under way: few numbers, so they stand in the header."""
    epochs = watched.looks.get("epoch") if watched.looks else None
    if epochs is None or not len(epochs):
        return {}
    latest = slice(-200, None)
    return {
        name: [plain(float(f"{value:.7g}")) for value in np.asarray(watched.looks[name], dtype=np.float64)[latest]]
        for name in ("epoch", *_LOOKS)
        if name in watched.looks
    }


def _until(watched: Feed) -> float | None:
    """The epoch at which the budget ends; None where it is not known or the run has ended."""
    run = watched.run
    if not run.active or run.config is None:
        return None
    return plain(run.config["budget.epochs"])


def _has_picture(watched: Feed) -> bool:
    """Whether room is kept for a picture: it is there, or it is to come with the first report."""
    if watched.album:
        return True
    config = watched.run.config
    return config is not None and watched.run.active and config["watch.pictures"] and not len(watched.epochs)


def _finding(watched: Feed) -> dict[str, Any] | None:
    first = watched.run.verdict
    if first is None or first.kind == "not_enough_evidence":
        return None
    begin, end = (plain(edge) for edge in first.span)
    if begin is None or end is None:
        return None
    return {"kind": first.kind, "name": first.name, "from": begin, "to": end, "alarm": first.alarm}


def _note(runs: Sequence[Feed]) -> str:
    if any(len(run.epochs) or (run.looks and len(run.looks.get("epoch", ()))) for run in runs):
        return ""
    return runs[0].run.sentence or _WAITING
