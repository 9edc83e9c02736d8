"""A user's own table: a CSV file with a header, one row a sample, kept by the SHA-256 of its bytes.

Everything in it is untrusted: its size, its numbers of rows and columns and the length of each cell are bounded, it is
read as text and never evaluated, and an error names the line. A column of words becomes one column for each word.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import math
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainers.data import uploads
from trainers.data.table import DataUnavailable, Table

MAX_BYTES = 20_000_000
MAX_ROWS = 200_000
MAX_COLUMNS = 500
MAX_CELL = 1000
MAX_WORDS = 50
MAX_CLASSES = 100
MAX_NUMBERS = 20_000_000
_DELIMITERS = ",;\t|"
_DECIMAL_COMMA = re.compile(r"[+-]?[0-9]+,[0-9]+")


class CsvError(ValueError):
    """What is wrong with a table, with the line where there is one (the header is line 1)."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message if line is None else f"line {line}: {message}")
        self.line = line


@dataclass(frozen=True, kw_only=True)
class Columns:
    """A table as text: names, and for each column its cells. lines: the line of the file each row began on."""

    names: tuple[str, ...]
    cells: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]

    @property
    def rows(self) -> int:
        return len(self.lines)

    def is_numeric(self, name: str) -> bool:
        """Whether every cell of the column is a finite number."""
        try:
            return all(math.isfinite(float(cell)) for cell in self.column(name))
        except ValueError:
            return False

    def column(self, name: str) -> tuple[str, ...]:
        """The cells of a column. Raises CsvError for a name that the table does not have."""
        if name not in self.names:
            raise CsvError(f"there is no column {name!r:.80}; the table has {', '.join(self.names)[:400]}")
        return self.cells[self.names.index(name)]


