"""Convex or not, and penalties: what the browser draws of them, and the two races of feature scaling."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faces import face

if TYPE_CHECKING:
    from figures.convexity.bowls import left_curves as left_curves
    from figures.convexity.bowls import measured_bowl as measured_bowl
    from figures.convexity.dragged import chord_figure as chord_figure
    from figures.convexity.dragged import growth_figure as growth_figure
    from figures.convexity.dragged import shapes_figure as shapes_figure
    from figures.convexity.payload import chord_payload as chord_payload
    from figures.convexity.payload import growth_payload as growth_payload
    from figures.convexity.payload import shapes_payload as shapes_payload
    from figures.convexity.table import convention_table as convention_table

__getattr__, __dir__, __all__ = face(
    __name__,
    {
        "bowls": {
            "left_curves": "What is left of the loss by step, for both ways to measure a feature.",
            "measured_bowl": "Contours over weight and bias with the path of gradient descent.",
        },
        "dragged": {
            "chord_figure": "Two losses and a chord on each, as a still.",
            "growth_figure": "Weights that grow, with L2 and without, as a still.",
            "shapes_figure": "A bowl, the shape of a penalty and the optimum, as a still.",
        },
        "payload": {
            "chord_payload": "What the browser needs for a chord on two losses.",
            "growth_payload": "What the browser needs for weights that grow.",
            "shapes_payload": "What the browser needs for the shapes of penalties over a bowl.",
        },
        "table": {
            "convention_table": "The number of one optimum in every convention of lambda, as Markdown.",
        },
    },
)
