"""A run as one plain PyTorch script that needs nothing of this project, only NumPy, scikit-learn and PyTorch.

What makes the data, the model and the augmentation is copied from the very functions that the lab runs, so the script
draws the same rows and weights; on a CPU it ends at the same losses. Reports, checkpoints and what is watched are left
out. Texts of the user enter it as Python literals, never as code.
"""

from __future__ import annotations

import json
from functools import lru_cache

from exports.run_script.data import data_text, rows_here
from exports.run_script.model import model_text
from exports.run_script.reuse import reuse_text
from exports.run_script.training import augmentation_text, loss_text, optimizer_text, penalty_text, training_text
from networks.models import MODELS
from trainers.config import LOSSES, RunConfig
from trainers.data import DATA_SETS

_IMPORTS = """from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional
"""


def script(config: RunConfig) -> str:
    """The text of the script. A user's own table is read from ``table.csv`` beside it.

    The shape of the rows must be known to write the model down, so for a user's own table the data is read here. No
    model is built, and nothing is fetched.

    Raises:
        DataUnavailable: see ``rows_here``. ModelTooLarge: the model has too many parameters for the user's own table.
    """
    return _text(config) if config.data.name == "csv" else _kept_text(config)


def _text(config: RunConfig) -> str:
    entry = DATA_SETS[config.data.name]
    shape, classes = entry.shape(config.data), entry.classes(config.data)
    changed = entry.inputs == "vector" and (config.data.leak == "feature" or config.data.drop_giveaways)
    if shape is None or changed:
        splits = rows_here(config.data)
        shape, classes = splits.shape, len(splits.classes) or None
        config.check_size(shape, classes)
    outputs = LOSSES[config.loss.name].outputs(classes)
    changes = json.dumps(config.changes(), indent=2, ensure_ascii=True)
    parts = [
        f'"""{MODELS[config.model.name].name} on {entry.name}, as set up in Descent Lab."""',
        _IMPORTS,
        "# The settings that differ from the lab's defaults:\n"
        + "\n".join(f"# {line}" for line in changes.splitlines()),
        f"SEED, EPOCHS, BATCH = {config.budget.seed}, {config.budget.epochs}, {config.budget.batch_size or 'None'}\n"
        'device = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"',
        data_text(config),
        model_text(config, shape, outputs),
        reuse_text(config),
        loss_text(config, classes),
        augmentation_text(config, classes),
        penalty_text(config),
        optimizer_text(config),
        training_text(config, classes),
    ]
    return "\n\n".join(part.strip("\n") for part in parts if part) + "\n"


_kept_text = lru_cache(maxsize=64)(_text)  # a model is outlined for it, and every run of a page shows it again
