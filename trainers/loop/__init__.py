"""The training loop: it trains a network as configured, and measures what the reports tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faces import face

if TYPE_CHECKING:
    from trainers.loop.checkpoint import Checkpoint as Checkpoint
    from trainers.loop.checkpoint import CheckpointMismatch as CheckpointMismatch
    from trainers.loop.curvature import cosine as cosine
    from trainers.loop.curvature import curvature as curvature
    from trainers.loop.curvature import noise_scale as noise_scale
    from trainers.loop.curvature import probe_gradient as probe_gradient
    from trainers.loop.evaluation import evaluate as evaluate
    from trainers.loop.hardware import Device as Device
    from trainers.loop.hardware import choose_device as choose_device
    from trainers.loop.hardware import devices as devices
    from trainers.loop.inside import Inside as Inside
    from trainers.loop.inside import Layers as Layers
    from trainers.loop.pictures import pictures as pictures
    from trainers.loop.session import Session as Session
    from trainers.loop.session import build_model as build_model
    from trainers.loop.training import score_checkpoint as score_checkpoint
    from trainers.loop.training import train as train

__getattr__, __dir__, __all__ = face(
    __name__,
    {
        "checkpoint": {
            "Checkpoint": "tensors.",
            "CheckpointMismatch": "A checkpoint does not go with a configuration; the message says what to do.",
        },
        "curvature": {
            "cosine": "The cosine between two gradients; NaN where one is zero.",
            "curvature": "(largest, smallest) eigenvalue of the Hessian on these rows, as far as 20 Lanczos "
            "steps see them.",
            "noise_scale": "tr(Sigma) / |G|^2.",
            "probe_gradient": "The gradient of the mean loss on these rows, in eval mode.",
        },
        "evaluation": {
            "evaluate": "(loss, metric) over all rows, on the device.",
        },
        "hardware": {
            "Device": "key.",
            "choose_device": "The device of this key; without one, the fastest there is.",
            "devices": "All devices, the fastest first; the CPU is always there.",
        },
        "inside": {
            "Inside": "Gradient, update and activity of one step.",
            "Layers": "The layers of a model.",
        },
        "pictures": {
            "pictures": "All pictures that suit the data, on the validation rows where rows are needed.",
        },
        "session": {
            "Session": "Everything a run needs between two steps; ``epoch`` passes and ``batch`` steps of "
            "the next one are done.",
            "build_model": "The network at its start, on the CPU, from PyTorch's global generator; LSUV sees "
            "training rows.",
        },
        "training": {
            "score_checkpoint": "Loss, metric and confusion on the test part, with the weights of a checkpoint "
            "(averaged ones where it has them).",
            "train": "Train until the budget is spent, early stopping, divergence, ``should_stop``, or "
            "something that cannot be helped.",
        },
    },
)
