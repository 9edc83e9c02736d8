"""Functions of one variable x: what is typed, its derivatives, and its values with many digits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faces import face

if TYPE_CHECKING:
    from landscapes.curves.curve import Curve as Curve
    from landscapes.curves.curve import read_curve as read_curve
    from landscapes.curves.precise import Slopes as Slopes
    from landscapes.curves.precise import precise_derivatives as precise_derivatives
    from landscapes.curves.precise import slopes_at as slopes_at

__getattr__, __dir__, __all__ = face(
    __name__,
    {
        "curve": {
            "Curve": "A function of x with its derivatives.",
            "read_curve": "The function that a text names.",
        },
        "precise": {
            "Slopes": "The slopes of a function to the left and to the right of a place.",
            "precise_derivatives": "The second and third derivative, from 400 digits.",
            "slopes_at": "The slopes at a place, from 400 digits.",
        },
    },
)
