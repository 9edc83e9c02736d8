"""Questions that many runs answer: which learning rate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faces import face

if TYPE_CHECKING:
    from experiments.search.presets import PRESETS as PRESETS
    from experiments.search.state import PARTS as PARTS
    from experiments.search.state import SearchCodec as SearchCodec
    from experiments.search.state import ShownSearch as ShownSearch
    from experiments.search.state import sweep_link as sweep_link
    from experiments.search.told import BestSoFar as BestSoFar
    from experiments.search.told import axis_title as axis_title
    from experiments.search.told import best_so_far as best_so_far
    from experiments.search.told import goal_title as goal_title
    from experiments.search.told import name_words as name_words
    from experiments.search.told import part_title as part_title
    from experiments.search.told import sweep_sentences as sweep_sentences
    from experiments.search.told import trial_words as trial_words
    from experiments.search.told import value_text as value_text
    from experiments.search.varied import AXES as AXES
    from experiments.search.varied import NONE as NONE
    from experiments.search.varied import menu_of as menu_of
    from experiments.search.words import halving_sentence as halving_sentence
    from experiments.search.words import range_sentence as range_sentence

__getattr__, __dir__, __all__ = face(
    __name__,
    {
        "presets": {
            "PRESETS": "Searches that each show one phenomenon.",
        },
        "state": {
            "PARTS": "The ways to search, by key.",
            "SearchCodec": "A shown search as a link and back, and its settings by name.",
            "ShownSearch": "The run that is searched about, and the settings of the search by name.",
            "sweep_link": "The link of the page that shows this search.",
        },
        "told": {
            "BestSoFar": "The best goal of a study after each trial that ended.",
            "axis_title": "What the setting of an axis is called.",
            "best_so_far": "For each study, in the order in which its trials ended.",
            "goal_title": "What is made good, for an axis.",
            "name_words": "What a setting is called that is varied; ``decay`` is the weight decay of each optimizer's "
            "own kind.",
            "part_title": "What a study is called beside the others.",
            "sweep_sentences": "What is best so far, in each study, and how the others ended.",
            "trial_words": "The values of a trial with their names.",
            "value_text": "A value of an axis in few characters.",
        },
        "varied": {
            "AXES": "What may be varied at once: two settings, and one side by side.",
            "NONE": "What an axis is called that varies nothing.",
            "menu_of": "All values of a setting that has no range.",
        },
        "words": {
            "halving_sentence": "What halving has come to.",
            "range_sentence": "What the range test suggests and why.",
        },
    },
)
