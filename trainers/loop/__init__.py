"""The training loop: it trains a network as configured, and measures what the reports tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faces import face

if TYPE_CHECKING:
    from trainers.loop.augmentation import crop as crop
    from trainers.loop.augmentation import cutmix as cutmix
    from trainers.loop.augmentation import cutout as cutout
    from trainers.loop.augmentation import flip as flip
    from trainers.loop.augmentation import mixup as mixup
    from trainers.loop.augmentation import rotate as rotate
    from trainers.loop.checkpoint import Checkpoint as Checkpoint
    from trainers.loop.checkpoint import CheckpointMismatch as CheckpointMismatch
    from trainers.loop.foreach import lengths_between as lengths_between
    from trainers.loop.foreach import squared_lengths as squared_lengths
    from trainers.loop.hardware import Device as Device
    from trainers.loop.hardware import choose_device as choose_device
    from trainers.loop.hardware import devices as devices
    from trainers.loop.hardware import suitable_device as suitable_device
    from trainers.loop.inside import LayerProbe as LayerProbe
    from trainers.loop.rate_search import search_rates as search_rates
    from trainers.loop.training import score_checkpoint as score_checkpoint
    from trainers.loop.training import train as train

__getattr__, __dir__, __all__ = face(
    __name__,
    {
        "augmentation": {
            "crop": "Images moved by a few pixels.",
            "cutmix": "A box of each image from another, and its share of the target.",
            "cutout": "A box of each image left out.",
            "flip": "Half of the images mirrored.",
            "mixup": "Each row mixed with another.",
            "rotate": "Images turned by a few degrees.",
        },
        "checkpoint": {
            "Checkpoint": "Everything that a run needs to go on exactly.",
            "CheckpointMismatch": "A checkpoint does not go with a configuration; the message says what to do.",
        },
        "foreach": {
            "lengths_between": "The squared Euclidean length of each difference.",
            "squared_lengths": "The squared Euclidean length of each tensor.",
        },
        "hardware": {
            "Device": "One device that PyTorch can train on.",
            "choose_device": "The device of this key; without one, the fastest there is.",
            "suitable_device": "The fastest device for a run of this size.",
            "devices": "All devices, the fastest first; the CPU is always there.",
        },
        "inside": {
            "LayerProbe": "The layers of a model, and what is heard of them while the signal passes.",
        },
        "rate_search": {
            "search_rates": "A range test on all training rows, then trials on some of them.",
        },
        "training": {
            "score_checkpoint": "Loss, metric and confusion on the test part, with the weights of a checkpoint "
            "(averaged ones where it has them).",
            "train": "Train until the budget is spent, early stopping, divergence, ``should_stop``, or "
            "something that cannot be helped.",
        },
    },
)
