"""What can be taken away of live curves: one offline HTML file, all reports as CSV.

Still pictures are in ``figures/live/still.py``.

The CSV has one row a complete report: its run, epoch, every number that was measured, and one column a layer and
quantity (``dead_share[layer 1]``).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from exports.html import live_page
from exports.race_csv import safe_label

if TYPE_CHECKING:
    from trainers.lab import Watched


def live_html(payload: bytes, title: str) -> str:
    """One HTML document that shows the curves without a network. ``payload`` is from ``figures/live/payload.py``."""
    return live_page(payload, title)


def curves_csv(watched: Sequence[Watched]) -> str:
    """All complete reports of the runs, in full precision; empty cells stand for what was not measured."""
    columns = ["run", "epoch"]
    tables: list[dict[str, Any]] = []
    for run in watched:
        table: dict[str, Any] = {"epoch": run.epochs} | dict(run.series)
        if run.layers is not None:
            for quantity, values in run.layers.columns.items():
                table |= {
                    f"{quantity}[{safe_label(str(name))}]": values[:, j] for j, name in enumerate(run.layers.names)
                }
        table = {name: np.asarray(values, dtype=np.float64) for name, values in table.items()}
        known = {name: values for name, values in table.items() if not np.isnan(values).all() or not len(values)}
        columns += [name for name in known if name not in columns]
        tables.append(known)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    for run, table in zip(watched, tables, strict=True):
        name = safe_label(run.run.name)
        listed = [table[column].tolist() if column in table else None for column in columns[1:]]
        for i in range(len(run.epochs)):
            writer.writerow([name, *(_cell(values[i]) if values is not None else "" for values in listed)])
    return text.getvalue()


def _cell(value: float) -> str:
    if value != value:
        return ""
    return str(int(value)) if abs(value) < 2**53 and value == int(value) else repr(value)
