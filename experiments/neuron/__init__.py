"""One neuron on rows: which row is read, and what else the page shows beside its race."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faces import face

if TYPE_CHECKING:
    from experiments.neuron.chord import SAMPLES as SAMPLES
    from experiments.neuron.chord import SURFACES as SURFACES
    from experiments.neuron.chord import Along as Along
    from experiments.neuron.chord import chord_of as chord_of
    from experiments.neuron.chord import chord_sentence as chord_sentence
    from experiments.neuron.chord import ends_of as ends_of
    from experiments.neuron.chord import surfaces_of as surfaces_of
    from experiments.neuron.code import convexity_code as convexity_code
    from experiments.neuron.code import penalties_code as penalties_code
    from experiments.neuron.conventions import Convention as Convention
    from experiments.neuron.conventions import conventions_of as conventions_of
    from experiments.neuron.convexity import DECAYS as DECAYS
    from experiments.neuron.convexity import ENDS as ENDS
    from experiments.neuron.convexity import MEASURED_ROWS as MEASURED_ROWS
    from experiments.neuron.convexity import REACH as REACH
    from experiments.neuron.convexity import SIGHTS as SIGHTS
    from experiments.neuron.convexity import WEIGHTS as WEIGHTS
    from experiments.neuron.growth import decay_place as decay_place
    from experiments.neuron.growth import growth_of as growth_of
    from experiments.neuron.growth import growth_sentences as growth_sentences
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
    from experiments.neuron.penalties import FORMS as FORMS
    from experiments.neuron.penalties import LAMBDAS as LAMBDAS
    from experiments.neuron.penalties import MIXES as MIXES
    from experiments.neuron.penalties import NUMBER_ROWS as NUMBER_ROWS
    from experiments.neuron.penalty import bowl_loss as bowl_loss
    from experiments.neuron.penalty import bowl_of as bowl_of
    from experiments.neuron.penalty import bowl_penalty as bowl_penalty
    from experiments.neuron.penalty import lambda_place as lambda_place
    from experiments.neuron.penalty import optimum_of as optimum_of
    from experiments.neuron.penalty import path_of as path_of
    from experiments.neuron.penalty import penalty_sentences as penalty_sentences
    from experiments.neuron.penalty import zero_from as zero_from
    from experiments.neuron.presets import OPENING as OPENING
    from experiments.neuron.presets import PRESETS as PRESETS
    from experiments.neuron.scaling import TOLERANCE as TOLERANCE
    from experiments.neuron.scaling import Raced as Raced
    from experiments.neuron.scaling import races_of as races_of
    from experiments.neuron.scaling import scaling_sentence as scaling_sentence
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
        "chord": {
            "SAMPLES": "Places along a segment.",
            "SURFACES": "The two losses through a sigmoid, by the key of their landscape.",
            "Along": "One loss along the segment, beside its chord.",
            "chord_of": "Both losses along the segment.",
            "chord_sentence": "What chord and curvature say of one loss.",
            "ends_of": "Both ends of the segment.",
            "surfaces_of": "Both losses over the rows of these settings.",
        },
        "code": {
            "convexity_code": "What the part on convexity shows, as a script.",
            "penalties_code": "The optimum of the part on penalties by scikit-learn, as a script.",
        },
        "conventions": {
            "Convention": "A way to write loss and penalty, with its number.",
            "conventions_of": "The number of the same optimum in each convention.",
        },
        "convexity": {
            "DECAYS": "The strengths of L2 beside which the weights grow.",
            "ENDS": "The settings that say where the ends of the chord are.",
            "MEASURED_ROWS": "Rows whose feature is scaled or not.",
            "REACH": "How far the weights go on the maps.",
            "SIGHTS": "What the part on convexity shows.",
            "WEIGHTS": "What the two weights are.",
        },
        "growth": {
            "decay_place": "The number of the strength of L2 that is nearest.",
            "growth_of": "Gradient descent for every strength of L2.",
            "growth_sentences": "What happens without L2 and with it.",
        },
        "penalties": {
            "FORMS": "How a penalty is seen.",
            "LAMBDAS": "The strengths of a penalty.",
            "MIXES": "How much of a penalty is L1: from L2 to L1.",
            "NUMBER_ROWS": "Rows with a number as their target, by name.",
        },
        "penalty": {
            "bowl_loss": "The mean squared error of weights.",
            "bowl_of": "The bowl of least squares over rows.",
            "bowl_penalty": "The penalty of weights, without its strength.",
            "lambda_place": "The number of the strength of a penalty that is nearest.",
            "optimum_of": "Where loss and penalty together are least.",
            "path_of": "The optimum of every strength.",
            "penalty_sentences": "Where the optimum is, and what the penalty does.",
            "zero_from": "From which strength on each weight is exactly 0.",
        },
        "scaling": {
            "TOLERANCE": "The share of the height at which a race is over.",
            "Raced": "One way to measure a feature, and its race.",
            "races_of": "The race as measured and the one on the scaled feature.",
            "scaling_sentence": "Condition number and steps in words.",
        },
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
