"""Text that somebody brings, and its rows: decoded, its delimiter seen, bounded before and while it is read.

Own tables and curves of other tools are read through here. A delimiter is a comma, a semicolon, a tab, a bar, or white
space; Excel's line ``sep=;`` is heard, and a table of Markdown is one of bars.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

DELIMITERS = ",;\t|"
WORDS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars", " ": "white space", "  ": "two spaces or more"}
MAX_CUT = 100_000  # cells of one row
_SAMPLE = 25  # lines that are looked at for the delimiter
_LONGEST_LOOK = 20_000  # characters of a line that are looked at
_SEP = re.compile(r"sep=(.)\s*", re.IGNORECASE)
_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+(?:[eE][+-]?\d+)?")
_QUOTED_OR_WORD = re.compile(r'"([^"]*)"|(\S+)')
_RULE = re.compile(r":?-+:?")
_OF_WORDS = frozenset("abcdefghjklmopqrstuvwxyzABCDEFGHJKLMOPQRSTUVWXYZ_")  # all but those of nan and inf
_CONTROL = re.compile(r"[\x00-\x07\x0e-\x1a\x1c-\x1f]")  # backspace and escape are written by progress bars
_BINARY = {
    b"PK\x03\x04": "a workbook of Excel or a ZIP archive; save the table as CSV",
    b"\xd0\xcf\x11\xe0": "a workbook of Excel; save the table as CSV",
    b"\x1f\x8b": "compressed; unpack it first",
    b"%PDF": "a PDF document",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"\x89HDF": "an HDF5 file; save the table as CSV",
    b"PAR1": "a Parquet file; save the table as CSV",
    b"\x93NUMPY": "an array of NumPy; save it as CSV",
    b"SQLite format 3": "a database of SQLite; save the table as CSV",
}


class TextError(ValueError):
    """What is wrong with a text, with the line where there is one (the first is 1)."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True, kw_only=True)
class Layout:
    """How a text is cut into cells. first: the line where rows begin. edged: rows begin and end with a delimiter."""

    delimiter: str
    first: int = 1
    edged: bool = False

    @property
    def words(self) -> str:
        """How cells are parted, in words."""
        return WORDS.get(self.delimiter, f"the character {self.delimiter!r}")


class Decoded(NamedTuple):
    """A text with line feeds as its only ends of lines, its encoding, and notes on what was guessed of it."""

    text: str
    encoding: str = "utf-8-sig"
    notes: tuple[str, ...] = ()


def decoded(content: bytes | str, most: int) -> Decoded:
    """The text in these bytes.

    Raises:
        TextError: more than ``most`` bytes (characters of a text), or no text.
    """
    if len(content) > most:
        raise TextError(f"the file has {len(content) / 1e6:.1f} MB; allowed are {most / 1e6:.0f} MB")
    whole = Decoded(content) if isinstance(content, str) else _text(content)
    text = whole.text.removeprefix("\ufeff")
    if found := _CONTROL.search(text):
        what = "a zero byte" if found[0] == "\x00" else f"the control character {found[0]!r}"
        raise TextError(f"this is not text: it has {what}", text.count("\n", 0, found.start()) + 1)
    return whole._replace(text=text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text)


