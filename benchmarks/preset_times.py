"""How long each preset of the pages Loss surface and Generalization takes, from nothing to its pictures' numbers.

    python -m benchmarks.preset_times              all presets
    python -m benchmarks.preset_times KEY ...      these

Everything is worked out in this process with two threads: runs are trained one after another, and what a worker or the
page would compute follows. A lab of two workers trains the runs of a preset side by side. Beside the seconds stand
those that processors have worked: they hardly change where others use the machine, too.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import torch

import experiments.generalization as generalization
import experiments.surface as surface
from trainers.config import RunConfig
from trainers.data import load
from trainers.loop import Checkpoint, ensemble_of, train
from trainers.studies import StudyRequest, carry_on
from trainers.surfaces import SurfaceRequest, compute_surface

THREADS = 2


def trained(config: RunConfig) -> list[Checkpoint]:
    """The checkpoints of a run, in the order of steps; where it keeps none on the way, the last."""
    kept: list[Checkpoint] = []
    train(config, report=lambda reports: None, checkpoint=lambda one, kind: kept.append(one), device="cpu")
    return sorted(kept, key=lambda one: one.step)


def draw_preset(preset: surface.SurfacePreset) -> None:
    """Train the runs of a preset, and draw what its link shows."""
    values, _ = surface.CODEC.read(preset.query)
    configs = [config for _, config in preset.configs()]
    runs = [trained(config) for config in configs]
    ids = [f"r{number}" for number in range(len(runs))]
    for group in surface.groups_of(values, ids):
        request = SurfaceRequest(runs=tuple(group), kept=tuple(group), **surface.asked(values))
        first = configs[ids.index(group[0])]
        compute_surface(request, first, [runs[ids.index(id)] for id in group], load(first.data), device="cpu")


def study(request: StudyRequest) -> None:
    """All cells of a study, with one thread, as its worker has."""
    torch.set_num_threads(1)
    try:
        carry_on(request, {}, lambda cells, share, words: None)
    finally:
        torch.set_num_threads(THREADS)


def speak_together(values: Mapping[str, Any]) -> None:
    """Train the members of an ensemble, and ask them."""
    members = []
    for role, config in generalization.members_of(values):
        kept = trained(config)
        some = kept if len(generalization.members_of(values)) == 1 else kept[-1:]
        members += [(f"{role} {one.step}", config, load(config.data), one) for one in some]
    ensemble_of(members, lambda share: None, device="cpu")


def works() -> Iterator[tuple[str, str, str, Callable[[], Any]]]:
    """Page, key and title of every preset, and what has to be done for it."""
    for key, preset in surface.PRESETS.items():
        yield "Loss surface", key, preset.title, partial(draw_preset, preset)
    for key, link in surface.link_presets().items():
        values, _ = surface.CODEC.read(link.query)
        if values["part"] == "saddles" and values["source"] == "matrices":
            yield "Loss surface", key, link.title, partial(surface.matrices, values["n"], values["height"], 0)
        elif values["part"] == "saddles":
            yield "Loss surface", key, link.title, partial(study, surface.saddles_request(values))
    for key, link in generalization.PRESETS.items():
        values, _ = generalization.CODEC.read(link.query)
        work = _generalization(values)
        if work is not None:
            yield "Generalization", key, link.title, work


def _generalization(values: Mapping[str, Any]) -> Callable[[], Any] | None:
    if values.get("model") == "networks":
        return partial(study, generalization.spread_request(values))
    known: Mapping[str, Callable[[], Any]] = {
        "tradeoff": partial(generalization.tradeoff_of, values),
        "capacity": partial(generalization.by_capacity, values),
        "epochs": partial(generalization.by_epoch, values),
        "dropout": partial(generalization.dropped_of, values),
        "ensemble": partial(speak_together, values),
        "scaling": lambda: study(generalization.scaling_request(values)),
    }
    return known.get(values["part"])


def main(keys: Sequence[str]) -> None:
    torch.set_num_threads(THREADS)
    print("| page | preset | seconds | of processors |\n|---|---|---|---|")
    for page, key, title, work in works():
        if keys and key not in keys:
            continue
        begun, worked = time.perf_counter(), time.process_time()
        work()
        seconds = f"{time.perf_counter() - begun:.2g} | {time.process_time() - worked:.2g}"
        print(f"| {page} | {title} | {seconds} |", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
