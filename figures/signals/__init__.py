"""Signals through depth as pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faces import face

if TYPE_CHECKING:
    from figures.signals.depth import signal_color as signal_color
    from figures.signals.depth import spread_figure as spread_figure
    from figures.signals.histograms import histograms_figure as histograms_figure
    from figures.signals.phase_plane import phase_figure as phase_figure
    from figures.signals.phase_plane import phase_sentence as phase_sentence
    from figures.signals.phase_plane import plane_of as plane_of
    from figures.signals.table import layer_table as layer_table

__getattr__, __dir__, __all__ = face(
    __name__,
    {
        "depth": {
            "signal_color": "The color of a set-up's place.",
            "spread_figure": "Three logarithmic panels (signal, gradient, weight gradient) and one with "
            "saturated and dead shares.",
        },
        "histograms": {
            "histograms_figure": "A column a set-up, a row a layer, the first layer on top; the spread is written "
            "at the end of each row.",
        },
        "phase_plane": {
            "phase_figure": "ln chi as color, the edge as a line, set-ups with this activation as numbers, and "
            "a net of points to click.",
            "phase_sentence": "In which phase a set-up is, by the growth of its gradient at the nearest point of "
            "the plane.",
            "plane_of": "The diagram, wide enough to show where the edge begins.",
        },
        "table": {
            "layer_table": "One row a layer, numbers with three digits; the spread of theory beside the measured one.",
        },
    },
)
