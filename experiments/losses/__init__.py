"""Losses: their values and gradients read, an outlier's pull, smoothed targets, two distributions slid apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faces import face

if TYPE_CHECKING:
    from experiments.losses.apart import MIDDLES as MIDDLES
    from experiments.losses.apart import SHIFTS as SHIFTS
    from experiments.losses.apart import WIDTH as WIDTH
    from experiments.losses.apart import At as At
    from experiments.losses.apart import apart_of as apart_of
    from experiments.losses.apart import apart_sentence as apart_sentence
    from experiments.losses.apart import at_shift as at_shift
    from experiments.losses.code import losses_code as losses_code
    from experiments.losses.outlier import Placed as Placed
    from experiments.losses.outlier import fits_of as fits_of
    from experiments.losses.outlier import on_grid as on_grid
    from experiments.losses.outlier import outlier_sentence as outlier_sentence
    from experiments.losses.outlier import placed as placed
    from experiments.losses.presets import PRESETS as PRESETS
    from experiments.losses.readings import Reading as Reading
    from experiments.losses.readings import classification_readings as classification_readings
    from experiments.losses.readings import classification_sentence as classification_sentence
    from experiments.losses.readings import hyper_of as hyper_of
    from experiments.losses.readings import regression_readings as regression_readings
    from experiments.losses.readings import regression_sentence as regression_sentence
    from experiments.losses.readings import shown_losses as shown_losses
    from experiments.losses.readings import target_of as target_of
    from experiments.losses.settings import CLASSIFICATION as CLASSIFICATION
    from experiments.losses.settings import LOGITS as LOGITS
    from experiments.losses.settings import LOSSES_OF as LOSSES_OF
    from experiments.losses.settings import MODELS as MODELS
    from experiments.losses.settings import PARTS as PARTS
    from experiments.losses.settings import REGRESSION as REGRESSION
    from experiments.losses.settings import SHAPES as SHAPES
    from experiments.losses.settings import TARGETS as TARGETS
    from experiments.losses.settings import LossesCodec as LossesCodec
    from experiments.losses.settings import link_of as link_of
    from experiments.losses.targets import STILL as STILL
    from experiments.losses.targets import Smoothed as Smoothed
    from experiments.losses.targets import smoothed_of as smoothed_of
    from experiments.losses.targets import smoothed_sentence as smoothed_sentence

__getattr__, __dir__, __all__ = face(
    __name__,
    {
        "apart": {
            "MIDDLES": "The middles of the bins.",
            "SHIFTS": "The shifts at which all is known beforehand.",
            "WIDTH": "The width of a bin.",
            "At": "Both histograms at one shift, each distance and its slope.",
            "apart_of": "Every distance and its slope at every shift.",
            "apart_sentence": "Which distances say where to go, with their numbers.",
            "at_shift": "The distances at the shift of these settings.",
        },
        "code": {
            "losses_code": "The part that is shown as a PyTorch script that prints its numbers.",
        },
        "outlier": {
            "Placed": "The fit of one loss with the outlier at one place.",
            "fits_of": "The fits for every place of the outlier.",
            "on_grid": "The place on the grid that is nearest to the outlier of these settings.",
            "outlier_sentence": "What the outlier does to one fit, with its numbers.",
            "placed": "The fit of one loss with the outlier at one place.",
        },
        "presets": {
            "PRESETS": "The presets by key.",
        },
        "readings": {
            "Reading": "Value and slope of a loss at one prediction.",
            "classification_readings": "The losses of a yes or no at the logit of these settings.",
            "classification_sentence": "How wrong the network is, and how hard each loss pulls it back.",
            "hyper_of": "The hyperparameters of a loss as the page has set them.",
            "regression_readings": "The losses that are drawn, at the error of these settings.",
            "regression_sentence": "How hard each loss pulls at this error.",
            "shown_losses": "The regression losses whose curves are drawn.",
            "target_of": "The number that stands for the true answer.",
        },
        "settings": {
            "CLASSIFICATION": "The losses of a yes or no.",
            "LOGITS": "The names of the logits.",
            "LOSSES_OF": "The losses that a part shows, by part.",
            "MODELS": "What may be fitted.",
            "PARTS": "The parts of the page.",
            "REGRESSION": "The losses of a number.",
            "SHAPES": "The shapes of the distributions.",
            "TARGETS": "The true answers.",
            "LossesCodec": "The settings of the page as one state and as a link.",
            "link_of": "The parameters of a link to one loss on this page.",
        },
        "targets": {
            "STILL": "A gradient below this is rounding.",
            "Smoothed": "Probabilities beside a smoothed target, and the gradient between them.",
            "smoothed_of": "What the part of cross-entropy shows.",
            "smoothed_sentence": "Value, floor and the steepest logit in numbers.",
        },
    },
)
