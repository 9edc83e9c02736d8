"""A table as text becomes a log: its header found, repeated headers and lines that are no rows passed over and told."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Sequence

from trainers.data import is_missing, is_number, layout_of, rows_of
from trainers.imported.log import MAX_COLUMNS, Log
from trainers.log_names import meaning_of

_AHEAD = 40
MAX_PASSED = 10_000  # lines that are no rows
_USUAL = ("epoch", "train_loss", "val_loss", "train_metric", "val_metric")

Row = tuple[int, list[str]]


def read_table(text: str) -> Log:
    """The log in a table.

    Raises:
        CurvesError: as ``read_curves``. TextError: it cannot be cut into cells.
    """
    layout = layout_of(text)
    log = Log(form=f"a table parted by {layout.words}")
    rows = rows_of(text, layout, strict=False)
    ahead = list(itertools.islice(rows, _AHEAD))
    if not ahead:
        raise log.error("the file is empty; it needs a header and rows")
    begin = _header_row(ahead)
    passed = [line for line, _ in ahead[:begin]]
    names, is_data = _names(log, ahead[begin], [cells for _, cells in ahead[begin + 1 :]])
    places = [log.column(name or f"column {number + 1}") for number, name in enumerate(names)]
    comma = layout.delimiter != ","
    for line, cells in itertools.chain(ahead[begin + (not is_data) :], rows):
        if _is_note(cells, len(names)):
            if _is_header(cells, names):
                if log.rows:
                    log.breaks.append(log.rows)
                names = cells
                places = [log.column(name or f"column {number + 1}", line) for number, name in enumerate(names)]
            else:
                passed.append(line)
                if len(passed) > MAX_PASSED:
                    raise log.error(f"there are more than {MAX_PASSED:,} lines that are no rows", line)
            continue
        if len(cells) > len(names) and any(cells[len(names) :]):
            raise log.error(f"it has {len(cells)} cells; the header has {len(names)}", line)
        log.put_row(log.row(line), places, cells, comma=comma)
    if not log.rows:
        raise log.error("there is a header but no row")
    if is_data:
        log.notes.append(f"There is no header; the columns were taken for {', '.join(names)}.")
    if passed:
        one = len(passed) == 1
        log.notes.append(
            f"Line {passed[0]} is no row and was passed over."
            if one
            else f"{len(passed):,} lines are no rows and were passed over, the first is line {passed[0]}."
        )
    if log.breaks:
        first = log.lines[log.breaks[0]]
        log.notes.append(f"The header stands again before line {first}" + (", and later." if log.breaks[1:] else "."))
    return log


def _header_row(ahead: Sequence[Row]) -> int:
    """Which of the first rows is the header: the first as wide as most are."""
    widths = Counter(len(cells) for _, cells in ahead if len(cells) > 1 and not cells[0].startswith("#"))
    if not widths:
        return 0
    usual = max(widths, key=lambda width: (widths[width], width))
    for number, (_, cells) in enumerate(ahead):
        if len(_bare(cells)) in (usual, usual - 1) and len(_bare(cells)) > 1:
            return number
    return 0


def _bare(cells: list[str]) -> list[str]:
    """Without the mark of a comment, which NumPy writes before its header."""
    if cells[0] == "#":
        return cells[1:]
    return [cells[0].lstrip("# "), *cells[1:]] if cells[0].startswith("#") else cells


def _names(log: Log, first: Row, below: Sequence[Sequence[str]]) -> tuple[list[str], bool]:
    """The names of the columns, and whether the first row is one of numbers already."""
    line, cells = first
    if all(map(is_number, cells)):
        if len(cells) > len(_USUAL):
            raise log.error(
                f"there is no header, and {len(cells)} columns; allowed without one are {len(_USUAL)}", line
            )
        return list(_USUAL[1 : len(cells) + 1] if len(cells) < 3 else _USUAL[: len(cells)]), True
    cells = _bare(cells)
    if len(cells) > MAX_COLUMNS:
        raise log.error(f"there are {len(cells):,} columns; allowed are {MAX_COLUMNS:,}", line)
    rows = [row for row in below if not _is_note(row, len(cells))]
    if len(rows) > 1 and all(len(row) == len(cells) + 1 and row[-1] for row in rows):
        return ["", *cells], False  # the numbers of the rows have no name
    return cells, False


def _is_note(cells: Sequence[str], width: int) -> bool:
    """Whether a row says something instead of being one: words alone, or a comment."""
    if cells[0].startswith("#"):
        return True
    return (
        width > 1
        and not any(is_number(cell) or cell.endswith("%") for cell in cells if not is_missing(cell))
        and (not any(cell.lower() == "nan" for cell in cells))
    )


def _is_header(cells: Sequence[str], names: Sequence[str]) -> bool:
    """Whether the header stands here again, or another one with a loss in it."""
    if list(cells) == list(names):
        return True
    meanings = [meaning for cell in cells if len(cell) < 60 and (meaning := meaning_of(cell)) is not None]
    return len(cells) > 1 and 2 * len(meanings) >= len(cells) and any(m.kind == "loss" for m in meanings)
