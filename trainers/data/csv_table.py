"""A user's own table: a delimited file, one row a sample, kept by the SHA-256 of its bytes.

Everything in it is untrusted: its size, its numbers of rows and columns and the length of each cell are bounded, it is
read as text and never evaluated, and an error names the line. A column of words becomes one column for each word. What
is guessed (delimiter, encoding, decimal commas, a missing header, columns left out) is told in ``Columns.notes``.
"""

from __future__ import annotations

import hashlib
import itertools
import json
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainers.data import uploads
from trainers.data.csv_header import Header, header_of
from trainers.data.csv_numbers import is_missing, numbers_of, with_points
from trainers.data.delimited import Layout, TextError, decoded, layout_of, plain_number, rows_of
from trainers.data.table import DataUnavailable, Table

MAX_BYTES = 5 * 2**20  # as much as the server takes of one file
MAX_ROWS = 200_000
MAX_CELL = 1000
MAX_WORDS = 50
MAX_CLASSES = 100
MAX_NUMBERS = 8_000_000
_BLOCK = 200_000  # cells that are held as text of Python's; kept they take 16 bytes each
_AHEAD = 30  # rows that are looked at for the header
_TEXT = np.dtypes.StringDType()


class CsvError(ValueError):
    """What is wrong with a table, with the line where there is one (the first is 1)."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message if line is None else f"line {line}: {message}")
        self.line = line


@dataclass(frozen=True, kw_only=True)
class Columns:
    """A table as text: names, and for each column its cells. lines: the line of the file each row began on.

    notes: sentences on what was guessed. encoding, layout, header: how the file was read; kept: which of its columns
    these are. commas: what stood in the numbers of a column in place of points, by name (see ``csv_numbers``).
    """

    names: tuple[str, ...]
    cells: tuple[NDArray[Any], ...] = field(repr=False)
    lines: tuple[int, ...] = field(repr=False)
    notes: tuple[str, ...] = ()
    encoding: str
    layout: Layout
    header: Header
    kept: tuple[int, ...]
    commas: Mapping[str, str]

    @property
    def rows(self) -> int:
        return len(self.lines)

    def is_numeric(self, name: str) -> bool:
        """Whether every cell of the column that is not empty is a finite number, and one is."""
        cells = self.column(name)
        filled = {cell for cell in set(cells) if not is_missing(cell)}
        return bool(filled) and all((number := plain_number(cell)) is not None and isfinite(number) for cell in filled)

    def column(self, name: str) -> tuple[str, ...]:
        """The cells of a column. Raises CsvError for a name that the table does not have."""
        if name not in self.names:
            raise CsvError(f"there is no column {name!r:.80}; the table has {', '.join(self.names)[:400]}")
        return tuple(self.cells[self.names.index(name)].tolist())


def read_csv(content: bytes) -> Columns:
    """The table in this file: rows of cells between commas, semicolons, tabs, bars or white space, a header or none.

    Raises:
        CsvError: it says what is wrong, and in which line.
    """
    try:
        text, encoding, notes = decoded(content, MAX_BYTES)
        if not text.strip():
            raise CsvError("the file is empty; it needs a header and rows")
        layout = layout_of(text)
        rows = rows_of(text, layout, strict=True)
        ahead = list(itertools.islice(rows, _AHEAD))
        if not ahead:
            raise CsvError("the file is empty; it needs a header and rows")
        header = _header(ahead)
        columns, lines = _columns(itertools.chain(ahead[header.rows :], rows), header.width)
    except TextError as error:
        raise CsvError(str(error), error.line) from None
    if not lines:
        raise CsvError("the file has a header but no rows")
    numbers = header.kept([bool((column == "").all()) for column in columns])
    if isinstance(numbers, str):
        raise CsvError(numbers, ahead[0][0])
    kept_names, cells, commas = [header.names[j] for j in numbers], [], {}
    for name, column in zip(kept_names, (columns[j] for j in numbers), strict=True):
        read, how = with_points(column, parted_by_commas=layout.delimiter == ",")
        cells.append(read)
        if how:
            commas[name] = how
    return Columns(
        names=tuple(kept_names),
        cells=tuple(cells),
        lines=tuple(lines),
        notes=(*notes, *_notes(layout, header, numbers, commas)),
        encoding=encoding,
        layout=layout,
        header=header,
        kept=tuple(numbers),
        commas=commas,
    )


def _header(ahead: Sequence[tuple[int, list[str]]]) -> Header:
    header = header_of([cells for _, cells in ahead])
    if isinstance(header, str):
        raise CsvError(header, ahead[0][0])
    return header


def _columns(rows: Iterator[tuple[int, list[str]]], width: int) -> tuple[list[NDArray[Any]], list[int]]:
    """All rows by column, each row of so many cells; it may have more of them where those are empty."""
    parts: list[list[NDArray[Any]]] = [[] for _ in range(width)]
    block: list[list[str]] = []
    lines: list[int] = []

    def close() -> None:
        for part, cells in zip(parts, zip(*block, strict=True), strict=bool(block)):
            part.append(np.array(cells, dtype=_TEXT))
        block.clear()

    for line, cells in rows:
        if len(cells) != width:
            if len(cells) < width or any(cells[width:]):
                raise CsvError(f"the number of cells is {len(cells)}; in the header it is {width}", line)
            cells = cells[:width]
        if len(lines) >= MAX_ROWS:
            raise CsvError(f"there are more than {MAX_ROWS:,} rows; that many are allowed", line)
        block.append(cells)
        lines.append(line)
        if len(block) * width >= _BLOCK:
            close()
    close()
    columns = []
    for part in parts:
        columns.append(np.concatenate(part) if part else np.empty(0, _TEXT))
        part.clear()  # so that no column is held twice
        if (long := np.flatnonzero(np.strings.str_len(columns[-1]) > MAX_CELL)).size:
            raise CsvError(f"a cell has more than {MAX_CELL} characters", lines[int(long[0])])
    return columns, lines


def _notes(layout: Layout, header: Header, kept: Sequence[int], commas: Mapping[str, str]) -> Iterator[str]:
    if layout.delimiter != ",":
        yield f"Cells are parted by {layout.words}."
    yield from header.notes(kept)
    for how in dict.fromkeys(commas.values()):
        named = [name for name, one in commas.items() if one == how]
        listed = ", ".join(named[:5]) + (f" and {len(named) - 5} more" if len(named) > 5 else "")
        yield f"Numbers with {how} in {listed}."


def keep_upload(
    content: bytes,
    *,
    in_use: Callable[[], Collection[str]] | None = None,
    visitor: str = "",
    address: str = "",
) -> str:
    """Check a file and keep it; returns its SHA-256, which a configuration names as ``data.file``.

    in_use: digests of the uploads that must stay, asked for when older ones have to go (``Store.uploads_in_use``);
    without it none goes. visitor, address: who brings it, from where; nobody takes the room of all others.

    Raises:
        CsvError: the file is no table. OSError: it cannot be kept; ``uploads.NoRoom`` where all room is taken.
    """
    read_csv(content)
    return uploads.keep(content, in_use, visitor, address)


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
    return _read(content)


@lru_cache(maxsize=1)
def _read(content: bytes) -> Columns:
    """The last table again at once: a page asks for its overview and its roles one after the other."""
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
        return table_from(
            columns, target=values["target"], features=features, task=values["task"], drop_empty=values["drop_empty"]
        )
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
    columns: Columns,
    *,
    target: str = "",
    features: Sequence[str] = (),
    task: str = "classification",
    drop_empty: bool = False,
) -> Table:
    """Numbers from text.

    Args:
        target: empty takes the last column. features: empty takes all others.
        drop_empty: leave out rows with an empty cell in one of these columns; otherwise such a cell is an error.

    Raises:
        CsvError: an unknown column, a missing cell, a target that is no number or has one value, too many words.
    """
    target = target or columns.names[-1]
    chosen = tuple(features) or tuple(name for name in columns.names if name != target)
    if target in chosen:
        raise CsvError(f"the target {target!r} is also a feature")
    if not chosen:
        raise CsvError("there is no feature; choose at least one column beside the target")
    if drop_empty:
        columns = _without_empty(columns, (*chosen, target), "" if task == "regression" else target)
    if task == "regression":
        targets: NDArray[Any] = _numbers(columns, target).astype(np.float32)
        classes: tuple[str, ...] = ()
    else:
        targets, classes = _classes(columns, target)
    words = {name: found for name in chosen if (found := _words(columns, name)) is not None}
    names = [label for name in chosen for label in _labels(name, words.get(name))]
    if len(names) * columns.rows > MAX_NUMBERS:
        raise CsvError(f"rows times features are more than {MAX_NUMBERS:,}; leave out columns or rows")
    inputs = np.zeros((columns.rows, len(names)), dtype=np.float32)
    position = 0
    for name in chosen:
        if name in words:
            numbers = {word: position + number for number, word in enumerate(words[name])}
            inputs[np.arange(columns.rows), [numbers[cell] for cell in columns.column(name)]] = 1
            position += len(numbers)
        else:
            inputs[:, position] = _numbers(columns, name)
            position += 1
    return Table(inputs=inputs, targets=targets, features=tuple(names), target=target, classes=classes)


def _without_empty(columns: Columns, names: Sequence[str], of_classes: str) -> Columns:
    """The rows in which each of these columns has a value."""
    full = np.ones(columns.rows, dtype=bool)
    for name in dict.fromkeys(names):
        cells = columns.column(name)
        words = name == of_classes or _mostly_words(cells)
        empty = {cell for cell in set(cells) if (not cell if words else is_missing(cell))}
        if empty:
            full &= np.array([cell not in empty for cell in cells])
    if full.all():
        return columns
    if not full.any():
        raise CsvError("every row has an empty cell; leave out the columns that are empty")
    cells = tuple(column[full] for column in columns.cells)
    lines = tuple(itertools.compress(columns.lines, full))
    return replace(columns, cells=cells, lines=lines)


def _numbers(columns: Columns, name: str) -> NDArray[np.float64]:
    cells = columns.column(name)
    values = numbers_of(cells)
    wrong = np.flatnonzero(~(np.abs(values) < 1e30))
    if not len(wrong):
        return values
    row = int(wrong[0])
    cell, line = cells[row], columns.lines[row]
    if is_missing(cell):
        raise CsvError(_empty(columns, name, sum(map(is_missing, cells)), cell), line)
    if plain_number(cell) is None:
        raise CsvError(f"column {name!r} was given {cell!r:.60}, which is no number", line)
    raise CsvError(f"column {name!r} was given {cell!r:.60}; allowed are finite numbers below 1e30", line)


def _empty(columns: Columns, name: str, count: int, cell: str = "") -> str:
    rows = f"{count:,} of {columns.rows:,} rows have no value there"
    return f"column {name!r} is empty{f' ({cell})' if cell else ''}; {rows}"


def _classes(columns: Columns, name: str) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    cells = columns.column(name)
    if "" in cells:
        raise CsvError(_empty(columns, name, cells.count("")), columns.lines[cells.index("")])
    classes = sorted(set(cells), key=_order)
    if len(classes) < 2:
        raise CsvError(f"the target {name!r} has one value; a classification needs two classes or more")
    if len(classes) > MAX_CLASSES:
        raise CsvError(
            f"the target {name!r} has {len(classes)} values; allowed are {MAX_CLASSES} classes, or a regression"
        )
    numbers = {label: number for number, label in enumerate(classes)}
    return np.array([numbers[cell] for cell in cells], dtype=np.int64), tuple(classes)


def _order(label: str) -> tuple[int, float, str]:
    number = plain_number(label)
    return (1, 0.0, label) if number is None else (0, number, label)


def _mostly_words(cells: Sequence[str]) -> bool:
    """Mostly numbers: a word among them is a mistake, and the error names its line."""
    counts = Counter(cells)
    empty = sum(count for cell, count in counts.items() if is_missing(cell))
    words = sum(count for cell, count in counts.items() if not is_missing(cell) and plain_number(cell) is None)
    return 2 * words > len(cells) - empty


def _words(columns: Columns, name: str) -> list[str] | None:
    """The different words of a column of words; None where it is one of numbers."""
    cells = columns.column(name)
    if not _mostly_words(cells):
        return None
    categories = sorted(set(cells))
    if "" in categories:
        raise CsvError(_empty(columns, name, cells.count("")), columns.lines[cells.index("")])
    if len(categories) > MAX_WORDS:
        raise CsvError(
            f"column {name!r} has {len(categories)} different words; allowed are {MAX_WORDS}, or leave it out"
        )
    return categories


def _labels(name: str, words: Sequence[str] | None) -> list[str]:
    return [name] if words is None else [f"{name} = {word}" for word in words]
