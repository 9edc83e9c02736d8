"""No cell of an export is a formula, and every export is written through the one place that sees to it."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from exports.csv_text import cell_text, csv_text

ROOT = Path(__file__).resolve().parents[2]
WIDE = [
    "\N{FULLWIDTH EQUALS SIGN}",
    "\N{FULLWIDTH PLUS SIGN}",
    "\N{FULLWIDTH HYPHEN-MINUS}",
    "\N{FULLWIDTH COMMERCIAL AT}",
]
STARTS = ["=", "+", "-", "@", "\t", "\r", "\n", *WIDE]


def read(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("start", STARTS)
def test_a_text_never_starts_a_formula(start: str) -> None:
    assert read(csv_text([["a", f"{start}SUM(A1)"]])) == [["a", f"'{start}SUM(A1)"]]
    assert read(f"{cell_text(f'{start}1,2')},7") == [[f"'{start}1,2", "7"]]


def test_numbers_stay_numbers_in_full_precision() -> None:
    row = [-0.1, -3, 1e-300, float("-inf"), float("nan"), None, True]
    assert csv_text([row]) == "-0.1,-3,1e-300,-inf,nan,,True\r\n"


def test_text_is_quoted_where_it_must_be() -> None:
    assert csv_text([['a "b", c', "two\nlines", ""]]) == '"a ""b"", c","two\nlines",\r\n'
    assert cell_text('say "no", x') == '"say ""no"", x"'


@pytest.mark.parametrize("room", ["exports", "figures", "experiments", "pages", "widgets"])
def test_every_export_is_written_in_one_place(room: str) -> None:
    found = [
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / room).rglob("*.py")
        if any(word in path.read_text(encoding="utf-8") for word in ("csv.writer", "csv.DictWriter", ".to_csv("))
    ]
    assert found == (["exports/csv_text.py"] if room == "exports" else [])