def read_csv(content: bytes) -> Columns:
    """The table in this file: UTF-8, a header, and a delimiter that is a comma, semicolon, tab or bar.

    Raises:
        CsvError: it says what is wrong, and in which line.
    """
    if len(content) > MAX_BYTES:
        raise CsvError(f"the file has {len(content) / 1e6:.1f} MB; allowed are {MAX_BYTES / 1e6:.0f} MB")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CsvError("this is not UTF-8 text", content.count(b"\n", 0, error.start) + 1) from None
    if "\x00" in text:
        raise CsvError("this is not text: it has a zero byte", text.count("\n", 0, text.index("\x00")) + 1)
    header = text.lstrip("\r\n").partition("\n")[0]
    if not header.strip():
        raise CsvError("the file is empty; it needs a header and rows")
    delimiter = max(_DELIMITERS, key=header.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    names: tuple[str, ...] = ()
    rows: list[list[str]] = []
    lines: list[int] = []
    before = 0
    try:
        for row in reader:
            line, before = before + 1, reader.line_num
            if not any(cell.strip() for cell in row):
                continue
            if not names:
                names = _header(row, line)
                continue
            if len(row) != len(names):
                raise CsvError(f"the number of cells is {len(row)}; in the header it is {len(names)}", line)
            if len(rows) >= MAX_ROWS:
                raise CsvError(f"there are more than {MAX_ROWS:,} rows; that many are allowed", line)
            cells = [cell.strip() for cell in row]
            if max(map(len, cells)) > MAX_CELL:
                raise CsvError(f"a cell has more than {MAX_CELL} characters", line)
            rows.append(cells)
            lines.append(line)
    except csv.Error as error:
        raise CsvError(f"this cannot be read: {error}", before + 1) from None
    if not rows:
        raise CsvError("the file has a header but no rows")
    return Columns(names=names, cells=tuple(zip(*rows, strict=True)), lines=tuple(lines))


def _header(row: Sequence[str], line: int) -> tuple[str, ...]:
    names = tuple(cell.strip() for cell in row)
    if len(names) > MAX_COLUMNS:
        raise CsvError(f"there are {len(names)} columns; allowed are {MAX_COLUMNS}", line)
    if len(names) < 2:
        raise CsvError("there is one column; a table needs a target and at least one feature", line)
    for position, name in enumerate(names):
        if not name:
            raise CsvError(f"column {position + 1} has no name", line)
        if len(name) > 100:
            raise CsvError(f"the name of column {position + 1} has more than 100 characters", line)
        if name in names[:position]:
            raise CsvError(f"two columns are named {name!r}", line)
    return names


def keep_upload(content: bytes, *, in_use: Callable[[], Collection[str]] | None = None) -> str:
    """Check a file and keep it; returns its SHA-256, which a configuration names as ``data.file``.

    in_use: digests of the uploads that must stay, asked for when older ones have to go (``Store.uploads_in_use``);
    without it none goes.

    Raises:
        CsvError: the file is no table. OSError: it cannot be kept; ``uploads.NoRoom`` where all room is taken.
    """
    read_csv(content)
    return uploads.keep(content, in_use)


def is_kept(file: str) -> bool:
    """Whether an upload is on this machine, by the SHA-256 that ``keep_upload`` gave it."""
    path = uploads.path_of(file)
    return path is not None and path.exists()


def uploaded_columns(file: str) -> Columns:
    """An upload as text, by the SHA-256 that ``keep_upload`` gave it.

    Raises:
        DataUnavailable: no file, or a damaged one.
    """
    if not file:
        raise DataUnavailable("No table has been uploaded; choose a CSV file first.")
    path = uploads.path_of(file)
    try:
        content = None if path is None else path.read_bytes()
    except OSError:
        content = None
    if content is None:
        raise DataUnavailable("The uploaded table is no longer here; upload it again.")
    if hashlib.sha256(content).hexdigest() != file:
        raise DataUnavailable("The uploaded table has changed on the disk; upload it again.")
    try:
        return read_csv(content)
    except CsvError as error:
        raise DataUnavailable(f"The table cannot be used, {error}.") from error


def uploaded_table(values: Mapping[str, Any]) -> Table:
    """The rows of an upload with the columns that the configuration names.

    Raises:
        DataUnavailable: no file, a damaged one, or columns that cannot be used; the message names the line.
    """
    columns = uploaded_columns(values["file"])
    try:
        features = _feature_names(values["features"])
        return table_from(columns, target=values["target"], features=features, task=values["task"])
    except CsvError as error:
        raise DataUnavailable(f"The table cannot be used, {error}.") from error


def _feature_names(text: str) -> tuple[str, ...]:
    if not text:
        return ()
    try:
        names = json.loads(text)
    except (json.JSONDecodeError, RecursionError):
        raise CsvError("the features are to be a JSON list of column names") from None
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise CsvError("the features are to be a JSON list of column names")
    return tuple(names)


def table_from(
    columns: Columns, *, target: str = "", features: Sequence[str] = (), task: str = "classification"
) -> Table:
    """Numbers from text. ``target``: empty takes the last column. ``features``: empty takes all others.

    Raises:
        CsvError: an unknown column, a missing cell, a target that is no number or has one value, too many words.
    """
    target = target or columns.names[-1]
    chosen = tuple(features) or tuple(name for name in columns.names if name != target)
    if target in chosen:
        raise CsvError(f"the target {target!r} is also a feature")
    if not chosen:
        raise CsvError("there is no feature; choose at least one column beside the target")
    if task == "regression":
        targets: NDArray[Any] = _numbers(columns, target).astype(np.float32)
        classes: tuple[str, ...] = ()
    else:
        targets, classes = _classes(columns, target)
    blocks, names = [], []
    for name in chosen:
        block, labels = _feature(columns, name)
        blocks.append(block)
        names += labels
        if len(names) * columns.rows > MAX_NUMBERS:
            raise CsvError(f"rows times features are more than {MAX_NUMBERS:,}; leave out columns or rows")
    inputs = np.concatenate(blocks, 1)
    return Table(inputs=inputs, targets=targets, features=tuple(names), target=target, classes=classes)


def _numbers(columns: Columns, name: str) -> NDArray[np.float64]:
    values = np.empty(columns.rows)
    for row, cell in enumerate(columns.column(name)):
        try:
            values[row] = float(cell)
        except ValueError:
            what = "is empty" if not cell else f"was given {cell!r:.60}, which is no number"
            raise CsvError(f"column {name!r} {what}", columns.lines[row]) from None
        if not abs(values[row]) < 1e30:
            raise CsvError(
                f"column {name!r} was given {cell!r:.60}; allowed are finite numbers below 1e30", columns.lines[row]
            )
    return values


def _classes(columns: Columns, name: str) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    cells = columns.column(name)
    if "" in cells:
        raise CsvError(f"column {name!r} is empty", columns.lines[cells.index("")])
    found = sorted(set(cells), key=_order)
    if len(found) < 2:
        raise CsvError(f"the target {name!r} has one value; a classification needs two classes or more")
    if len(found) > MAX_CLASSES:
        raise CsvError(
            f"the target {name!r} has {len(found)} values; allowed are {MAX_CLASSES} classes, or a regression"
        )
    numbers = {label: number for number, label in enumerate(found)}
    return np.array([numbers[cell] for cell in cells], dtype=np.int64), tuple(found)


def _order(label: str) -> tuple[int, float, str]:
    try:
        return 0, float(label), label
    except ValueError:
        return 1, 0.0, label


def _feature(columns: Columns, name: str) -> tuple[NDArray[np.float32], list[str]]:
    cells = columns.column(name)
    words = sum(not _is_number(cell) for cell in cells)
    if words <= columns.rows // 2:
        # Mostly numbers: a word among them is a mistake, and the error names its line.
        return _numbers(columns, name).astype(np.float32)[:, None], [name]
    found = sorted(set(cells))
    if "" in found:
        raise CsvError(f"column {name!r} is empty", columns.lines[cells.index("")])
    if len(found) > MAX_WORDS:
        comma = next((row for row, cell in enumerate(cells) if _DECIMAL_COMMA.fullmatch(cell)), None)
        if comma is not None:
            raise CsvError(
                f"column {name!r} was given {cells[comma]!r:.60}; write numbers with a point", columns.lines[comma]
            )
        raise CsvError(f"column {name!r} has {len(found)} different words; allowed are {MAX_WORDS}, or leave it out")
    numbers = {word: number for number, word in enumerate(found)}
    block = np.zeros((columns.rows, len(found)), dtype=np.float32)
    block[np.arange(columns.rows), [numbers[cell] for cell in cells]] = 1
    return block, [f"{name} = {word}" for word in found]


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
