"""Activations as pictures: curves, chains through depth, gates, softmax."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faces import face

if TYPE_CHECKING:
    from figures.activations.chain import chain_figure as chain_figure
    from figures.activations.chain import chain_sentences as chain_sentences
    from figures.activations.chain import products_of as products_of
    from figures.activations.curves import curves_figure as curves_figure
    from figures.activations.gates import gate_slopes as gate_slopes
    from figures.activations.gates import gate_surface as gate_surface
    from figures.activations.softmax import softmax_bars as softmax_bars
    from figures.activations.softmax import softmax_by_temperature as softmax_by_temperature
    from figures.activations.softmax import softmax_sentence as softmax_sentence
    from figures.activations.softmax import softmax_slopes as softmax_slopes
    from figures.activations.table import property_table as property_table

__getattr__, __dir__, __all__ = face(
    __name__,
    {
        "chain": {
            "chain_figure": "Root mean square of the product by layer on a log axis, its middle 90 %, the "
            "steepest slope's power, and w^l.",
            "chain_sentences": "(color, sentence) of every curve.",
            "products_of": "``(depth, samples)`` derivatives of every layer by the input; ``chain`` holds the "
            "page's settings.",
        },
        "curves": {
            "curves_figure": "Value, slope and curvature one above the other, and below them a strip of zones "
            "with a row for every curve.",
        },
        "gates": {
            "gate_slopes": "Both partial derivatives as maps, side by side, with one color scale.",
            "gate_surface": "f(a, b) over both inputs from -4 to 4.",
        },
        "softmax": {
            "softmax_bars": "Probabilities at this temperature; outlines show them at 1.",
            "softmax_by_temperature": "Every probability over temperatures from 0.01 to 100, the chosen one marked.",
            "softmax_sentence": "Which class leads, by how much, and what that leaves of its own slope.",
            "softmax_slopes": "The Jacobian.",
        },
        "table": {
            "property_table": "One row a curve.",
        },
    },
)
