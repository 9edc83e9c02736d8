"""The training loop: it trains a network as configured, and measures what the reports tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faces import face

if TYPE_CHECKING:
    from trainers.loop.augmentation import black_and_white as black_and_white
    from trainers.loop.augmentation import crop as crop
    from trainers.loop.augmentation import cutmix as cutmix
    from trainers.loop.augmentation import cutout as cutout
    from trainers.loop.augmentation import flip as flip
    from trainers.loop.augmentation import mixup as mixup
    from trainers.loop.augmentation import rotate as rotate
    from trainers.loop.checkpoint import Checkpoint as Checkpoint
    from trainers.loop.checkpoint import CheckpointMismatch as CheckpointMismatch
    from trainers.loop.curvature import differentiable_twice as differentiable_twice
    from trainers.loop.ensemble import ensemble_of as ensemble_of
    from trainers.loop.evaluation import evaluate as evaluate
    from trainers.loop.evaluation import predicted as predicted
    from trainers.loop.foreach import lengths_between as lengths_between
    from trainers.loop.foreach import squared_lengths as squared_lengths
    from trainers.loop.hardware import Device as Device
    from trainers.loop.hardware import choose_device as choose_device
    from trainers.loop.hardware import devices as devices
    from trainers.loop.hardware import products as products
    from trainers.loop.hardware import suitable_device as suitable_device
    from trainers.loop.images.color import jitter as jitter
    from trainers.loop.images.geometry import flip_vertical as flip_vertical
    from trainers.loop.images.geometry import perspective as perspective
    from trainers.loop.images.geometry import resize as resize
    from trainers.loop.images.geometry import slant as slant
    from trainers.loop.images.policies import POLICIES as POLICIES
    from trainers.loop.images.policies import auto_augment as auto_augment
    from trainers.loop.images.shown import Shown as Shown
    from trainers.loop.images.shown import shown_images as shown_images
    from trainers.loop.inside import LayerProbe as LayerProbe
    from trainers.loop.layers.penalties import from_orthogonal as from_orthogonal
    from trainers.loop.layers.penalties import orthogonal_gradient as orthogonal_gradient
    from trainers.loop.layers.penalties import shake_ as shake_
    from trainers.loop.layers.penalties import shorten_ as shorten_
    from trainers.loop.layers.penalties import squared_slopes as squared_slopes
    from trainers.loop.layers.reuse import begin_with as begin_with
    from trainers.loop.layers.reuse import layers_of as layers_of
    from trainers.loop.layers.reuse import set_frozen as set_frozen
    from trainers.loop.layers.statistics import batch_alone as batch_alone
    from trainers.loop.layers.statistics import batch_norms as batch_norms
    from trainers.loop.layers.statistics import measure_statistics as measure_statistics
    from trainers.loop.rate_search import search_rates as search_rates
    from trainers.loop.session import DevicePart as DevicePart
    from trainers.loop.session import Session as Session
    from trainers.loop.session import epoch_order as epoch_order
    from trainers.loop.together import train_together as train_together
    from trainers.loop.training import own_random_numbers as own_random_numbers
    from trainers.loop.training import own_threads as own_threads
    from trainers.loop.training import score_checkpoint as score_checkpoint
    from trainers.loop.training import train as train

__getattr__, __dir__, __all__ = face(
    __name__,
    {
        "augmentation": {
            "black_and_white": "The least and largest value of images, as scaled.",
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
        "ensemble": {
            "ensemble_of": "What several trained networks say together on the validation rows.",
        },
        "curvature": {
            "differentiable_twice": "Fused attention and cuDNN's recurrent layers have no second derivative.",
        },
        "evaluation": {
            "evaluate": "Loss and metric of a network over all rows.",
            "predicted": "The class of each row; a single logit says no or yes.",
        },
        "foreach": {
            "lengths_between": "The squared Euclidean length of each difference.",
            "squared_lengths": "The squared Euclidean length of each tensor.",
        },
        "hardware": {
            "Device": "One device that PyTorch can train on.",
            "choose_device": "The device of this key; without one, the fastest there is.",
            "products": "Products of weights and rows in one step of training.",
            "suitable_device": "The fastest device for a run of this size.",
            "devices": "All devices, the fastest first; the CPU is always there.",
        },
        "images.color": {
            "jitter": "Images of other brightness, contrast, saturation and hue.",
        },
        "images.geometry": {
            "flip_vertical": "Half of the images upside down.",
            "perspective": "Images seen from elsewhere.",
            "resize": "Images made larger or smaller.",
            "slant": "Images whose lines are moved sideways.",
        },
        "images.policies": {
            "POLICIES": "Pairs of operations of each policy by key.",
            "auto_augment": "Images under pairs of operations.",
        },
        "images.shown": {
            "Shown": "Images beside what a network is shown of them.",
            "shown_images": "Some images of a data set, as they are and as they are augmented.",
        },
        "layers.penalties": {
            "from_orthogonal": "How far matrices are from orthonormal rows or columns.",
            "orthogonal_gradient": "The gradient of that distance.",
            "shake_": "Noise on weights, and what they were.",
            "shorten_": "Weights of a unit scaled down to a length.",
            "squared_slopes": "The squared slopes of outputs along inputs, row by row.",
        },
        "inside": {
            "LayerProbe": "The layers of a model, and what is heard of them while the signal passes.",
        },
        "rate_search": {
            "search_rates": "A range test on all training rows, then trials on some of them.",
        },
        "layers.reuse": {
            "begin_with": "Write the weights of a kept run into a network.",
            "layers_of": "The layers of a network from the input on.",
            "set_frozen": "Let the first layers stand still, and all others learn.",
        },
        "layers.statistics": {
            "batch_alone": "Batch renormalization takes the statistics of each batch within.",
            "batch_norms": "The layers that have running statistics.",
            "measure_statistics": "Running statistics of the weights that a network has.",
        },
        "session": {
            "DevicePart": "Rows on the device.",
            "Session": "Everything a run needs between two steps.",
            "epoch_order": "The order of the training rows in one epoch.",
        },
        "together": {
            "train_together": "Train runs that differ only in numbers as one batched computation.",
        },
        "training": {
            "own_random_numbers": "What is drawn within leaves PyTorch's generators as they were.",
            "own_threads": "A number of threads that is set within is taken back.",
            "score_checkpoint": "Loss, metric and confusion on the test part, with the weights of a checkpoint "
            "(averaged ones where it has them).",
            "train": "Train until the budget is spent, early stopping, divergence, ``should_stop``, or "
            "something that cannot be helped.",
        },
    },
)
