"""``Log``: what a file of another tool holds, by column, before anybody says what is what; and what is wrong with one.

A cell where nothing was logged takes no room, so a file is never blown up: its cells are at most its bytes. Rows,
columns and names are counted while they come and refused at their bounds.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from trainers.data import plain_number
from trainers.report import Internals

MAX_BYTES = 2_000_000  # of all files together
MAX_ROWS = 100_000
MAX_COLUMNS = 1000
MAX_NAME = 300
_MOST_KNOWN, _LONGEST_KNOWN = 20_000, 20  # cells that are read once where they stand again
_MISSING = frozenset({"", "-", "na", "n/a", "null", "none"})
_COMMA = re.compile(r"[+-]?\d+,\d+(?:[eE][+-]?\d+)?")
# Numbers in the words of NumPy and PyTorch.
_WRAPPED = re.compile(r"(?:np\.|numpy\.)?(?:float\d*|int\d*|array|tensor)\((.*?)(?:,.*)?\)")


class CurvesError(ValueError):
    """What is wrong with a file of curves.

    line, column: where, if it has a place (the first line is 1). form: what the file was taken for.
    """

    def __init__(self, message: str, line: int | None = None, column: str | None = None, form: str = "") -> None:
        where = [] if line is None else [f"line {line}"]
        where += [] if column is None else [f"column {column!r:.80}"]
        told = f"{', '.join(where)}: {message}" if where else message
        super().__init__(f"read as {form}, {told}" if form else told)
        self.message, self.line, self.column, self.form = message, line, column, form


@dataclass
class Column:
    """The cells of a column in which something was logged: their rows, and a number or what stands instead of one."""

    rows: list[int] = field(default_factory=list)
    values: list[Any] = field(default_factory=list)
    numbers: int = 0


@dataclass
class Log:
    """A file that is being read. form: what it was taken for, in words.

    lines: the line of each row. breaks: rows before which the header stood again. derived: columns that were made from
    others, and their role. series: it is one series a column, each named by its file. inside: what was measured in the
    network, by epoch.
    """

    form: str
    names: list[str] = field(default_factory=list)
    columns: list[Column] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    breaks: list[int] = field(default_factory=list)
    derived: dict[int, str] = field(default_factory=dict)
    series: bool = False
    inside: dict[float, Internals] = field(default_factory=dict)
    _places: dict[str, int] = field(default_factory=dict)
    _known: dict[str, Any] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        return len(self.lines)

    def row(self, line: int) -> int:
        """The number of a new row."""
        if len(self.lines) >= MAX_ROWS:
            raise self.error(f"there are more than {MAX_ROWS:,} rows; that many are allowed", line)
        self.lines.append(line)
        return len(self.lines) - 1

    def column(self, name: str, line: int | None = 1) -> int:
        """The number of the column of this name, which is made if need be."""
        number = self._places.get(name)
        if number is not None:
            return number
        if len(self.names) >= MAX_COLUMNS:
            raise self.error(f"there are more than {MAX_COLUMNS:,} columns; that many are allowed", line)
        if len(name) > MAX_NAME:
            raise self.error(f"the name of column {len(self.names) + 1} has more than {MAX_NAME} characters", line)
        self._places[name] = len(self.names)
        self.names.append(name)
        self.columns.append(Column())
        return len(self.names) - 1

    def put_row(self, row: int, columns: Sequence[int], cells: Sequence[str], *, comma: bool = False) -> None:
        """Log the cells of a row of text; ``put`` for each, but without its cost. comma: ``0,5`` is a half."""
        known = self._known
        for column, cell in zip(columns, cells, strict=False):
            value = known.get(cell, known)
            if value is known:
                value = _cell(cell, comma)
                if len(known) < _MOST_KNOWN and len(cell) < _LONGEST_KNOWN:
                    known[cell] = value
            if value is not None:
                held = self.columns[column]
                held.rows.append(row)
                held.values.append(value)
                if type(value) is float:
                    held.numbers += 1

    def put(self, row: int, column: int, value: Any) -> None:
        """Log a value; nothing where it says that there is none."""
        if isinstance(value, str):
            value = _cell(value, comma=False)
        elif isinstance(value, int) and not isinstance(value, bool):
            try:
                value = float(value)
            except OverflowError:
                value = math.inf
        if value is None:
            return
        held = self.columns[column]
        held.rows.append(row)
        held.values.append(value)
        held.numbers += isinstance(value, float)

    def error(self, message: str, line: int | None = None, column: str | None = None) -> CurvesError:
        return CurvesError(message, line, column, self.form)


def _cell(text: str, comma: bool) -> float | str | None:
    """A number, None where nothing was logged, else the text. ``nan`` and ``inf`` are numbers that broke."""
    number = plain_number(text)
    if number is not None:
        return number
    bare = text.strip()
    if len(bare) < 5 and bare.lower() in _MISSING:
        return None
    if comma and _COMMA.fullmatch(bare):
        return float(bare.replace(",", "."))
    if bare.endswith("%") and (share := plain_number(bare[:-1].strip())) is not None:
        return share / 100
    if bare.endswith(")") and len(bare) < 200 and (wrapped := _WRAPPED.fullmatch(bare)):
        number = plain_number(wrapped[1].strip("[] "))
    return text if number is None else number
