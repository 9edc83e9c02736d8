"""``parse_curves``: the curves of another tool, from CSV or JSON, as a ``History``.

Read are: a table with a header (comma, semicolon, tab or bar), Keras' history as JSON, a list of records as JSON, the
CSV of Lightning with its sparse rows, of Weights & Biases, and of TensorBoard with its one series a file. Rows of one
epoch become one: the mean of what was logged in it. Everything is untrusted: sizes are bounded, text stays text, and an
error names line and column.
"""

from __future__ import annotations

import csv
import io
import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from trainers.diagnosis import History
from trainers.imported.names import AXES, choose, words

MAX_BYTES = 2_000_000
MAX_ROWS = 100_000
MAX_COLUMNS = 1000
MAX_NAME = 300
_DELIMITERS = ",;\t|"
_MISSING = frozenset({"", "-", "na", "n/a", "null", "none"})
_COMMA_NUMBER = re.compile(r"[+-]?\d+,\d+([eE][+-]?\d+)?")
_TENSORBOARD = ["wall time", "step", "value"]
_SERIES = ("train_loss", "val_loss", "train_metric", "val_metric", "lr", "grad_norm")

Cell = float | None


class CurvesError(ValueError):
    """What is wrong with a file of curves, with the line (the header is line 1) and the column where there is one."""

    def __init__(self, message: str, line: int | None = None, column: str | None = None) -> None:
        where = [] if line is None else [f"line {line}"]
        where += [] if column is None else [f"column {column!r:.80}"]
        super().__init__(f"{', '.join(where)}: {message}" if where else message)
        self.line, self.column = line, column


@dataclass(frozen=True, kw_only=True)
class Curves:
    """A history and the names of the columns it was read from, by role."""

    history: History
    columns: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class _Table:
    names: list[str]
    rows: list[list[Any]]
    lines: list[int]
    comma: bool = False


def parse_curves(content: str | bytes, filename: str = "") -> History:
    """The history in one file. ``filename`` tells which series a TensorBoard file holds.

    Raises:
        CurvesError: it names line and column, and says what is allowed.
    """
    return read_curves([(content, filename)]).history


def parse_files(files: Sequence[tuple[str | bytes, str]]) -> History:
    """The history in several files ``(content, filename)`` of one series each, as TensorBoard exports them.

    Raises:
        CurvesError: as ``parse_curves``.
    """
    return read_curves(files).history


def read_curves(files: Sequence[tuple[str | bytes, str]]) -> Curves:
    """The history in one file or several, and which columns it was read from.

    Raises:
        CurvesError: as ``parse_curves``.
    """
    if not files:
        raise CurvesError("no file was given; allowed are CSV and JSON files")
    if len(files) > 20:
        raise CurvesError(f"{len(files)} files were given; allowed are 20")
    texts = [_text(content) for content, _ in files]
    tables = [_table(text) for text in texts]
    single = [_is_tensorboard(table) for table in tables]
    if all(single):
        return _from_series([(table, name) for table, (_, name) in zip(tables, files, strict=True)])
    if len(files) > 1:
        raise CurvesError("several files are read together only where each is one series of TensorBoard")
    return _from_table(tables[0])


def _text(content: str | bytes) -> str:
    size = len(content)
    if size > MAX_BYTES:
        raise CurvesError(f"the file has {size / 1e6:.1f} MB; allowed are {MAX_BYTES / 1e6:.0f} MB")
    if isinstance(content, bytes):
        encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
        try:
            content = content.decode(encoding)
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            raise CurvesError("this is not text in UTF-8", line) from None
    content = content.removeprefix("\ufeff")
    if "\x00" in content:
        raise CurvesError("this is not text: it has a zero byte", content.count("\n", 0, content.index("\x00")) + 1)
    if not content.strip():
        raise CurvesError("the file is empty; it needs a header and rows")
    return content


def _table(text: str) -> _Table:
    table = _from_json(text) if text.lstrip()[0] in "{[" else _from_csv(text)
    if len(table.names) > MAX_COLUMNS:
        raise CurvesError(f"there are {len(table.names):,} columns; allowed are {MAX_COLUMNS:,}", 1)
    if len(table.rows) > MAX_ROWS:
        raise CurvesError(f"there are {len(table.rows):,} rows; allowed are {MAX_ROWS:,}")
    if not table.rows:
        raise CurvesError("there is a header but no row")
    return table


