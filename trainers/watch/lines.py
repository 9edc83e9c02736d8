"""How a watched training is written, to a lab and into a file alike: lines of JSON.

The first line says which training it is (``watch``: the version, ``run``: its id, ``name`` ...), one line a report
follows, and the last says how it ended. Numbers that are not finite are the strings NaN, Infinity and -Infinity.
"""

from __future__ import annotations

import json
import math
from typing import Any

VERSION = 1
PATH = "/watch/reports"
TOKEN = "DESCENT_LAB_WATCH_TOKEN"
NUMBERS = ("train_loss", "val_loss", "train_metric", "val_metric", "lr", "grad_norm")
COLUMNS = (
    "grad_norm",
    "update_ratio",
    "weight_norm",
    "activation_std",
    "dead_share",
    "saturated_share",
    "distance",
    "zero_share",
    "zero_outputs",
    "slope",
    "row_length",
    "direction_length",
)
_DIGITS = 7


def plain_number(value: Any) -> float:
    """A number of any library, one element of an array or tensor, too. Raises TypeError, ValueError, RuntimeError."""
    return float(value.detach() if hasattr(value, "detach") else value)


def number(value: Any) -> float | str | None:
    """A number as JSON has it; None stays None. Raises as ``plain_number``."""
    if value is None:
        return None
    plain = plain_number(value)
    if math.isnan(plain):
        return "NaN"
    if math.isinf(plain):
        return "Infinity" if plain > 0 else "-Infinity"
    return float(f"{plain:.{_DIGITS}g}")


def line(record: dict[str, Any]) -> str:
    """One line, without what is None."""
    present = {name: value for name, value in record.items() if value is not None}
    return json.dumps(present, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
