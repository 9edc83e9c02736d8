"""The compiled catalogue, as a file, so that the first picture need not wait for SymPy (0.3 s and 50 MB).

``make stored`` writes landscapes/stored.json anew after a change to a landscape or to the compiler; a
test holds every entry equal to what the landscape's expression compiles to. Only settings at their defaults are kept.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from landscapes.compile import Compiled, ExpressionCodes, MovingCodes, Program, StoredCodes, moving_codes
from landscapes.rows import Rows

if TYPE_CHECKING:
    from landscapes.types import Landscape

PATH = Path(__file__).with_name("stored.json")


@cache
def _entries() -> dict[str, Any]:
    return json.loads(PATH.read_text(encoding="utf-8")) if PATH.exists() else {}


def stored_keys() -> frozenset[str]:
    """The landscapes that the file holds."""
    return frozenset(_entries())


@lru_cache(maxsize=128)
def stored(key: str, rows: Rows | None = None) -> Compiled:
    """A landscape of the file at its default parameters. Raises KeyError for one that it does not hold."""
    entry = {name: value for name, value in _entries()[key].items() if name != "moving"}
    return Compiled(StoredCodes(**{**entry, "program": Program(**entry["program"])}), rows)


@cache
def stored_moving(key: str) -> MovingCodes:
    """The codes of a landscape of the file that take its parameters as inputs. Raises KeyError as ``stored``."""
    entry = _entries()[key]
    return MovingCodes(**(entry["moving"] or {name: entry[name] for name in ("value", "gradient", "hessian")}))


def as_entry(landscape: Landscape) -> dict[str, Any]:
    """Codes at the default parameters, and those that take parameters as inputs, as the file holds them."""
    columns = () if landscape.rows is None else landscape.rows.columns
    codes = ExpressionCodes(landscape.expression, columns=columns, dimensions=landscape.dimensions)
    symbolic, moving, dimensions = landscape.symbolic_expression, landscape.moving, landscape.dimensions
    return {
        "value": codes.value,
        "gradient": codes.gradient,
        "hessian": codes.hessian,
        "program": asdict(codes.program),
        "latex": codes.latex,
        "moving": asdict(moving_codes(symbolic, moving, columns, dimensions)) if moving else None,
    }


def write() -> None:
    """Compile the catalogue and write it to the file."""
    from landscapes import LANDSCAPES, LINES

    entries = {key: as_entry(landscape) for key, landscape in {**LANDSCAPES, **LINES}.items()}
    lines = ",\n".join(f"{json.dumps(key)}: {json.dumps(entry)}" for key, entry in entries.items())
    PATH.write_text(f"{{\n{lines}\n}}\n", encoding="utf-8")
    print(f"{len(entries)} landscapes in {PATH.name}")
