"""What can be taken away of live curves: one offline HTML file, all reports as CSV.

Still pictures are in ``figures/live/still.py``.

The CSV has one row a complete report: its run, epoch, every number that was measured, and one column a layer and
quantity (``dead_share[layer 1]``).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import repeat
from typing import TYPE_CHECKING, Any

import numpy as np

from exports.csv_text import csv_text
from exports.html import live_page

if TYPE_CHECKING:
    from trainers.lab import Feed


def live_html(payload: bytes, title: str) -> str:
    """One HTML document that shows the curves without a network. ``payload`` is from ``figures/live/payload.py``."""
    return live_page(payload, title)


def curves_csv(watched: Sequence[Feed]) -> str:
    """All complete reports of the runs, in full precision; empty cells stand for what was not measured."""
    columns = ["run", "epoch"]
    tables: list[dict[str, Any]] = []
    for run in watched:
        table: dict[str, Any] = {"epoch": run.epochs} | dict(run.series)
        if run.layers is not None:
            for quantity, values in run.layers.columns.items():
                table |= {f"{quantity}[{name}]": values[:, j] for j, name in enumerate(run.layers.names)}
        table = {name: np.asarray(values, dtype=np.float64) for name, values in table.items()}
        known = {name: values for name, values in table.items() if not np.isnan(values).all() or not len(values)}
        columns += [name for name in known if name not in columns]
        tables.append(known)
    rows: list[list[Any]] = [columns]
    for run, table in zip(watched, tables, strict=True):
        cells = [map(_cell, table[name].tolist()) if name in table else repeat(None) for name in columns[1:]]
        rows += ([run.run.name, *row] for row in zip(*cells, strict=False))
    return csv_text(rows)


def _cell(value: float) -> float | int | None:
    """A number as it is written: whole ones without a point, nothing for what was not measured."""
    if value != value:
        return None
    return int(value) if abs(value) < 2**53 and value == int(value) else value