def _text(content: bytes) -> Decoded:
    for magic, what in _BINARY.items():
        if content.startswith(magic):
            raise TextError(f"this is {what}")
    wide = _wide(content)
    if wide is not None:
        try:
            return Decoded(content.decode(wide), wide, ("The file is in UTF-16.",))
        except UnicodeDecodeError as error:
            raise TextError(f"this is not text in UTF-16: it breaks off at byte {error.start:,}") from None
    try:
        return Decoded(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        pass
    try:
        text = content.decode("cp1252")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise TextError("this is text in neither UTF-8 nor Windows-1252", line) from None
    note = "The file is not in UTF-8; it was read as Windows-1252, look at letters with accents."
    return Decoded(text, "cp1252", (note,))


def _wide(content: bytes) -> str | None:
    """The name of a UTF-16 encoding, by the mark at the beginning or by every other byte being zero."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    head = content[:200]
    pairs = len(head) // 2
    zeros = head[0 : 2 * pairs : 2].count(0), head[1 : 2 * pairs : 2].count(0)
    if pairs < 2 or max(zeros) < 0.7 * pairs or min(zeros) > 0.1 * pairs:
        return None
    return "utf-16-be" if zeros[0] > zeros[1] else "utf-16-le"


def plain_number(cell: str) -> float | None:
    """The number that a cell is, ``nan`` and ``inf`` among them, or None. ``1_1`` is a word, not eleven."""
    if not cell or cell[0] in _OF_WORDS or "_" in cell:  # an exception takes ten times as long
        return None
    try:
        return float(cell)
    except ValueError:
        return None


def lines_of(text: str, first: int = 1) -> Iterator[tuple[int, str]]:
    """(number, line with its end) from this line on, without a copy of the whole."""
    start, number = 0, 1
    while start < len(text):
        end = text.find("\n", start) + 1 or len(text)
        if number >= first:
            yield number, text[start:end]
        start, number = end, number + 1


def layout_of(text: str) -> Layout:
    """How this text is cut, by its first lines. A text of one column has commas between its cells."""
    first = 1
    sample: list[str] = []
    for number, line in lines_of(text):
        bare = line[:_LONGEST_LOOK].strip("\n ")
        if not bare.strip():
            continue
        if not sample and (told := _SEP.fullmatch(bare)):
            return Layout(delimiter=told[1], first=number + 1)
        sample.append(bare)
        if len(sample) == _SAMPLE:
            break
    delimiter = _delimiter(sample)
    edged = delimiter == "|" and all(line.startswith("|") and line.endswith("|") for line in sample[:2])
    return Layout(delimiter=delimiter, first=first, edged=edged)


def _delimiter(sample: Sequence[str]) -> str:
    """The one that cuts most lines into equally many cells; of those alike, the one that cuts into more."""
    if len(sample) > 1 and all(_DECIMAL_COMMA.fullmatch(line) for line in sample[1:]) and sample[0].count(",") != 1:
        return ";" if ";" in sample[0] else ","
    agreements: dict[str, tuple[float, int]] = {}
    for delimiter in DELIMITERS:
        if any(delimiter in line for line in sample):
            cells = [_cut(line, delimiter) for line in sample]
            agreements[delimiter] = _agreement(list(map(len, cells)))
            # Where commas are inside numbers they part nothing.
            inside = [cell for row in cells for cell in row if "," in cell]
            decimal = bool(inside) and all(_DECIMAL_COMMA.fullmatch(cell.strip()) for cell in inside)
            if delimiter != "," and agreements[delimiter][0] >= 0.8 and decimal:
                return delimiter
    best = max(agreements, key=lambda one: agreements[one], default="")
    if best and (agreements[best][0] >= 0.6 or best in sample[0]):
        return best
    return _spaces(sample) or best or ","


def _cut(line: str, delimiter: str) -> list[str]:
    if '"' not in line:
        return line.split(delimiter)
    try:
        return next(csv.reader([line], delimiter=delimiter, skipinitialspace=True), [])
    except csv.Error:
        return line.split(delimiter)


def _agreement(counts: Sequence[int]) -> tuple[float, int]:
    """(share of the lines that are cut into as many cells as most are, how many those are)."""
    usual = Counter(count for count in counts if count > 1).most_common(1)
    return (usual[0][1] / len(counts), usual[0][0]) if usual else (0.0, 0)


def _spaces(sample: Sequence[str]) -> str:
    """White space that parts columns of numbers; empty where it does not."""
    for delimiter, cut in ((" ", _by_spaces), ("  ", _by_gaps)):
        rows = [cut(line) for line in sample]
        share, usual = _agreement(list(map(len, rows[1:])))
        numbers = sum(plain_number(cell) is not None for row in rows[1:] for cell in row)
        cells = sum(map(len, rows[1:]))
        named = len(rows[0]) in (usual, usual - 1)
        if share >= 0.6 and 2 * numbers >= cells and named:
            return delimiter
    return ""


def _by_gaps(line: str) -> list[str]:
    return re.split(r" {2,}|\t", line.strip())


def _by_spaces(line: str) -> list[str]:
    return [quoted or word for quoted, word in _QUOTED_OR_WORD.findall(line)] if '"' in line else line.split()


def rows_of(text: str, layout: Layout, *, strict: bool) -> Iterator[tuple[int, list[str]]]:
    """(line it began on, its cells without white space around them) for each row that is not blank.

    strict: a quote that is not closed is an error.

    Raises:
        TextError: while it is iterated, with the line.
    """
    lines = _cuttable(lines_of(text, layout.first), layout.delimiter[0])
    if layout.delimiter in (" ", "  "):
        cut = _by_gaps if layout.delimiter == "  " else _by_spaces
        yield from ((number, cut(line)) for number, line in lines if not line.isspace())
        return
    edges = (line.strip(" \n").strip("|") + "\n" for _, line in lines) if layout.edged else (line for _, line in lines)
    reader = csv.reader(edges, delimiter=layout.delimiter, skipinitialspace=True, strict=strict)
    before = layout.first - 1
    try:
        for row in reader:
            line, before = before + 1, layout.first - 1 + reader.line_num
            cells = list(map(str.strip, row))
            if not any(cells) or (layout.edged and all(map(_RULE.fullmatch, cells))):
                continue
            yield line, cells
    except csv.Error as error:
        raise TextError(f"this cannot be read as a table: {error}", before + 1) from None


def _cuttable(lines: Iterator[tuple[int, str]], delimiter: str) -> Iterator[tuple[int, str]]:
    for number, line in lines:
        if len(line) > MAX_CUT and line.count(delimiter) > MAX_CUT:
            raise TextError(f"there are more than {MAX_CUT:,} cells in this row", number)
        yield number, line
