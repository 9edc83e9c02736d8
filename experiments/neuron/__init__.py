"""One neuron on rows: which row is read, and what else the page shows beside its race."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faces import face

if TYPE_CHECKING:
    from experiments.neuron.many_rows import AXES as AXES
    from experiments.neuron.many_rows import ManyRows as ManyRows
    from experiments.neuron.many_rows import Solved as Solved
    from experiments.neuron.many_rows import Walked as Walked
    from experiments.neuron.many_rows import many_rows_of as many_rows_of
    from experiments.neuron.many_rows import many_rows_sentences as many_rows_sentences
    from experiments.neuron.many_rows import solve as solve
    from experiments.neuron.many_rows import solved as solved
    from experiments.neuron.numbers import row_numbers as row_numbers
    from experiments.neuron.own import OwnTable as OwnTable
    from experiments.neuron.own import OwnTableError as OwnTableError
    from experiments.neuron.own import own_landscape as own_landscape
    from experiments.neuron.own import own_table as own_table
    from experiments.neuron.presets import OPENING as OPENING
    from experiments.neuron.presets import PRESETS as PRESETS
    from experiments.neuron.settings import PARTS as PARTS
    from experiments.neuron.settings import declared as declared
    from experiments.neuron.words import DATA_NAMES as DATA_NAMES
    from experiments.neuron.words import KIND_NAMES as KIND_NAMES
    from experiments.neuron.words import RowNames as RowNames
    from experiments.neuron.words import features_of as features_of
    from experiments.neuron.words import row_names as row_names

__getattr__, __dir__, __all__ = face(
    __name__,
    {
        "numbers": {
            "row_numbers": "Every number of every row at given weights.",
        },
        "many_rows": {
            "AXES": "What the horizontal axis of many rows may count.",
            "ManyRows": "What is solved with many rows, and how.",
            "Solved": "All paths, with the least loss.",
            "Walked": "One path: where its loss stands by iteration and by epoch.",
            "many_rows_of": "What the settings of the part ask for.",
            "many_rows_sentences": "Who leads by iteration, who by epoch, and who is overtaken.",
            "solve": "Walk all paths.",
            "solved": "The paths of these settings, worked out once for everybody.",
        },
        "own": {
            "OwnTable": "A user's own table, as a neuron sees it.",
            "OwnTableError": "What of a table a neuron cannot use.",
            "own_landscape": "The neuron's landscape over an upload.",
            "own_table": "The table of an upload.",
        },
        "presets": {
            "OPENING": "The race that the page opens with, as a link.",
            "PRESETS": "The presets by key.",
        },
        "settings": {
            "PARTS": "What the page may show.",
            "declared": "Every setting of the page beside its race, given those before it.",
        },
        "words": {
            "DATA_NAMES": "What the rows are called in the menu.",
            "KIND_NAMES": "What the neurons are called in the menu.",
            "RowNames": "What features, classes and target are called.",
            "row_names": "What those of the rows that are shown are called.",
            "features_of": "The features of rows, in the order of the table.",
        },
    },
)
