"""CSV as it leaves the lab: quoted where it must be, and without a cell that a spreadsheet would run as a formula.

Every export writes its rows through here (RFC 4180). A text that begins with what starts a formula in a spreadsheet (or
with a full-width twin of it, which some locales take for the same) gets an apostrophe before it. Numbers are no text: a
negative one stays a number.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Any
from unicodedata import normalize

_STARTS_FORMULA = tuple("=+-@\t\r\n")


def csv_text(rows: Iterable[Iterable[Any]]) -> str:
    """Rows as CSV; lines end with CRLF, floats are in full precision, None is an empty cell, text is ``inert``."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerows([inert(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
    return out.getvalue()


def cell_text(text: str) -> str:
    """One cell of text as it stands in CSV, for who writes many numbers beside it."""
    return csv_text([[text, 0]])[: -len(",0\r\n")]


def inert(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if normalize("NFKC", text[:1]).startswith(_STARTS_FORMULA) else text
