"""The payload of a race on a neuron's loss, with what figures/frontend/neuron/ draws beside the map."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from experiments.neuron import RowNames
from figures.frontend import with_more
from figures.theme import CLASSES, MARKERS, on_background
from landscapes import Landscape
from landscapes.neurons import KINDS, answer_code, chain_codes

_OUTLINES = (MARKERS["circle"], MARKERS["square"])


@dataclass(frozen=True, kw_only=True)
class _Window:
    """Where the loss of a kind is drawn: from ``low`` to ``high``, up to ``top``.

    along: what it is drawn over, "answer" or "z"; level: the z that stands for neither class.
    """

    low: float
    high: float
    top: float
    along: str = "answer"
    level: float = 0.0


_WINDOWS: Mapping[str, _Window] = {
    "logistic": _Window(low=-0.04, high=1.04, top=5.0),
    "linear": _Window(low=-1.5, high=2.5, top=4.0, level=0.5),
    "sigmoid_squared": _Window(low=-0.04, high=1.04, top=1.1),
    "tanh": _Window(low=-1.06, high=1.06, top=4.2),
    "relu": _Window(low=-0.1, high=2.9, top=4.0, level=0.5),
    "perceptron": _Window(low=-4.0, high=4.0, top=4.2, along="z"),
    "sign": _Window(low=-4.0, high=4.0, top=4.8, along="z"),
}
_OF_AN_ERROR = _Window(low=-3.0, high=3.0, top=6.0, along="error")


@lru_cache(maxsize=16)
def _codes(kind: str) -> dict[str, Any]:
    return {"chain": chain_codes(KINDS[kind]), "over": answer_code(KINDS[kind])}


def neuron_payload(race: bytes, landscape: Landscape, names: RowNames, read: Mapping[str, Any]) -> bytes:
    """The payload of a race (``player_payload``) with its neuron.

    Args:
        landscape: the neuron's. names: of its rows.
        read: the row that is shown: ``row`` from 1, or 0 and its numbers ``a``, ``b``, ``t``.
    """
    rows, kind = landscape.rows, KINDS[landscape.parameters["kind"]]
    assert rows is not None
    two = len(rows.columns) == 3
    classes = names.classes if kind.targets or not names.numbers else None
    window = _OF_AN_ERROR if classes is None else _WINDOWS[kind.key]
    header = {
        **_codes(kind.key),
        "kind": kind.key,
        "two": two,
        "features": list(rows.meanings[:-1]),
        "target": names.target,
        "classes": classes,
        "targets": None if classes is None else kind.targets or (0.0, 1.0),
        "offset": landscape.parameters["offset"],
        "level": window.level,
        "along": window.along,
        "window": (window.low, window.high),
        "top": window.top,
        "colors": [[on_background(color, dark) for dark in (False, True)] for color in CLASSES[:2]],
        "outlines": _OUTLINES,
        "read": {name: read[name] for name in ("row", "a", "b", "t")},
    }
    return with_more(race, {"neuron": header, "axes": ("w₁", "w₂") if two else ("w", "b")})
