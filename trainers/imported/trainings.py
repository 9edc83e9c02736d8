"""Which rows are of one training: a log that another was appended to is two, and one that was resumed is one.

The epoch tells: where it falls back to where it began, another training begins; where it falls back to a later one,
training was resumed, and what came after that epoch before is replaced. A column that names runs tells, too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from trainers.imported.log import CurvesError, Log
from trainers.log_names import words

_RUN_COLUMNS = {"run", "seed", "trial", "experiment", "replicate", "version", "fold", "config"}
_MOST = 200  # trainings of one file

Rows = NDArray[np.int64]
Places = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Training:
    """Rows of a log, in their order, and what tells them from others."""

    label: str
    rows: Rows


def trainings_of(log: Log, places: Places, marks: Sequence[Rows]) -> tuple[list[Training], dict[str, str]]:
    """The trainings in a log, and by their labels a sentence where one was resumed.

    Args:
        places: the epoch (or step) of each row, all NaN where nothing tells.
        marks: rows in which each loss was logged, the training loss first.

    Raises:
        CurvesError: each row is a run of its own, or there are too many.
    """
    groups = _groups(log, places)
    if groups:
        return [Training(label=label, rows=np.array(rows)) for label, rows in groups.items()], {}
    starts = _starts(log, places, marks)
    if len(starts) >= _MOST:
        raise log.error(
            f"the epoch falls back {len(starts):,} times; sort the rows by epoch, or leave those of one training"
        )
    edges = [0, *starts, log.rows]
    made, resumed = [], {}
    for number, (begin, end) in enumerate(pairwise(edges), 1):
        label = f"{number}: lines {log.lines[begin]:,} to {log.lines[end - 1]:,}" if starts else ""
        rows = _resumed(log, places, np.arange(begin, end))
        if len(rows) < end - begin:
            resumed[label] = (
                f"Training was resumed; {end - begin - len(rows):,} rows were trained again and count once."
            )
        made.append(Training(label=label, rows=rows))
    return made, resumed


def _groups(log: Log, places: Places) -> Mapping[str, list[int]]:
    """Rows by the run that a column names; empty where no column names more than one."""
    for number, name in enumerate(log.names):
        parts = words(name)
        if not set(parts) & _RUN_COLUMNS or len(parts) > 2 or log.columns[number].rows != list(range(log.rows)):
            continue
        groups: dict[str, list[int]] = {}
        for row, value in enumerate(log.columns[number].values):
            label = f"{value:g}" if isinstance(value, float) else str(value)
            groups.setdefault(f"{name} {label}"[:80], []).append(row)
        if len(groups) == 1:
            continue
        if len(groups) == log.rows and not _rises(places):
            raise _one_row_a_run(log, name)
        if len(groups) < min(_MOST, log.rows):
            return groups
    return {}


def refuse_one_row_a_run(log: Log) -> None:
    """A table of results has no epochs, and words that differ in each row.

    Raises:
        CurvesError: it is one.
    """
    for name, column in zip(log.names, log.columns, strict=True):
        cells = [value for value in column.values if isinstance(value, str)]
        if len(cells) == log.rows > 1 and len(set(cells)) == log.rows and not any(cell[:1].isdigit() for cell in cells):
            raise _one_row_a_run(log, name)


def _one_row_a_run(log: Log, name: str) -> CurvesError:
    return log.error(f"each row is a run of its own (by {name!r:.60}); a curve has a row an epoch, of one run", None)


def _rises(places: Places) -> bool:
    return len(places) > 1 and bool((np.diff(places) > 0).all())


def _starts(log: Log, places: Places, marks: Sequence[Rows]) -> list[int]:
    """Rows with which another training begins."""
    if np.isnan(places).all():
        return [row for row in log.breaks if 0 < row < log.rows]
    for rows in marks:
        here = places[rows]
        falls = np.flatnonzero(np.diff(here) < 0)
        if not len(falls):
            continue
        if len(rows) > 2 and 2 * len(falls) > len(rows) - 1:
            return []  # the newest first, or in no order: they are sorted
        starts, first = [], here[0]
        for fall in falls.tolist():
            if here[fall + 1] <= max(first, 1):
                between = np.arange(rows[fall] + 1, rows[fall + 1] + 1)
                starts.append(int(between[places[between] < here[fall]][0]))
                first = here[fall + 1]
        return starts
    return []


def _resumed(log: Log, places: Places, rows: Rows) -> Rows:
    """The rows that count: what was trained again after a fall of the epoch takes the place of what was there."""
    heads = rows[1:][np.diff(places[rows]) < 0]
    if not len(heads) or 3 * len(heads) > len(rows) or not _whole(log, set(heads.tolist())):
        return rows
    # A row counts where no later one, from a fall on, stands at or before its place.
    fallen = np.full(len(rows), np.inf)
    fallen[heads - rows[0]] = places[heads]
    later = np.append(np.minimum.accumulate(fallen[::-1])[::-1][1:], np.inf)
    return rows[places[rows] < later]


def _whole(log: Log, heads: set[int]) -> bool:
    """Whether what follows each fall logs the same columns as what stood before, so that it may take its place."""
    filled: dict[int, set[int]] = {}
    near = {row + k for row in heads for k in (-1, 0)}
    for number, column in enumerate(log.columns):
        for row in column.rows:
            if row in near:
                filled.setdefault(row, set()).add(number)
    return all(filled.get(row, set()) >= filled.get(row - 1, set()) for row in heads)
