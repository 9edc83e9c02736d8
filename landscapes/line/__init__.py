"""Functions of one variable: the catalogue, and where a function turns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faces import face

if TYPE_CHECKING:
    from landscapes.line.catalogue import ON_A_LINE as ON_A_LINE
    from landscapes.line.turning import TurningPoint as TurningPoint
    from landscapes.line.turning import line_facts as line_facts
    from landscapes.line.turning import turning_of as turning_of
    from landscapes.line.turning import turning_points as turning_points

__getattr__, __dir__, __all__ = face(
    __name__,
    {
        "catalogue": {
            "ON_A_LINE": "Every function of one variable of the catalogue.",
        },
        "turning": {
            "TurningPoint": "A minimum or a maximum: where, and f there.",
            "line_facts": "The facts of a function of x alone.",
            "turning_of": "The turning points of a function given by its slope and its value.",
            "turning_points": "The minima and maxima of a landscape on a line, from left to right.",
        },
    },
)
