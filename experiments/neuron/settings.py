"""What the page of the neuron shows beside its race, as settings by name. The names are a public format:

part=neuron  row=12          part=neuron  row=0  a=1.5  b=-0.2  t=1          file=<SHA-256>  target=<column>

Row 0 is one that was made by hand; a, b and t are its features and its target. Each part declares its own settings.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from experiments.neuron.convexity import declared as convexity
from experiments.neuron.many_rows import declared as many_rows
from experiments.neuron.penalties import declared as penalties
from settings import Setting, Text, choice, number, whole

PARTS: Mapping[str, str] = {
    "neuron": "One neuron",
    "convexity": "Convex or not",
    "penalties": "L1 and L2",
    "many": "Many rows",
}
"""What the page may show."""
MOST_ROWS = 1000

_PART = choice("part", tuple(PARTS), "What the page shows.")
_FILE = Text(
    name="file",
    meaning="Your own table, by the SHA-256 of its bytes.",
    pattern="([0-9a-f]{64})?",
    allowed="64 digits from 0 to f, as an upload gives",
)
_TARGET = Text(name="target", meaning="The column of your own table that is to be told; empty for the last.")
_ROW = whole("row", 1, 0, MOST_ROWS, "The row whose numbers are shown, counted from 1; 0 for one made by hand.")


def _by_hand(name: str, meaning: str) -> Setting:
    return number(name, 0.0, -10.0, 10.0, meaning, valid="[-1000000, 1000000]")


def declared(values: Mapping[str, Any]) -> Iterator[tuple[str, Setting]]:
    """Every setting by key; see settings/query.py."""
    yield "part", _PART
    yield "file", _FILE
    yield "target", _TARGET
    yield "row", _ROW
    yield "a", _by_hand("a", "The first feature of a row made by hand.")
    yield "b", _by_hand("b", "The second feature of a row made by hand.")
    yield "t", _by_hand("t", "The target of a row made by hand.")
    yield from convexity(values)
    yield from penalties(values)
    yield from many_rows(values)
