"""A user's own table as the rows of a neuron: numbers as features, and a target of two classes or a number.

The file is kept by the SHA-256 of its bytes (trainers/data), which the link names; columns and cells were bounded when
it was read. Here every feature is a column of numbers without a gap, and at most ``MOST_ROWS`` rows are taken, evenly
from the whole file, since the browser goes over all of them in every step.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from landscapes import Landscape
from landscapes.neurons import KINDS, NEURON, facts_of, rows_for
from landscapes.rows import MOST_ROWS
from settings import whole
from trainers.data import Columns, DataUnavailable, is_missing, plain_number, uploaded_columns

Array = NDArray[np.float64]

MOST_OWN_FEATURES = 20
_LONGEST = 24  # characters of a name in a picture
_TOO_LARGE = 1e9


class OwnTableError(ValueError):
    """What of a table a neuron cannot use; the message is a sentence for the user."""


@dataclass(frozen=True, kw_only=True)
class OwnTable:
    """inputs ``(n, features)``, target ``(n,)``: 0 and 1 of two classes, else a number of mean 0 and variance 1.

    columns: all that may be the target. rows: of the file. classes: None for a number.
    """

    inputs: Array = field(repr=False)
    target: Array = field(repr=False)
    names: tuple[str, ...]
    target_name: str
    classes: tuple[str, str] | None
    columns: tuple[str, ...]
    rows: int

    @property
    def sentence(self) -> str:
        """Its size, and which of its rows are used."""
        used = len(self.target)
        size = f"{self.rows:,} row{'s' * (self.rows != 1)}, {len(self.names)} feature{'s' * (len(self.names) != 1)}"
        return f"{size}; {used:,} rows, evenly spaced, are used." if used < self.rows else f"{size}."


@lru_cache(maxsize=8)
def own_table(file: str, target: str) -> OwnTable:
    """The table of an upload. target: a column, empty for the last.

    Raises:
        OwnTableError: there is no such file here, or it has nothing for a neuron to learn.
    """
    try:
        columns = uploaded_columns(file)
    except DataUnavailable as error:
        raise OwnTableError(str(error)) from None
    target = target or columns.names[-1]
    if target not in columns.names:
        raise OwnTableError(f"There is no column {_short(target)!r}; the table has {_listed(columns.names)}.")
    answer, classes = _target(columns, target)
    numbers = {name: _numbers(columns, name) for name in columns.names if name != target}
    features = {name: column for name, column in numbers.items() if column is not None}
    if not features:
        raise OwnTableError(f"No column beside {_short(target)!r} holds numbers in every row; a neuron needs one.")
    features = dict(list(features.items())[:MOST_OWN_FEATURES])
    inputs = np.column_stack(list(features.values()))
    used = np.unique(np.linspace(0, columns.rows - 1, min(columns.rows, MOST_ROWS)).astype(np.intp))
    inputs, answer = inputs[used], answer[used]
    if len(np.unique(answer)) < 2:
        raise OwnTableError(f"{_short(target)!r} is the same in every row; there is nothing to learn.")
    if classes is None:
        answer = (answer - answer.mean()) / answer.std()
    return OwnTable(
        inputs=inputs,
        target=answer,
        names=tuple(map(_short, features)),
        target_name=_short(target) + (", scaled" if classes is None else ""),
        classes=classes,
        columns=columns.names,
        rows=columns.rows,
    )


def _target(columns: Columns, name: str) -> tuple[Array, tuple[str, str] | None]:
    """Two different cells are two classes, in their order; else all must be numbers."""
    cells = columns.column(name)
    missing = next((line for line, cell in zip(columns.lines, cells, strict=True) if is_missing(cell)), None)
    if missing is not None:
        raise OwnTableError(f"{_short(name)!r} has no value in line {missing}; a target must have one in every row.")
    numbers = _numbers(columns, name)
    different = sorted(set(cells), key=lambda cell: (plain_number(cell) or 0.0, cell))
    if len(different) == 2:
        return np.array([float(cell == different[1]) for cell in cells]), (_short(different[0]), _short(different[1]))
    if numbers is None:
        raise OwnTableError(f"{_short(name)!r} holds {len(different)} different words; one neuron tells two apart.")
    return numbers, None


def _numbers(columns: Columns, name: str) -> Array | None:
    """The cells as numbers; None where one is none, or too large to be drawn."""
    numbers = [plain_number(cell) for cell in columns.column(name)]
    if not all(number is not None and abs(number) <= _TOO_LARGE for number in numbers):
        return None
    return np.array(numbers, dtype=np.float64)


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(map(_short, names[:8])) + (", …" if len(names) > 8 else "")


@lru_cache(maxsize=8)
def own_landscape(file: str, target: str) -> Landscape:
    """The neuron's landscape over an upload. Raises OwnTableError as ``own_table`` does."""
    table = own_table(file, target)
    count = len(table.names)
    own = {
        "first": whole("first", 1, 1, max(count, 2), "The first feature, in the order of the table."),
        "second": whole("second", min(2, count) if count > 1 else 0, 0, count, "The second feature; 0 for none."),
    }
    hyperparameters = tuple(own.get(each.name, each) for each in NEURON.hyperparameters if each.name != "data")
    digest = hashlib.sha256(f"{file} {target}".encode(), usedforsecurity=False).hexdigest()
    return replace(
        NEURON,
        key=f"neuron_{digest[:12]}",  # what is known of one table must not be taken for another's
        name="One neuron on your rows",
        facts=partial(_facts, table),
        hyperparameters=hyperparameters,
        parameters={},
    )


def _facts(table: OwnTable, kind: str, first: int, second: int, scaled: bool, offset: Any) -> Any:
    return facts_of(_rows(table, kind, first, second, scaled), KINDS[kind], offset)


def _rows(table: OwnTable, kind: str, first: int, second: int, scaled: bool) -> Any:
    classes = table.classes is not None
    return rows_for(table.inputs, table.target, table.names, KINDS[kind], first, second, scaled, classes=classes)
