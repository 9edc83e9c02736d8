"""Generalization as pictures: fits over each other, errors over capacity and epochs, networks under masks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faces import face

if TYPE_CHECKING:
    from figures.generalization.augmenting import accuracy_figure as accuracy_figure
    from figures.generalization.augmenting import images_figure as images_figure
    from figures.generalization.dropout import answers_figure as answers_figure
    from figures.generalization.dropout import masked_figure as masked_figure
    from figures.generalization.dropout import network_figure as network_figure
    from figures.generalization.ensemble import agreement_figure as agreement_figure
    from figures.generalization.ensemble import members_figure as members_figure
    from figures.generalization.ensemble import sizes_figure as sizes_figure
    from figures.generalization.errors import capacity_figure as capacity_figure
    from figures.generalization.errors import epoch_figure as epoch_figure
    from figures.generalization.errors import tradeoff_figure as tradeoff_figure
    from figures.generalization.fits import fits_figure as fits_figure
    from figures.generalization.penalties import penalty_figure as penalty_figure
    from figures.generalization.scaling import scale_figure as scale_figure

__getattr__, __dir__, __all__ = face(
    __name__,
    {
        "augmenting": {
            "accuracy_figure": "Accuracy over epochs without augmentation and with it.",
            "images_figure": "Images beside what a network is shown of them.",
        },
        "dropout": {
            "answers_figure": "How often masked networks answer what at one input.",
            "masked_figure": "What masked networks answer over the input.",
            "network_figure": "The layer under one mask.",
        },
        "ensemble": {
            "agreement_figure": "Where members disagree.",
            "members_figure": "Losses of the members, of their mean prediction and of their mean weights.",
            "sizes_figure": "The loss by the number of members.",
        },
        "errors": {
            "capacity_figure": "Errors over the number of functions.",
            "epoch_figure": "Errors over epochs.",
            "tradeoff_figure": "Bias, variance, noise and their sum over the capacity.",
        },
        "fits": {
            "fits_figure": "Fits drawn over each other.",
        },
        "penalties": {
            "penalty_figure": "The fit, the weights and the losses of a run.",
        },
        "scaling": {
            "scale_figure": "The loss over parameters, rows or compute, with its power law.",
        },
    },
)
