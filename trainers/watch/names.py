"""Which of the numbers that a library logs are losses and metrics of which rows, by their names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from trainers.log_names import meaning_of

_KINDS = ("loss", "metric")


def losses_and_metrics(logs: Mapping[str, Any]) -> dict[str, Any]:
    """``train_loss``, ``val_loss`` and a metric of each, of whatever of them is there; of several the plainest name."""
    chosen: dict[str, tuple[int, Any]] = {}
    for name, value in logs.items():
        meaning = meaning_of(name)
        if meaning is None or meaning.kind not in _KINDS:
            continue
        role = f"{meaning.side or 'train'}_{meaning.kind}"
        if role not in chosen or meaning.rank < chosen[role][0]:
            chosen[role] = meaning.rank, value
    return {role: value for role, (_, value) in chosen.items()}


def without_steps(names: Iterable[str]) -> set[str]:
    """Of names that stand with ``_step`` and ``_epoch``, those of whole epochs."""
    every = set(names)
    return {name for name in every if not (name.endswith("_step") and f"{name[:-5]}_epoch" in every)}
