"""Searches as pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faces import face

if TYPE_CHECKING:
    from figures.search.rates import range_figure as range_figure
    from figures.search.rates import trials_figure as trials_figure

__getattr__, __dir__, __all__ = face(
    __name__,
    {
        "rates": {
            "range_figure": "The loss over the rate before it, with the rates that were read from it.",
            "trials_figure": "The losses of each rate that was tried, by step.",
        },
    },
)
