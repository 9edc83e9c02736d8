"""An evaluation trace, one row a node of the graph."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from exports.csv_text import csv_text


def trace_csv(rows: Sequence[Mapping[str, str]]) -> str:
    """The rows, whose keys are the columns, as CSV."""
    return csv_text([list(rows[0]), *(row.values() for row in rows)])
