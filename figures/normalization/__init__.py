"""Normalization as pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faces import face

if TYPE_CHECKING:
    from figures.normalization.batch_statistics import error_figure as error_figure
    from figures.normalization.batch_statistics import forgotten_figure as forgotten_figure
    from figures.normalization.batch_statistics import running_figure as running_figure
    from figures.normalization.coupled import coupling_figure as coupling_figure
    from figures.normalization.depth_effect import effect_figure as effect_figure
    from figures.normalization.depth_effect import effect_lines as effect_lines
    from figures.normalization.depth_effect import effect_table as effect_table
    from figures.normalization.inputs import excess_figure as excess_figure
    from figures.normalization.inputs import stage_figure as stage_figure
    from figures.normalization.leakage import leak_figure as leak_figure
    from figures.normalization.leakage import leak_sentences as leak_sentences
    from figures.normalization.leakage import leak_table as leak_table
    from figures.normalization.leakage import score_figure as score_figure
    from figures.normalization.sharing import formula as formula
    from figures.normalization.sharing import group_table as group_table
    from figures.normalization.sharing import pytorch_line as pytorch_line
    from figures.normalization.sharing import sharing_figure as sharing_figure
    from figures.normalization.sharing import tensor_figure as tensor_figure
    from figures.normalization.sharing import tensor_sentence as tensor_sentence
    from figures.normalization.worked import worked_figure as worked_figure

__getattr__, __dir__, __all__ = face(
    __name__,
    {
        "batch_statistics": {
            "error_figure": "Root mean square error of a batch's statistics by its size, both axes logarithmic.",
            "forgotten_figure": "One test value after normalization.",
            "running_figure": "Running mean and variance by batch, over the batches' own and the population's.",
        },
        "coupled": {
            "coupling_figure": "One matrix a normalization, output by input.",
        },
        "depth_effect": {
            "effect_figure": "One column of the tables by layer, on a logarithmic axis.",
            "effect_lines": "(color of the line, verdict) of each kind; the color is that of the light theme.",
            "effect_table": "A row a kind.",
        },
        "inputs": {
            "excess_figure": "Loss above its minimum by step, one line a stage, both axes logarithmic.",
            "stage_figure": "Two panels, one above the other.",
        },
        "leakage": {
            "leak_figure": "Training and test inputs after one way of preparing them.",
            "leak_sentences": "How far the training inputs move though only the test part was added, and what "
            "the score is worth.",
            "leak_table": "What the test part looks like after each way, numbers as text.",
            "score_figure": "The score that each way reports, over all draws.",
        },
        "sharing": {
            "formula": "The kind in LaTeX, epsilon, scale and shift included.",
            "group_table": "A row for every set of cells with shared statistics, numbers as text.",
            "pytorch_line": "The PyTorch module for a tensor of this shape.",
            "sharing_figure": "Small pictures of every kind side by side, ``kind`` in bold.",
            "tensor_figure": "Three panels over the same cells.",
            "tensor_sentence": "What shares, and in how many sets.",
        },
        "worked": {
            "worked_figure": "Two panels, before and after: samples of each unit, its mean and deviation.",
        },
    },
)
