"""The numbers of measured signals, by layer, as CSV."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from experiments.initialization import Signal
from exports.csv_text import csv_text


def signals_csv(signals: Sequence[Signal]) -> str:
    """Every measured number of every set-up, one row a layer; empty where nothing is measured yet."""
    tables = [(signal, signal.trace.table.reset_index()) for signal in signals if signal.trace is not None]
    if not tables:
        return ""
    names = list(dict.fromkeys(str(name) for _, table in tables for name in table.columns))
    rows: list[list[Any]] = [[*names, "setup", "name"]]
    for signal, table in tables:
        columns = [table[name].tolist() if name in table else [None] * len(table) for name in names]
        for row in zip(*columns, strict=True):
            rows.append([*(None if cell != cell else cell for cell in row), signal.slot, signal.label])
    return csv_text(rows)
