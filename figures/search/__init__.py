"""Searches as pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faces import face

if TYPE_CHECKING:
    from figures.search.rates import range_figure as range_figure
    from figures.search.rates import trials_figure as trials_figure
    from figures.search.vary import best_figure as best_figure
    from figures.search.vary import curves_figure as curves_figure
    from figures.search.vary import importance_figure as importance_figure
    from figures.search.vary import marginal_figure as marginal_figure
    from figures.search.vary import parallel_figure as parallel_figure
    from figures.search.vary import score_figure as score_figure

__getattr__, __dir__, __all__ = face(
    __name__,
    {
        "rates": {
            "range_figure": "The loss over the rate before it, with the rates that were read from it.",
            "trials_figure": "The losses of each rate that was tried, by step.",
        },
        "vary": {
            "best_figure": "The best goal so far against the trials that have ended, and against the time they took.",
            "curves_figure": "The goal by epoch of every trial; the best one and the chosen one stand out.",
            "importance_figure": "The share of each setting in what makes trials good, by PED-ANOVA.",
            "marginal_figure": "The goal over each setting alone, whatever the other was.",
            "parallel_figure": "Parallel coordinates: a line for each trial through its values and its goal.",
            "score_figure": "The goal over what is varied: a curve for one setting, a map for two.",
        },
    },
)
