"""Training as a page shows it: groups of settings, their words, and summaries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faces import face

if TYPE_CHECKING:
    from experiments.training.own_table import Overview as Overview
    from experiments.training.own_table import Usable as Usable
    from experiments.training.own_table import chosen_features as chosen_features
    from experiments.training.own_table import features_text as features_text
    from experiments.training.own_table import overview as overview
    from experiments.training.own_table import overview_sentence as overview_sentence
    from experiments.training.own_table import usable as usable
    from experiments.training.own_table import usual_roles as usual_roles
    from experiments.training.own_table import usual_task as usual_task
    from experiments.training.page_state import ShownTraining as ShownTraining
    from experiments.training.page_state import TrainingCodec as TrainingCodec
    from experiments.training.setting_groups import OWN_TABLE as OWN_TABLE
    from experiments.training.setting_groups import SEEDS as SEEDS
    from experiments.training.setting_groups import Group as Group
    from experiments.training.setting_groups import groups as groups
    from experiments.training.setting_groups import rows_of as rows_of
    from experiments.training.setting_groups import shown as shown
    from experiments.training.stored import feeds_of_view as feeds_of_view
    from experiments.training.stored import preset_of as preset_of
    from experiments.training.stored import runs_of_view as runs_of_view
    from experiments.training.stored import wanted_by as wanted_by
    from experiments.training.summary import download_sentence as download_sentence
    from experiments.training.summary import drawer_label as drawer_label
    from experiments.training.summary import meaning_of as meaning_of
    from experiments.training.view import VIEW as VIEW
    from experiments.training.view import checked_view as checked_view
    from experiments.training.view import query_of_view as query_of_view
    from experiments.training.words import COSTS as COSTS
    from experiments.training.words import difference_words as difference_words
    from experiments.training.words import label as label
    from experiments.training.words import named as named
    from experiments.training.words import names as names
    from experiments.training.words import refusal as refusal
    from experiments.training.words import sentence as sentence
    from experiments.training.words import setting_text as setting_text
    from experiments.training.words import setting_title as setting_title
    from experiments.training.words import value_words as value_words

__getattr__, __dir__, __all__ = face(
    __name__,
    {
        "setting_groups": {
            "Group": "A group of controls by dotted names.",
            "OWN_TABLE": "Chosen beside the upload.",
            "SEEDS": "The settings that fix random draws.",
            "groups": "All groups for what is chosen now, in the order of the page; together they hold "
            "every setting that suits.",
            "rows_of": "Which controls stand side by side.",
            "shown": "A setting as its control shows it.",
        },
        "own_table": {
            "Overview": "A user's own table at a glance.",
            "Usable": "A table with its roles.",
            "chosen_features": "The columns that ``data.features`` lists, as far as they are among ``names``; "
            "empty for all.",
            "features_text": "The value of ``data.features`` for these columns; empty, which means all others, "
            "where none is chosen.",
            "overview": "What a page shows of a table without keeping all of it.",
            "overview_sentence": "150 rows, 5 columns; the first 12 are shown.",
            "usable": "What a model gets of a table with these roles.",
            "usual_roles": "Settings of a table that was just uploaded.",
            "usual_task": "regression for a column of many different numbers, else classification.",
        },
        "summary": {
            "download_sentence": "How large a fetched data set is, and whether it must be fetched first.",
            "drawer_label": "What a drawer is called.",
            "meaning_of": "What the chosen data, model or optimizer is, in one sentence; empty for the other groups.",
        },
        "view": {
            "VIEW": "How the curves of a training are shown, as settings by name.",
            "checked_view": "What of a view is known and valid.",
            "query_of_view": "The parameters of a link that opens this view.",
        },
        "stored": {
            "feeds_of_view": "The runs of a view with their reports, once they have ended.",
            "preset_of": "The preset whose first run this is.",
            "runs_of_view": "What the store has of a view's runs.",
            "wanted_by": "(role, configuration) of each run that a view shows, and their title.",
        },
        "words": {
            "COSTS": "Widest range over a perceptron, a CNN and a GRU on a processor; see benchmarks/training.py.",
            "difference_words": "(shown, set) by dotted name as words.",
            "label": "What the control of a setting is called, with its symbol where it has one.",
            "named": "A chosen key as its menu shows it.",
            "names": "What the keys of a choice are called; empty where they speak for themselves.",
            "refusal": "A sentence of a change that was refused, with the name that its control has.",
            "sentence": "The same with a capital, unless it begins with the name of a setting.",
            "setting_text": "A setting's value as its control shows it; a dash where there is none.",
            "setting_title": "What the control of a setting is called, by its dotted name.",
            "value_words": "How a number reads on its slider.",
        },
        "page_state": {
            "ShownTraining": "The configuration that the controls show, the run beside them, and its view.",
            "TrainingCodec": "A shown training as a link and back, and its settings by dotted name.",
        },
    },
)
