"""Searches as pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faces import face

if TYPE_CHECKING:
    from figures.search.parallel import parallel_figure as parallel_figure
    from figures.search.rates import range_figure as range_figure
    from figures.search.rates import trials_figure as trials_figure
    from figures.search.vary import best_figure as best_figure
    from figures.search.vary import curves_figure as curves_figure
    from figures.search.vary import importance_figure as importance_figure
    from figures.search.vary import marginal_figure as marginal_figure
    from figures.search.vary import score_figure as score_figure
    from figures.search.words import CONTROLS as CONTROLS
    from figures.search.words import RANGE as RANGE
    from figures.search.words import axis_title as axis_title
    from figures.search.words import goal_title as goal_title
    from figures.search.words import name_words as name_words
    from figures.search.words import part_title as part_title
    from figures.search.words import refusal_words as refusal_words
    from figures.search.words import request_title as request_title
    from figures.search.words import request_words as request_words
    from figures.search.words import sweep_sentences as sweep_sentences
    from figures.search.words import time_words as time_words
    from figures.search.words import trial_words as trial_words
    from figures.search.words import value_text as value_text

__getattr__, __dir__, __all__ = face(
    __name__,
    {
        "parallel": {
            "parallel_figure": "Parallel coordinates: a line for each trial through its values and its goal.",
        },
        "rates": {
            "range_figure": "The loss over the rate before it, with the rates that were read from it.",
            "trials_figure": "The losses of each rate that was tried, by step.",
        },
        "vary": {
            "best_figure": "The best goal so far against the trials that have ended, and against the time they took.",
            "curves_figure": "The goal by epoch of every trial; the best one and the chosen one stand out.",
            "importance_figure": "The share of each setting in what makes trials good, by PED-ANOVA.",
            "marginal_figure": "The goal over each setting alone, whatever the other was.",
            "score_figure": "The goal over what is varied: a curve for one setting, a map for two.",
        },
        "words": {
            "CONTROLS": "What the controls of a search are called.",
            "RANGE": "What those of a range are called.",
            "request_title": "What a search varies, on which data and how values are chosen, in few words.",
            "request_words": "What a search varies, over which values and how they are chosen, in a sentence.",
            "time_words": "About how long that is, as a sentence says it; empty where it is not known.",
            "refusal_words": "A refusal with what its control is called, in place of the name of the setting.",
            "axis_title": "What the setting of an axis is called.",
            "goal_title": "What is made good, for an axis.",
            "name_words": "What a setting is called that is varied; ``decay`` is the weight decay of each optimizer's "
            "own kind.",
            "part_title": "What a study is called beside the others.",
            "sweep_sentences": "What is best so far, in each study, and how the others ended.",
            "trial_words": "The values of a trial with their names.",
            "value_text": "A value of an axis in few characters.",
        },
    },
)
