"""Derivatives as pictures: errors against the step, secants, the graph with its walk, costs, the fitted cubic."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faces import face

if TYPE_CHECKING:
    from figures.derivatives.costs import cost_figure as cost_figure
    from figures.derivatives.costs import cost_table as cost_table
    from figures.derivatives.costs import layer_sentence as layer_sentence
    from figures.derivatives.cubics import cubic_figure as cubic_figure
    from figures.derivatives.cubics import cubic_sentence as cubic_sentence
    from figures.derivatives.cubics import cubic_table as cubic_table
    from figures.derivatives.cubics import loss_figure as loss_figure
    from figures.derivatives.drawn_graph import graph_picture as graph_picture
    from figures.derivatives.secants import near_figure as near_figure
    from figures.derivatives.secants import secant_figure as secant_figure
    from figures.derivatives.told import estimate_sentences as estimate_sentences
    from figures.derivatives.told import estimate_table as estimate_table
    from figures.derivatives.valley import valley_figure as valley_figure
    from figures.derivatives.walk import graph_payload as graph_payload
    from figures.derivatives.walk import trace_rows as trace_rows
    from figures.derivatives.walk import walk_of as walk_of

__getattr__, __dir__, __all__ = face(
    __name__,
    {
        "costs": {
            "cost_figure": "The cost of a layer's Jacobian in both modes over its inputs.",
            "cost_table": "The operations of a graph's Jacobian by mode.",
            "layer_sentence": "What both modes cost for a layer, and which wins.",
        },
        "cubics": {
            "cubic_figure": "The cubic over sin x, before and after descent.",
            "cubic_sentence": "Where descent has come to.",
            "cubic_table": "The four numbers before and after descent.",
            "loss_figure": "The loss by step.",
        },
        "drawn_graph": {
            "graph_picture": "The graph at a step of its walk, as a drawing.",
        },
        "secants": {
            "near_figure": "The function so near that rounding is seen.",
            "secant_figure": "The function with tangent and secants.",
        },
        "told": {
            "estimate_sentences": "What each method gives and why.",
            "estimate_table": "One row a method and precision.",
        },
        "valley": {
            "valley_figure": "Error against the step, on logarithmic axes.",
        },
        "walk": {
            "graph_payload": "What the browser needs to draw the graph and walk through it.",
            "trace_rows": "One row a node of the graph.",
            "walk_of": "The steps of the walk.",
        },
    },
)