def _from_csv(text: str) -> _Table:
    header = text.lstrip("\r\n").splitlines()[0]
    delimiter = max(_DELIMITERS, key=header.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True)
    names: list[str] = []
    rows: list[list[Any]] = []
    lines: list[int] = []
    before = 0
    try:
        for row in reader:
            line, before = before + 1, reader.line_num
            if not any(cell.strip() for cell in row):
                continue
            cells = [cell.strip() for cell in row]
            if not names:
                names = _headless(cells) if all(map(_is_number, cells)) else _header(cells)
                if not all(map(_is_number, cells)):
                    continue
            if len(cells) > len(names) and any(cells[len(names) :]):
                raise CurvesError(f"it has {len(cells)} cells; the header has {len(names)}", line)
            if len(rows) >= MAX_ROWS:
                raise CurvesError(f"there are more than {MAX_ROWS:,} rows; that many are allowed", line)
            rows.append(cells[: len(names)] + [""] * (len(names) - len(cells)))
            lines.append(line)
    except csv.Error as error:
        raise CurvesError(f"this cannot be read as a table: {error}", before + 1) from None
    return _Table(names=names, rows=rows, lines=lines, comma=delimiter != ",")


def _header(cells: list[str]) -> list[str]:
    for position, name in enumerate(cells):
        if len(name) > MAX_NAME:
            raise CurvesError(f"the name of column {position + 1} has more than {MAX_NAME} characters", 1)
    return cells


def _headless(cells: list[str]) -> list[str]:
    """Without a header: train, val; or epoch, train, val and two metrics."""
    usual = ["epoch", "train_loss", "val_loss", "train_metric", "val_metric"]
    if len(cells) > len(usual):
        raise CurvesError(f"there is no header, and {len(cells)} columns; allowed without one are {len(usual)}", 1)
    return usual[1 : len(cells) + 1] if len(cells) < 3 else usual[: len(cells)]


def _from_json(text: str) -> _Table:
    try:
        read = json.loads(text)
    except json.JSONDecodeError as error:
        lines = [line for line in text.splitlines() if line.strip()]
        if len(lines) > 1 and all(line.lstrip().startswith("{") for line in lines[:2]):
            return _from_json_lines(text)
        raise CurvesError(f"this is not JSON: {error.msg}", error.lineno) from None
    except (RecursionError, ValueError):
        raise CurvesError("this JSON is nested too deeply, or has a number that is too long") from None
    for wrapper in ("history", "log_history"):
        if isinstance(read, dict) and isinstance(read.get(wrapper), dict | list):
            read = read[wrapper]
    if isinstance(read, list):
        return _records(read, None)
    columns = {str(name): _listed(values) for name, values in read.items() if isinstance(values, list | dict)}
    if not columns:
        raise CurvesError(
            'there is no list in this JSON; allowed is {"loss": [..], "val_loss": [..]} or a list of rows'
        )
    length = max(map(len, columns.values()))
    if length > MAX_ROWS:
        raise CurvesError(f"there are {length:,} rows; allowed are {MAX_ROWS:,}")
    padded = [values + [None] * (length - len(values)) for values in columns.values()]
    rows = [list(row) for row in zip(*padded, strict=True)]
    return _Table(names=_header(list(columns)), rows=rows, lines=[i + 1 for i in range(length)])


def _from_json_lines(text: str) -> _Table:
    rows, lines = [], []
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            try:
                rows.append(json.loads(line))
            except (json.JSONDecodeError, RecursionError, ValueError):
                raise CurvesError("this is not JSON", number) from None
            lines.append(number)
    return _records(rows, lines)


def _records(rows: list[Any], lines: list[int] | None) -> _Table:
    lines = [i + 1 for i in range(len(rows))] if lines is None else lines
    names: dict[str, None] = {}
    for row, line in zip(rows, lines, strict=True):
        if not isinstance(row, dict):
            if all(isinstance(value, int | float | None) for value in rows):
                return _Table(names=["train_loss"], rows=[[value] for value in rows], lines=lines)
            raise CurvesError(f"row {line} was given {row!r:.40}; allowed are objects with numbers by name", line)
        names |= {str(name): None for name in row if len(names) <= MAX_COLUMNS}
    return _Table(names=_header(list(names)), rows=[[row.get(name) for name in names] for row in rows], lines=lines)


def _listed(values: Any) -> list[Any]:
    """A list, or the values of an object that numbers its rows."""
    return list(values.values()) if isinstance(values, dict) else values


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _number(cell: Any, comma: bool, line: int, column: str) -> Cell:
    """A number, or None where nothing was logged. ``nan`` and ``inf`` are numbers that broke."""
    if cell is None or (isinstance(cell, str) and cell.lower() in _MISSING):
        return None
    if isinstance(cell, str):
        text = cell.replace(",", ".") if comma and _COMMA_NUMBER.fullmatch(cell) else cell
        if _is_number(text):
            return float(text)
    elif isinstance(cell, int | float) and not isinstance(cell, bool):
        try:
            return float(cell)
        except OverflowError:
            return math.inf
    raise CurvesError(f"it was given {cell!r:.60}; allowed is a number, or nothing", line, column)


