"""Long tables: the side of a number (``phase``, ``mode``, ``split``) or its name (``metric``, ``value``) in a cell.

They become columns, so that a row of training and one of validation are never one series.
"""

from __future__ import annotations

from trainers.imported.log import Log
from trainers.log_names import meaning_of, words

_SIDE_COLUMNS = {"phase", "mode", "split", "subset", "stage", "set", "partition", "dataset", "part", "fold", "type"}
_NAME_COLUMNS = {"metric", "tag", "key", "name", "series", "variable", "measure", "quantity"}
_VALUE_COLUMNS = {"value", "values", "val", "v", "y"}
_AXES = ("epoch", "step")


def side_of(text: str) -> str:
    """train, val, test or empty, for a cell that names a part of the data."""
    parts = words(text)
    meaning = meaning_of(f"{text} loss") if len(parts) <= 2 else None
    if meaning is None or meaning.part:
        return ""
    return "test" if set(parts) & {"test", "testing", "tst"} else meaning.side


def pivoted(log: Log) -> Log:
    """The log with a column for each side and name; itself where it is no long table."""
    sides = _labels(log, _SIDE_COLUMNS, of_sides=True)
    names = _labels(log, _NAME_COLUMNS, of_sides=False)
    value = next(
        (n for n, name in enumerate(log.names) if name.strip().lower() in _VALUE_COLUMNS and log.columns[n].numbers),
        None,
    )
    if value is None:
        names = None
    if sides is None and names is None:
        return log
    made = Log(form=log.form, lines=log.lines, notes=log.notes, breaks=log.breaks, series=log.series)
    used = {column for column in (sides and sides[0], names and names[0]) if column is not None}
    for number, name in enumerate(log.names):
        if number in used or (names is not None and number != value and not _is_axis(name)):
            continue
        meaning = meaning_of(name)
        alone = _is_axis(name) or (meaning is not None and meaning.kind in ("lr", "grad_norm"))
        column = log.columns[number]
        for row, cell in zip(column.rows, column.values, strict=True):
            label = name
            if names is not None and number == value:
                label = names[1].get(row, name)
            if sides is not None and not alone and (side := side_of(sides[1].get(row, ""))):
                label = f"{side}/{label}"
            made.put(row, made.column(label), cell)
    for found in (sides, names):
        if found is not None:
            made.notes.append(f"The rows were put side by side by their {log.names[found[0]]}.")
    return made


def _is_axis(name: str) -> bool:
    meaning = meaning_of(name)
    return meaning is not None and meaning.kind in _AXES


def _labels(log: Log, known: set[str], *, of_sides: bool) -> tuple[int, dict[int, str]] | None:
    """A column of labels and the label of each row; None where there is none."""
    for number, name in enumerate(log.names):
        if not set(words(name)) & known or len(words(name)) > 2:
            continue
        column = log.columns[number]
        labels = {row: cell for row, cell in zip(column.rows, column.values, strict=True) if isinstance(cell, str)}
        if not labels or 2 * len(labels) < log.rows:
            continue
        different = set(labels.values())
        if len(different) > 200:
            continue
        if of_sides and not all(map(side_of, different)):
            continue
        return number, labels
    return None
