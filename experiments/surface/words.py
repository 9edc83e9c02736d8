"""What loss surfaces say, in sentences and a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from numerals import readable
from trainers.surfaces import Surface

_WAYS = {"line": "The straight line", "curve": "The trained curve", "matched": "The line after matching units"}


def roughness(surface: Surface, name: str = "train_loss") -> float | None:
    """The mean size of second differences of the logarithm along both axes; None of a line or without such values."""
    grid = surface.values.get(name)
    if surface.line or grid is None or min(grid.shape) < 3:
        return None
    with np.errstate(divide="ignore", invalid="ignore"):
        heights = np.log(np.where(grid > 0, grid, np.nan))
    bends = np.concatenate([np.abs(np.diff(heights, 2, axis=axis)).ravel() for axis in (0, 1)])
    bends = bends[np.isfinite(bends)]
    return float(bends.mean()) if len(bends) else None


def sentences(surface: Surface) -> list[str]:
    """What the picture says beside its heights."""
    told = []
    for joint in surface.joints:
        barrier = joint.barrier()
        low = barrier < 0.01 * max(1e-9, *(abs(loss) for loss in joint.train_loss))
        text = "meets no barrier" if low else f"climbs **{readable(barrier)}** above its ends"
        told.append(f"{_WAYS[joint.kind]} {text} in the training loss.")
    told += surface.notes
    if surface.explained:
        first, second = (f"{100 * share:.0f} %" for share in surface.explained[:2])
        told.append(f"The axes hold {first} and {second} of the path's variance.")
    return told


def measured_sentence(surface: Surface, *, random: bool = True) -> str:
    """What is measured, and how: how many weights and rows, directions, and what batch norm does.

    random: whether the plane has random directions, and not those of a path or of other runs.
    """
    train, val = surface.rows
    told = f"{surface.parameters:,} weights; {train:,} training and {val:,} validation rows, in eval mode."
    if random:
        told += " Random directions have filters as long as the run's; biases and normalizations stay (Li et al. 2018)."
    if not surface.batch_norm:
        return told
    if any(mark.kind == "control" for mark in surface.marks):
        return f"{told} Statistics of batch norm are measured anew at every point (Garipov et al. 2018)."
    several = sum(mark.kind == "run" for mark in surface.marks) > 1
    mixed = "mixed as the weights are" if several else "those of the run, everywhere"
    return f"{told} Running statistics of batch norm are {mixed}, as in the authors' code."


def sharpness_sentence(surfaces: Sequence[Surface]) -> str:
    """How the numbers of the table are found, and which is missing."""
    told = (
        "Eigenvalues of the Hessian of the training loss by Lanczos iteration; its trace by Hutchinson, with its "
        "standard error; SAM's rise at a distance of 0.05 along the gradient. Roughness: the mean bend of the "
        "logarithm from point to point."
    )
    missing = any(sharp.lowest is None for surface in surfaces for sharp in surface.sharpness)
    return f"{told} Where the smallest eigenvalue is missing, the iteration has not settled." if missing else told


def sharpness_columns(named: Sequence[tuple[str, Surface]]) -> dict[str, list[Any]]:
    """The sharpness of every run as the columns of a table; empty where none is measured yet."""
    rows: list[tuple[Any, ...]] = []
    for name, surface in named:
        labels = [mark.label for mark in surface.marks if mark.kind == "run"] or [name]
        for label, sharp in zip(labels, surface.sharpness, strict=False):
            largest = sharp.eigenvalues[0] if sharp.eigenvalues else None
            others = ", ".join(readable(value) for value in sharp.eigenvalues[1:]) or None
            trace = f"{readable(sharp.trace)} ± {readable(sharp.trace_error)}"
            bends = roughness(surface) if len(surface.sharpness) == 1 else None
            rows.append((label or name or "run", sharp.loss, largest, others, sharp.lowest, trace, sharp.sam, bends))
    eigenvalues = ("largest eigenvalue", "the next ones", "smallest eigenvalue")
    heads = ("run", "loss", *eigenvalues, "trace", "SAM's rise", "roughness")
    return {head: [row[k] for row in rows] for k, head in enumerate(heads)} if rows else {}
