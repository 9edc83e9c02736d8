"""The compiled catalogue, as a file, so that the first picture need not wait for SymPy (0.3 s and 50 MB).

``make stored`` writes landscapes/stored.json anew after a change to a landscape or to the compiler; a
test holds every entry equal to what the landscape's expression compiles to. Only settings at their defaults are kept.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

from landscapes.compile import Compiled, ExpressionCodes, Program, StoredCodes

PATH = Path(__file__).with_name("stored.json")


@cache
def _entries() -> dict[str, Any]:
    return json.loads(PATH.read_text(encoding="utf-8")) if PATH.exists() else {}


def stored_keys() -> frozenset[str]:
    """The landscapes that the file holds."""
    return frozenset(_entries())


@cache
def stored(key: str) -> Compiled:
    """A landscape of the file at its default parameters. Raises KeyError for one that it does not hold."""
    entry = _entries()[key]
    return Compiled(StoredCodes(**{**entry, "program": Program(**entry["program"])}))


def as_entry(codes: ExpressionCodes) -> dict[str, Any]:
    """Codes as the file holds them."""
    return {
        "value": codes.value,
        "gradient": codes.gradient,
        "hessian": codes.hessian,
        "program": asdict(codes.program),
        "latex": codes.latex,
    }


def write() -> None:
    """Compile the catalogue and write it to the file."""
    from landscapes import LANDSCAPES

    entries = {key: as_entry(ExpressionCodes(landscape.expression)) for key, landscape in LANDSCAPES.items()}
    lines = ",\n".join(f"{json.dumps(key)}: {json.dumps(entry)}" for key, entry in entries.items())
    PATH.write_text(f"{{\n{lines}\n}}\n", encoding="utf-8")
    print(f"{len(entries)} landscapes in {PATH.name}")
