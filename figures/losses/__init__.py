"""Losses as pictures: curves, bars of targets and gradients, and what the browser needs for what is dragged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faces import face

if TYPE_CHECKING:
    from figures.losses.bars import gradient_bars as gradient_bars
    from figures.losses.bars import target_bars as target_bars
    from figures.losses.curves import error_curves as error_curves
    from figures.losses.curves import logit_curves as logit_curves
    from figures.losses.curves import probability_curves as probability_curves
    from figures.losses.dragged import apart_figure as apart_figure
    from figures.losses.dragged import outlier_figure as outlier_figure
    from figures.losses.payload import apart_payload as apart_payload
    from figures.losses.payload import outlier_payload as outlier_payload
    from figures.losses.styles import loss_color as loss_color
    from figures.losses.table import distance_table as distance_table
    from figures.losses.table import loss_table as loss_table
    from figures.losses.table import reading_table as reading_table

__getattr__, __dir__, __all__ = face(
    __name__,
    {
        "bars": {
            "gradient_bars": "What the loss does to each logit.",
            "target_bars": "Probabilities beside the target in both conventions of epsilon.",
        },
        "curves": {
            "error_curves": "Value and slope over the error, one line a loss.",
            "logit_curves": "Value and slope over the logit, one line a loss.",
            "probability_curves": "Value over the predicted probability.",
        },
        "dragged": {
            "apart_figure": "Both histograms and their distances, as a still.",
            "outlier_figure": "An outlier and what is fitted to it, as a still.",
        },
        "payload": {
            "apart_payload": "What the browser needs to slide two histograms apart.",
            "outlier_payload": "What the browser needs to drag an outlier.",
        },
        "styles": {
            "loss_color": "The color of a loss or a distance.",
        },
        "table": {
            "distance_table": "Every distance of two histograms and its slope, numbers as text.",
            "loss_table": "Every loss with its output, gradient and class in PyTorch, as Markdown.",
            "reading_table": "Value and slope of each loss at one prediction, numbers as text.",
        },
    },
)
