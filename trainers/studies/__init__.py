"""Studies: questions that many small networks answer together, a cell of a table after the other. No runs, no pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faces import face

if TYPE_CHECKING:
    from trainers.studies.catalogue import STUDIES as STUDIES
    from trainers.studies.catalogue import Study as Study
    from trainers.studies.catalogue import StudyRequest as StudyRequest
    from trainers.studies.catalogue import carry_on as carry_on
    from trainers.studies.law import Law as Law
    from trainers.studies.law import fit_law as fit_law
    from trainers.studies.saddles import FLAT as FLAT
    from trainers.studies.saddles import SADDLE_DIMENSIONS as SADDLE_DIMENSIONS
    from trainers.studies.saddles import SADDLE_SOURCES as SADDLE_SOURCES
    from trainers.studies.saddles import SADDLE_UNITS as SADDLE_UNITS
    from trainers.studies.saddles import weights_of as weights_of
    from trainers.studies.scaling import SCALING_ROWS as SCALING_ROWS
    from trainers.studies.scaling import SCALING_WIDTHS as SCALING_WIDTHS
    from trainers.studies.scaling import cell_of as cell_of
    from trainers.studies.scaling import start_loss as start_loss
    from trainers.studies.spread import SPREAD_PLACES as SPREAD_PLACES
    from trainers.studies.spread import SPREAD_WIDTHS as SPREAD_WIDTHS
    from trainers.studies.truths import FUNCTIONS as FUNCTIONS
    from trainers.studies.truths import NODES as NODES
    from trainers.studies.truths import SHARES as SHARES
    from trainers.studies.truths import draw as draw
    from trainers.studies.truths import draw_fresh as draw_fresh
    from trainers.studies.truths import errors_of as errors_of

__getattr__, __dir__, __all__ = face(
    __name__,
    {
        "catalogue": {
            "STUDIES": "The studies by key.",
            "Study": "What is asked, in which cells, and how one of them is worked out.",
            "StudyRequest": "One study with its settings, as it is asked for.",
            "carry_on": "Work out the cells that nobody has worked out yet.",
        },
        "law": {
            "Law": "A power law with what is left of the loss at infinity, and standard errors.",
            "fit_law": "The power law of some losses.",
        },
        "saddles": {
            "FLAT": "The share of the largest eigenvalue below which one bends neither way.",
            "SADDLE_DIMENSIONS": "Dimensions of random functions.",
            "SADDLE_SOURCES": "Whose critical points are looked for.",
            "SADDLE_UNITS": "Hidden units of the networks.",
            "weights_of": "How many weights so many units have.",
        },
        "scaling": {
            "SCALING_ROWS": "Numbers of training rows that are compared.",
            "SCALING_WIDTHS": "Widths that are compared.",
            "cell_of": "The name of the cell with so many units and rows.",
            "start_loss": "What a constant answer loses.",
        },
        "spread": {
            "SPREAD_PLACES": "Where fits of networks are drawn.",
            "SPREAD_WIDTHS": "Widths of which bias and variance are compared.",
        },
        "truths": {
            "FUNCTIONS": "True functions by key.",
            "NODES": "Where fits are judged.",
            "SHARES": "The share of each place in a mean over all inputs.",
            "draw": "Inputs and targets of so many training sets.",
            "draw_fresh": "New rows for each of these training sets.",
            "errors_of": "Where the squared error of fits comes from.",
        },
    },
)
