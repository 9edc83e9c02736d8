"""Normalization: what is prepared, leaked, shared or remembered, computed without drawing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faces import face

if TYPE_CHECKING:
    from experiments.normalization.batch_modes import SIZES as SIZES
    from experiments.normalization.batch_modes import BatchView as BatchView
    from experiments.normalization.batch_modes import batch_view as batch_view
    from experiments.normalization.batch_modes import error_table as error_table
    from experiments.normalization.batch_modes import forgotten_sentence as forgotten_sentence
    from experiments.normalization.batch_modes import population as population
    from experiments.normalization.batch_modes import running_sentence as running_sentence
    from experiments.normalization.batch_modes import train_and_eval_code as train_and_eval_code
    from experiments.normalization.coupling import COUPLED_UNITS as COUPLED_UNITS
    from experiments.normalization.coupling import WAYS as WAYS
    from experiments.normalization.coupling import Coupling as Coupling
    from experiments.normalization.coupling import coupled_rows as coupled_rows
    from experiments.normalization.coupling import coupling_inputs as coupling_inputs
    from experiments.normalization.coupling import coupling_sentence as coupling_sentence
    from experiments.normalization.depth import Effect as Effect
    from experiments.normalization.depth import effect_of as effect_of
    from experiments.normalization.depth import effect_setups as effect_setups
    from experiments.normalization.depth import measure_effects as measure_effects
    from experiments.normalization.leak import LeakView as LeakView
    from experiments.normalization.leak import leak_view as leak_view
    from experiments.normalization.leakage import drifted_features as drifted_features
    from experiments.normalization.settings import COMPANIONS as COMPANIONS
    from experiments.normalization.settings import COMPARED as COMPARED
    from experiments.normalization.settings import PARTS as PARTS
    from experiments.normalization.settings import PRESETS as PRESETS
    from experiments.normalization.settings import RATES as RATES
    from experiments.normalization.settings import SAMPLES as SAMPLES
    from experiments.normalization.settings import WHITENINGS as WHITENINGS
    from experiments.normalization.settings import compared_kinds as compared_kinds
    from experiments.normalization.settings import declared as declared
    from experiments.normalization.settings import group_count as group_count
    from experiments.normalization.settings import network_settings as network_settings
    from experiments.normalization.stages import ARRIVED as ARRIVED
    from experiments.normalization.stages import StageRace as StageRace
    from experiments.normalization.stages import Window as Window
    from experiments.normalization.stages import race_stages as race_stages
    from experiments.normalization.stages import stage_sentence as stage_sentence
    from experiments.normalization.stages import stage_table as stage_table
    from experiments.normalization.stages import weight_window as weight_window
    from experiments.normalization.tensor import normalized_example as normalized_example
    from experiments.normalization.whitening import STAGES as STAGES
    from experiments.normalization.whitening import two_features as two_features
    from experiments.normalization.worked_example import SAMPLES_BY_HAND as SAMPLES_BY_HAND
    from experiments.normalization.worked_example import ByHand as ByHand
    from experiments.normalization.worked_example import by_hand as by_hand
    from experiments.normalization.worked_example import by_hand_sentence as by_hand_sentence
    from experiments.normalization.worked_example import by_hand_steps as by_hand_steps
    from experiments.normalization.worked_example import cells_of as cells_of
    from experiments.normalization.worked_example import edited as edited

__getattr__, __dir__, __all__ = face(
    __name__,
    {
        "worked_example": {
            "ByHand": "Batch normalization of a few cells, worked out.",
            "SAMPLES_BY_HAND": "Samples of the example that is worked out.",
            "by_hand_sentence": "Mean and deviation of every unit in words.",
            "by_hand_steps": "The arithmetic of one unit as formulas.",
            "cells_of": "The cells of the example.",
            "edited": "The cells after edits in a table.",
            "by_hand": "Batch normalization of the cells, as a layer in training mode does it.",
        },
        "batch_modes": {
            "BatchView": "running_mean, running_variance.",
            "SIZES": "Batch sizes whose errors are compared.",
            "batch_view": "Train on ``batches`` batches of ``size``, then normalize one test value in both modes.",
            "error_table": "The errors by batch size, numbers as text.",
            "forgotten_sentence": "Both modes in numbers, for the batch size that is set.",
            "population": "20,000 values of one channel.",
            "running_sentence": "How far the running averages have come.",
            "train_and_eval_code": "The order of both modes in PyTorch.",
        },
        "coupling": {
            "COUPLED_UNITS": "Units of each layer whose rows are coupled.",
            "Coupling": "How much the output of each row depends on the input of each.",
            "WAYS": "The normalizations whose coupling is compared.",
            "coupled_rows": "The network's Jacobian, row by row.",
            "coupling_inputs": "The batch and the weights of the network.",
            "coupling_sentence": "What belongs to other rows under batch normalization in training.",
        },
        "depth": {
            "Effect": "What was measured with one kind of normalization.",
            "effect_of": "What was measured of one of them, with its verdict.",
            "effect_setups": "The same network with each kind.",
            "measure_effects": "The same network at initialization with each kind.",
        },
        "leak": {
            "LeakView": "Both parts after a stage fitted on the training part and on both.",
            "leak_view": "One draw in detail, and the scores of many.",
        },
        "leakage": {
            "drifted_features": "Two features whose first one lies ``drift`` spreads higher in the test part.",
        },
        "settings": {
            "COMPANIONS": "What else may be in the batch of the test value.",
            "COMPARED": "The kinds of normalization that are compared.",
            "PARTS": "The parts of the page.",
            "PRESETS": "The presets by key.",
            "RATES": "How the rates of the stages are chosen.",
            "SAMPLES": "Inputs sent through each network of the effect part.",
            "WHITENINGS": "Two ways of whitening.",
            "compared_kinds": "No normalization, and every kind that is switched on.",
            "declared": "Every setting of the page; see settings/query.py.",
            "group_count": "The number of groups; a choice's key is text.",
            "network_settings": "The fields of ``networks.Setup`` that the effect part sets.",
        },
        "stages": {
            "ARRIVED": "The share of the loss at which a race has arrived.",
            "StageRace": "Gradient descent on inputs prepared in one way.",
            "Window": "Two ends for each axis.",
            "race_stages": "Gradient descent on every stage.",
            "stage_sentence": "Which stage brings the condition number down, with the numbers.",
            "stage_table": "A row a stage, numbers as text.",
            "weight_window": "One square window over the weights that holds every start and minimum, and the "
            "paths that stay near them.",
        },
        "tensor": {
            "normalized_example": "The example tensor and what the kind makes of it.",
        },
        "whitening": {
            "STAGES": "The stages of preparing inputs, by key.",
            "two_features": "Rows of two dependent features and a target.",
        },
    },
)