def _from_table(table: _Table) -> Curves:
    chosen, runs = choose(table.names)
    if len(runs) > 1:
        named = ", ".join(repr(run)[:40] for run in runs[:5])
        raise CurvesError(f"there are {len(runs)} runs ({named}); leave the columns of one", 1)
    if "train_loss" not in chosen:
        seen = ", ".join(repr(name)[:40] for name in table.names[:8])
        raise CurvesError(
            f"there is no training loss among the columns {seen}; name one loss or train_loss, and another val_loss", 1
        )
    columns = {role: table.names[number] for role, number in chosen.items()}
    axis = next((role for role in AXES if role in chosen), None)
    read = {
        role: [
            _number(row[number], table.comma, line, table.names[number])
            for row, line in zip(table.rows, table.lines, strict=True)
        ]
        for role, number in chosen.items()
    }
    places = _places(read, axis, table, columns)
    return Curves(history=_history(read, places), columns=columns)


def _places(
    read: Mapping[str, list[Cell]], axis: str | None, table: _Table, columns: Mapping[str, str]
) -> list[float | None]:
    """The epoch of each row. Rows without one belong to the next that has one, as in a log that writes it last."""
    if axis is None:
        return [float(i + 1) for i in range(len(table.rows))]
    places = read[axis]
    for place, line in zip(places, table.lines, strict=True):
        if place is not None and not abs(place) < 1e15:
            raise CurvesError(f"it was given {place}; allowed are finite numbers", line, columns[axis])
    if all(place is None for place in places):
        return [float(i + 1) for i in range(len(table.rows))]
    # Epochs that never move say nothing of the order; then the steps, or the rows, do.
    if len(set(places)) == 1 and len(places) > 1:
        if axis == "epoch" and "step" in read:
            return _places(read, "step", table, columns)
        return [float(i + 1) for i in range(len(table.rows))]
    return places


def _history(read: Mapping[str, list[Cell]], places: list[float | None]) -> History:
    """Rows of one place together: the mean of what was logged there."""
    order = sorted({place for place in places if place is not None})
    position = {place: number for number, place in enumerate(order)}
    series: dict[str, list[Cell]] = {}
    for role in _SERIES:
        if role not in read:
            continue
        sums, counts = [0.0] * len(order), [0] * len(order)
        for place, value in zip(places, read[role], strict=True):
            if place is not None and value is not None:
                sums[position[place]] += value
                counts[position[place]] += 1
        series[role] = [total / count if count else None for total, count in zip(sums, counts, strict=True)]
    losses = [series[role] for role in ("train_loss", "val_loss") if role in series]
    kept = [i for i in range(len(order)) if any(loss[i] is not None for loss in losses)]
    if not kept or all(value is None for value in series["train_loss"]):
        raise CurvesError("the column of the training loss has no number")
    rows: dict[str, Any] = {role: [values[i] for i in kept] for role, values in series.items()}
    return History(**rows, epochs=[order[i] for i in kept])


def _is_tensorboard(table: _Table) -> bool:
    return [name.lower() for name in table.names] == _TENSORBOARD


def _from_series(files: Sequence[tuple[_Table, str]]) -> Curves:
    """TensorBoard: one series a file. The file's name tells which; where it does not, training comes first."""
    read: dict[str, list[Cell]] = {}
    places: list[float | None] = []
    columns: dict[str, str] = {}
    for table, filename in files:
        role = _role_of_file(filename)
        if role is None or role in columns:
            role = next((other for other in ("train_loss", "val_loss") if other not in columns), None)
        if role is None:
            raise CurvesError(
                f"the file {filename!r:.80} is a third loss; allowed are one of training and one of validation"
            )
        columns[role] = filename
        cells = zip(table.rows, table.lines, strict=True)
        found = [(_number(r[1], False, n, "Step"), _number(r[2], False, n, "Value")) for r, n in cells]
        for other in read.values():
            other += [None] * len(found)
        read[role] = [None] * len(places) + [value for _, value in found]
        places += [step for step, _ in found]
    if "train_loss" not in columns:
        raise CurvesError("no file is the training loss; add that of the training run")
    return Curves(history=_history(read, places), columns=columns)


def _role_of_file(filename: str) -> str | None:
    found = set(words(filename))
    val = bool(found & {"val", "valid", "validation", "eval", "test"})
    train = bool(found & {"train", "training"})
    if found & {"acc", "accuracy"}:
        return "val_metric" if val else "train_metric"
    if val:
        return "val_loss"
    return "train_loss" if train else None
