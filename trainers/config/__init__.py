"""What a run is: data, model, loss, optimizer, schedule, regularization and budget, checked and frozen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faces import face

if TYPE_CHECKING:
    from trainers.config.forks import fits as fits
    from trainers.config.forks import remedy_pair as remedy_pair
    from trainers.config.losses import LOSSES as LOSSES
    from trainers.config.optimizers import OPTIMIZERS as OPTIMIZERS
    from trainers.config.optimizers import arguments_of as arguments_of
    from trainers.config.optimizers import build_optimizers as build_optimizers
    from trainers.config.optimizers import fan_in_shares as fan_in_shares
    from trainers.config.reuse import frozen_layers as frozen_layers
    from trainers.config.reuse import rate_shares as rate_shares
    from trainers.config.reuse import same_targets as same_targets
    from trainers.config.reuse import why_no_body as why_no_body
    from trainers.config.run_config import ModelTooLarge as ModelTooLarge
    from trainers.config.run_config import RunConfig as RunConfig
    from trainers.config.run_config import Settings as Settings
    from trainers.config.run_config import differences as differences
    from trainers.config.schedules import SCHEDULES as SCHEDULES
    from trainers.config.schedules import TrainingSchedule as TrainingSchedule
    from trainers.config.schedules import build_schedule as build_schedule
    from trainers.config.sections import IMAGE_AUGMENTATION as IMAGE_AUGMENTATION
    from trainers.config.sections import SECTIONS as SECTIONS
    from trainers.config.sections import asked_for as asked_for
    from trainers.config.stacking import may_differ as may_differ
    from trainers.config.stacking import stack_key as stack_key

__getattr__, __dir__, __all__ = face(
    __name__,
    {
        "forks": {
            "fits": "Whether weights of one configuration go into the network of another.",
            "remedy_pair": "(unchanged, remedied) with the same number of epochs left at ``epoch``, where both begin.",
        },
        "losses": {
            "LOSSES": "Every loss by key.",
        },
        "optimizers": {
            "OPTIMIZERS": "PyTorch's optimizers by key.",
            "build_optimizers": "The optimizers of a run: one, or two where one takes matrices only.",
            "fan_in_shares": "The share of the rate that each parameter has by its fan-in.",
            "arguments_of": "The keyword arguments of PyTorch's class, its own weight decay and fused kernel included.",
        },
        "reuse": {
            "frozen_layers": "How many layers do not learn in an epoch.",
            "rate_shares": "The rate of each layer as a share of the run's.",
            "same_targets": "Whether the last layer of one run means something to another.",
            "why_no_body": "Why a run cannot begin with the layers of another.",
        },
        "run_config": {
            "ModelTooLarge": "The model has more parameters than are allowed.",
            "RunConfig": "One training run.",
            "Settings": "The values of one choice and what was chosen.",
            "differences": "Settings in which two runs differ, by dotted name; None on the side that has no "
            "such setting.",
        },
        "schedules": {
            "SCHEDULES": "Schedules of the learning rate by key.",
            "TrainingSchedule": "One schedule of training, and the class of PyTorch that it is.",
            "build_schedule": "The schedule of one optimizer, stepped by the loop.",
        },
        "sections": {
            "IMAGE_AUGMENTATION": "Settings of augmentation that want images.",
            "asked_for": "Whether any augmentation, or one of some, is asked for.",
            "SECTIONS": "The sections of a configuration, in order.",
        },
        "stacking": {
            "may_differ": "Whether runs that are trained as one may differ in this setting.",
            "stack_key": "What runs that can be trained as one have in common; None where a run has to be alone.",
        },
    },
)
