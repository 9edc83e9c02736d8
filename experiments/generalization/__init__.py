"""Why models generalize: bias and variance, double descent by capacity and by epoch, dropout as many networks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faces import face

if TYPE_CHECKING:
    from experiments.generalization.augmenting import accuracy_sentences as accuracy_sentences
    from experiments.generalization.augmenting import augmented_config as augmented_config
    from experiments.generalization.augmenting import image_sets as image_sets
    from experiments.generalization.augmenting import label_sentences as label_sentences
    from experiments.generalization.augmenting import shown_of as shown_of
    from experiments.generalization.augmenting import with_and_without as with_and_without
    from experiments.generalization.capacity import ByCapacity as ByCapacity
    from experiments.generalization.capacity import by_capacity as by_capacity
    from experiments.generalization.capacity import smallest_fits as smallest_fits
    from experiments.generalization.code import generalization_code as generalization_code
    from experiments.generalization.drawing import Floats as Floats
    from experiments.generalization.dropout import Dropped as Dropped
    from experiments.generalization.dropout import dropped_of as dropped_of
    from experiments.generalization.ensemble import ensemble_sentences as ensemble_sentences
    from experiments.generalization.ensemble import members_of as members_of
    from experiments.generalization.ensemble import own_runs as own_runs
    from experiments.generalization.epochs import ByEpoch as ByEpoch
    from experiments.generalization.epochs import by_epoch as by_epoch
    from experiments.generalization.penalties import Penalized as Penalized
    from experiments.generalization.penalties import chosen as chosen
    from experiments.generalization.penalties import penalized as penalized
    from experiments.generalization.penalties import penalized_of as penalized_of
    from experiments.generalization.penalties import penalty_sentences as penalty_sentences
    from experiments.generalization.penalties import suited as suited
    from experiments.generalization.presets import PRESETS as PRESETS
    from experiments.generalization.scaling import Scale as Scale
    from experiments.generalization.scaling import Scaling as Scaling
    from experiments.generalization.scaling import best_by_compute as best_by_compute
    from experiments.generalization.scaling import scaling_of as scaling_of
    from experiments.generalization.scaling import scaling_request as scaling_request
    from experiments.generalization.scaling import scaling_sentences as scaling_sentences
    from experiments.generalization.settings import AUGMENTED as AUGMENTED
    from experiments.generalization.settings import CODEC as CODEC
    from experiments.generalization.settings import DROPS as DROPS
    from experiments.generalization.settings import IMAGES as IMAGES
    from experiments.generalization.settings import LEARNED as LEARNED
    from experiments.generalization.settings import MEMBERS as MEMBERS
    from experiments.generalization.settings import MODELS as MODELS
    from experiments.generalization.settings import OUTPUTS as OUTPUTS
    from experiments.generalization.settings import PARTS as PARTS
    from experiments.generalization.settings import PENALIZED_ROWS as PENALIZED_ROWS
    from experiments.generalization.settings import PENALTIES as PENALTIES
    from experiments.generalization.settings import SAYS as SAYS
    from experiments.generalization.settings import SCALED_INPUTS as SCALED_INPUTS
    from experiments.generalization.settings import TRUTHS as TRUTHS
    from experiments.generalization.tradeoff import Fits as Fits
    from experiments.generalization.tradeoff import Tradeoff as Tradeoff
    from experiments.generalization.tradeoff import fits_of as fits_of
    from experiments.generalization.tradeoff import networks_of as networks_of
    from experiments.generalization.tradeoff import spread_of as spread_of
    from experiments.generalization.tradeoff import spread_request as spread_request
    from experiments.generalization.tradeoff import tradeoff_of as tradeoff_of
    from experiments.generalization.words import capacity_name as capacity_name
    from experiments.generalization.words import capacity_sentences as capacity_sentences
    from experiments.generalization.words import chosen_capacity as chosen_capacity
    from experiments.generalization.words import dropout_sentences as dropout_sentences
    from experiments.generalization.words import epoch_sentences as epoch_sentences
    from experiments.generalization.words import tradeoff_sentences as tradeoff_sentences

__getattr__, __dir__, __all__ = face(
    __name__,
    {
        "augmenting": {
            "accuracy_sentences": "Accuracy and gap with augmentation and without.",
            "augmented_config": "The run with the augmentation that is shown.",
            "image_sets": "Names of the sets of images that are here, by key.",
            "label_sentences": "Which of the transforms change what an image is.",
            "shown_of": "Images beside what a network is shown of them.",
            "with_and_without": "Role and configuration of the two runs.",
        },
        "capacity": {
            "ByCapacity": "Medians over training sets by the number of functions.",
            "by_capacity": "The errors of every number of functions.",
            "smallest_fits": "The fits of so many functions to the first training set and to a few others.",
        },
        "code": {
            "generalization_code": "The part that is shown as a script.",
        },
        "drawing": {
            "Floats": "An array of float64.",
        },
        "dropout": {
            "Dropped": "A layer under dropout.",
            "dropped_of": "The layer, its fit and all its masks.",
        },
        "ensemble": {
            "ensemble_sentences": "The mean prediction beside its members, mean weights, and disagreement.",
            "members_of": "Role and configuration of every run that the choice of members trains.",
            "own_runs": "Ids of the runs that the link names.",
        },
        "epochs": {
            "ByEpoch": "Means over training sets by epoch.",
            "by_epoch": "The errors of every epoch.",
        },
        "penalties": {
            "Penalized": "What became of a run under a penalty.",
            "chosen": "The penalties that are shown, none first.",
            "penalized": "Penalty and configuration of every run.",
            "penalized_of": "A run that has reported, as it stands; None before its first report.",
            "penalty_sentences": "What overfits, which penalty helps most, which weights are exactly zero.",
            "suited": "Whether a penalty does anything on these rows.",
        },
        "presets": {
            "PRESETS": "Presets by key.",
        },
        "scaling": {
            "Scale": "One axis: points and their power law.",
            "Scaling": "Parameters, rows and compute, and the curves of training.",
            "best_by_compute": "The least loss of any width by compute.",
            "scaling_of": "Points and laws of the cells that are known.",
            "scaling_request": "What is asked of a worker.",
            "scaling_sentences": "Exponents with their errors, and what theory says.",
        },
        "settings": {
            "AUGMENTED": "Settings of the page that are settings of a run's augmentation.",
            "CODEC": "The settings of the page as one state and as a link.",
            "DROPS": "Shares that may be dropped.",
            "IMAGES": "Names of the sets of images by key.",
            "LEARNED": "Names of what networks of many sizes learn by key.",
            "MEMBERS": "Names of the networks that speak together by key.",
            "MODELS": "Names of the models by key.",
            "OUTPUTS": "Names of what a network answers by key.",
            "PARTS": "Names of the parts of the page by key.",
            "PENALIZED_ROWS": "Names of what is learned under penalties by key.",
            "PENALTIES": "Names of the penalties by key.",
            "SAYS": "Names of the two ways to give the strength of dropout by key.",
            "SCALED_INPUTS": "Numbers of inputs of a teacher by key.",
            "TRUTHS": "Names of the true functions by key.",
        },
        "tradeoff": {
            "Fits": "One capacity, drawn.",
            "Tradeoff": "Errors by capacity, and where they come from.",
            "fits_of": "What the chosen capacity makes of each training set.",
            "networks_of": "The same of networks, where it is known.",
            "spread_of": "Errors of the widths that are known.",
            "spread_request": "What is asked of a worker where networks are fitted.",
            "tradeoff_of": "The errors of every capacity.",
        },
        "words": {
            "capacity_name": "What a capacity is called.",
            "capacity_sentences": "The error at the chosen number of functions, the peak, and what becomes of it.",
            "chosen_capacity": "The capacity that is looked at.",
            "dropout_sentences": "Masked passes against the scaled one, the training loss, and the penalty.",
            "epoch_sentences": "The error at the chosen epoch and where its valleys are.",
            "tradeoff_sentences": "The sum at the chosen capacity, what was measured, and the least error.",
        },
    },
)
