"""A user's own table at a glance: its columns, its first rows as text, and what is done when nothing was chosen yet."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from trainers.data import Columns, Table, plain_number

HEAD_ROWS = 5
HEAD_COLUMNS = 12
_LONGEST = 40  # characters of a cell in the preview
_FEW = 20  # a column of more different numbers than this is taken for a quantity, not a class


@dataclass(frozen=True, kw_only=True)
class Overview:
    """names: all columns. head: the first cells of the first columns, as text. quantities: columns of many numbers.

    notes: sentences on what was guessed of the file.
    """

    names: tuple[str, ...]
    rows: int
    head: Mapping[str, tuple[str, ...]]
    quantities: frozenset[str]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Usable:
    """A table with its roles: shape of a row, number of classes and a sentence, or else what is wrong.

    left_out: rows with an empty cell that are left out, or would have to be.
    """

    shape: tuple[int, ...] | None = None
    classes: int | None = None
    sentence: str = ""
    problem: str = ""
    left_out: int = 0


def overview(columns: Columns) -> Overview:
    """What a page shows of a table without keeping all of it."""
    head = {
        name: tuple(
            cell if len(cell) <= _LONGEST else f"{cell[: _LONGEST - 1]}…" for cell in cells[:HEAD_ROWS].tolist()
        )
        for name, cells in list(zip(columns.names, columns.cells, strict=True))[:HEAD_COLUMNS]
    }
    quantities = frozenset(name for name in columns.names if _is_quantity(columns, name))
    return Overview(names=columns.names, rows=columns.rows, head=head, quantities=quantities, notes=columns.notes)


def _is_quantity(columns: Columns, name: str) -> bool:
    """Numbers that are many, or between whole ones: nobody numbers classes so."""
    different = set(columns.column(name))
    between = any(number is not None and number % 1 for number in map(plain_number, different))
    return (between or len(different) > _FEW) and columns.is_numeric(name)


def overview_sentence(table: Overview) -> str:
    """150 rows, 5 columns; the first 12 are shown."""
    size = f"{table.rows:,} row{'s' * (table.rows != 1)}, {len(table.names)} columns"
    return f"{size}; the first {HEAD_COLUMNS} are shown." if len(table.names) > HEAD_COLUMNS else f"{size}."


def usable(table: Table, rows: int) -> Usable:
    """What a model gets of a table with these roles, made of a file with so many rows."""
    inputs = table.inputs.shape[1]
    said = f"The model gets {inputs:,} input{'s' * (inputs != 1)}"
    said += f" and tells {len(table.classes)} classes apart." if table.classes else " and predicts a number."
    left_out = rows - len(table.targets)
    return Usable(shape=table.inputs.shape[1:], classes=len(table.classes) or None, sentence=said, left_out=left_out)


def usual_roles(table: Overview) -> dict[str, Any]:
    """Settings of a table that was just uploaded: the last column is the target, all others are features."""
    return {
        "data.target": "",
        "data.features": "",
        "data.task": usual_task(table, table.names[-1]),
        "data.drop_empty": False,
    }


def usual_task(table: Overview, target: str) -> str:
    """regression for a column of many different numbers, else classification."""
    return "regression" if target in table.quantities else "classification"


def chosen_features(text: str, names: Sequence[str]) -> list[str]:
    """The columns that ``data.features`` lists, as far as they are among ``names``; empty for all."""
    try:
        listed = json.loads(text) if text else []
    except (json.JSONDecodeError, RecursionError):
        return []
    if not isinstance(listed, list):
        return []
    return list(dict.fromkeys(name for name in listed if isinstance(name, str) and name in names))


def features_text(names: Sequence[str]) -> str:
    """The value of ``data.features`` for these columns; empty, which means all others, where none is chosen."""
    return json.dumps(list(names), ensure_ascii=False) if names else ""
