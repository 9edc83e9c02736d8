"""The header of a table: whether there is one, how its columns are called, and which are no columns at all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from trainers.data.csv_numbers import is_missing, is_number

MAX_COLUMNS = 500
MAX_NAME = 100


@dataclass(frozen=True, kw_only=True)
class Header:
    """names: one a cell of a row, empty for a column without one. rows: 1, or 0 where the first row is data already."""

    names: tuple[str, ...]
    rows: int

    @property
    def width(self) -> int:
        return len(self.names)

    def kept(self, empty: Sequence[bool]) -> list[int] | str:
        """Which columns are of the table, or what is wrong. empty: whether a column has no cell with anything in it."""
        numbers = []
        for number, name in enumerate(self.names):
            if name or (not empty[number] and number > 0):
                numbers.append(number)
        nameless = next((number for number in numbers if not self.names[number]), None)
        if nameless is not None:
            return f"column {nameless + 1} has no name"
        if len(numbers) < 2:
            return "there is one column; a table needs a target and at least one feature"
        return numbers

    def notes(self, kept: Sequence[int]) -> Iterator[str]:
        """What was guessed, in sentences."""
        if not self.rows:
            yield "There is no header; the columns are named by their places."
        gone = [number for number in range(self.width) if number not in kept]
        if 0 in gone:
            yield "The first column has no name: it numbers the rows and is left out."
        if count := len([number for number in gone if number]):
            have, are = ("s have", "are") if count > 1 else (" has", "is")
            yield f"{count} empty column{have} no name and {are} left out."


def header_of(rows: Sequence[Sequence[str]]) -> Header | str:
    """The header of a table that begins with these rows, or what is wrong with it."""
    first, below = list(rows[0]), rows[1:]
    if _is_data(first, below):
        width = max(len(first), 1)
        if width > MAX_COLUMNS:
            return f"there are {width} columns; allowed are {MAX_COLUMNS}"
        if width < 2:
            return "there is one column; a table needs a target and at least one feature"
        return Header(names=tuple(f"column {number + 1}" for number in range(width)), rows=0)
    if len(first) > MAX_COLUMNS:
        return f"there are {len(first)} columns; allowed are {MAX_COLUMNS}"
    # R leaves out the name of the column with the names of the rows.
    if below and all(len(row) == len(first) + 1 and row[-1] for row in below) and len(below) > 1:
        first = ["", *first]
    named = [name for name in first if name]
    if not named or len(first) < 2:
        return "there is one column; a table needs a target and at least one feature"
    for position, name in enumerate(first):
        if len(name) > MAX_NAME:
            return f"the name of column {position + 1} has more than {MAX_NAME} characters"
        if name and name in first[:position]:
            return f"two columns are named {name!r}"
    return Header(names=tuple(first), rows=1)


def _is_data(first: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Whether the first row is like those below it: numbers where they have numbers, words where they have words."""
    same = [row for row in below if len(row) == len(first)]
    numeric = [is_number(cell) for cell in first]
    if not same or not first:
        return False
    if not any(numeric):
        # All words: a name that stands twice is no name where each cell is also one of its column.
        repeated = len({cell for cell in first if cell}) < len([cell for cell in first if cell])
        return repeated and all(cell in {row[j] for row in same} for j, cell in enumerate(first))
    if _counts(first):
        return False
    for j, number in enumerate(numeric):
        cells = [row[j] for row in same if not is_missing(row[j])]
        numbers = sum(is_number(cell) for cell in cells)
        if cells and not is_missing(first[j]) and number != (2 * numbers > len(cells)):
            return False
    return True


def _counts(first: Sequence[str]) -> bool:
    """Whether the numbers in a row are 0, 1, 2, ... or 1, 2, 3, ..., as names that a tool gave to columns are."""
    numbers = [cell for cell in first if is_number(cell)]
    return len(numbers) > 2 and any(numbers == [str(start + k) for k in range(len(numbers))] for start in (0, 1))
