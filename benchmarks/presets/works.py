"""What each preset that trains or computes has to do: asked of a lab as its page asks, and waited for to its end."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import experiments.generalization as generalization
import experiments.reuse as reuse
import experiments.search as search
import experiments.surface as surface
import trainers.presets as training
from benchmarks.presets import seen
from settings import LinkPreset
from trainers.config import RunConfig
from trainers.data import DATA_SETS, is_downloaded
from trainers.ensembles import Ensemble, EnsembleRequest
from trainers.lab import Feed, Lab, surface_request
from trainers.store import RunFilter, StoredJob
from trainers.studies import StudyRequest
from trainers.surfaces import Surface
from trainers.sweeps import Axis, Sweep, SweepRequest
from trainers.transfers import Study

LOOK = 0.1  # seconds between two looks at what goes on
Runs = Sequence[tuple[str, RunConfig]]


@dataclass(frozen=True, kw_only=True)
class Work:
    """One preset. do: has all of it done by a lab and says what came of it, in numbers."""

    page: str
    key: str
    title: str
    claim: str
    do: Callable[[Lab], str]


def works(seed: int = 0) -> Iterator[Work]:
    """Every preset that trains or computes. seed: added to the seeds of rows and weights: 0 is what visitors see."""
    for key, preset in search.PRESETS.items():
        yield _of("Search", key, preset, partial(_search, preset, seed))
    claim = "No preset: runs that differ only in numbers are trained as few stacks."
    yield Work(page="Search", key="64", title="64 rates on moons", claim=claim, do=partial(_sixty_four, seed))
    for key, preset in surface.PRESETS.items():
        yield _of("Loss surface", key, surface.link_presets()[key], partial(_surfaces, preset, seed))
    for key, preset in surface.link_presets().items():
        values = _values(surface.CODEC, preset, seed)
        if values["part"] == "saddles":
            yield _of("Loss surface", key, preset, partial(_saddles, values))
    for key, preset in generalization.PRESETS.items():
        values = _values(generalization.CODEC, preset, seed)
        yield _of("Generalization", key, preset, partial(_GENERALIZATION[values["part"]], values, seed))
    for key, preset in reuse.PRESETS.items():
        yield _of("Reuse", key, preset, partial(_reuse, _values(reuse.CODEC, preset, seed)))
    for key, preset in training.PRESETS.items():
        configs = preset.configs()
        if all(not DATA_SETS[one.data.name].downloaded or is_downloaded(one.data.name) for _, one in configs):
            yield Work(
                page="Training",
                key=key,
                title=preset.title,
                claim=preset.look_for,
                do=lambda lab, preset=preset: seen.training(preset, runs(lab, shifted(preset.configs(), seed))),
            )


def shifted(configs: Runs, seed: int) -> Runs:
    """The same runs with seeds that are so much larger."""
    if not seed:
        return configs
    return [
        (role, config.changed({name: config[name] + seed for name in ("data.seed", "budget.seed")}))
        for role, config in configs
    ]


def runs(lab: Lab, configs: Runs, title: str = "preset") -> list[tuple[str, Feed]]:
    """Role and curves of runs that are trained together, in the order that was asked for."""
    first = lab.shared(configs, title)
    while any(run.active for run in lab.members(first)):
        time.sleep(LOOK)
    members = {run.role: run for run in lab.members(first)}
    told = [(role, lab.watch(members[role].id)) for role, _ in configs]
    return [(role, feed) for role, feed in told if feed is not None]


def finished(lab: Lab, kind: str, id: str) -> StoredJob:
    """A job at its end."""
    while (job := lab.job(kind, id)) is not None and job.active:
        time.sleep(LOOK)
    assert job is not None
    assert job.status == "finished", job.sentence
    return job


def studied(lab: Lab, request: StudyRequest) -> Mapping[str, Any]:
    """The cells of a study."""
    return finished(lab, "study", lab.ask("study", request=request.to_plain())).result["cells"]


def _of(page: str, key: str, preset: LinkPreset, do: Callable[[Lab], str]) -> Work:
    return Work(page=page, key=key, title=preset.title, claim=preset.look_for, do=do)


def _values(codec: Any, preset: LinkPreset, seed: int) -> dict[str, Any]:
    values, problems = codec.read(preset.query)
    assert not problems
    return {**values, "seed": values["seed"] + seed} if "seed" in values else dict(values)


def _search(preset: LinkPreset, seed: int, lab: Lab) -> str:
    request = search.SearchCodec().read(preset.query)[0].sweep
    ((_, config),) = shifted([("", request.run_config)], seed)
    request = SweepRequest.from_plain({**request.to_plain(), "config": config.to_json(), "draw": request.draw + seed})
    sweep = Sweep.from_plain(finished(lab, "vary", lab.ask("vary", request=request.to_plain())).result)
    assert sweep is not None
    return seen.search(preset.key, request, sweep)


def _sixty_four(seed: int, lab: Lab) -> str:
    """How often a worker took one run or a stack of them, of 64 rates."""
    config = RunConfig().changed({"data.name": "moons"}).changed({"budget.epochs": 30, "watch.pictures": False})
    ((_, config),) = shifted([("", config)], seed)
    rate = Axis(name="optimizer.lr", low=1e-4, high=1.0, log=True)
    request = SweepRequest(config=config.to_json(), axes=(rate,), samplers=("grid",), trials=64)
    id = lab.ask("vary", request=request.to_plain())
    turns: set[str] = set()
    while (job := lab.job("vary", id)) is not None and job.active:
        if (sweep := Sweep.from_plain(job.result)) is not None:
            busy = RunFilter(experiment=sweep.experiment, statuses=("starting", "running"))
            at_work = lab.store.runs(busy, limit=400)
            turns |= {run.worker for run in at_work if run.worker}
        time.sleep(LOOK)
    finished(lab, "vary", id)
    return f"{request.runs} runs in {len(turns)} stacks"


def _surfaces(preset: surface.SurfacePreset, seed: int, lab: Lab) -> str:
    values, _ = surface.CODEC.read(preset.query)
    told = runs(lab, shifted(preset.configs(), seed))
    roles = {feed.run.id: role for role, feed in told}
    asked: list[tuple[str, str]] = []
    for group in surface.groups_of(values, list(roles)):
        request = surface_request(lab.store, group, **surface.asked(values))
        asked.append((roles[group[0]], lab.ask("surface", run=group[0], request=request.to_plain())))
    drawn = [(role, Surface.from_plain(finished(lab, "surface", id).result)) for role, id in asked]
    return seen.surfaces([(role, one) for role, one in drawn if one is not None])


def _saddles(values: Mapping[str, Any], lab: Lab) -> str:
    if values["source"] == "matrices":
        return seen.saddles([surface.matrices(values["n"], at, values["seed"]) for at in (0.0, -1.0, -2.0)])
    return seen.saddles([surface.saddles_of(values, studied(lab, surface.saddles_request(values)))])


def _tradeoff(values: Mapping[str, Any], seed: int, lab: Lab) -> str:
    if values["model"] != "networks":
        return seen.tradeoff(generalization.tradeoff_of(values), values)
    request = generalization.spread_request(values)
    return seen.tradeoff(generalization.spread_of(values, studied(lab, request)), values)


def _capacity(values: Mapping[str, Any], seed: int, lab: Lab) -> str:
    return seen.capacity(generalization.by_capacity(values), values)


def _epochs(values: Mapping[str, Any], seed: int, lab: Lab) -> str:
    return seen.epochs(generalization.by_epoch(values))


def _dropout(values: Mapping[str, Any], seed: int, lab: Lab) -> str:
    return seen.dropout(generalization.dropped_of(values))


def _ensemble(values: Mapping[str, Any], seed: int, lab: Lab) -> str:
    # Members differ in their own seed, so it is their rows that are others.
    wanted = [
        (role, one.changed({"data.seed": one.data.seed + seed})) for role, one in generalization.members_of(values)
    ]
    ids = tuple(feed.run.id for _, feed in runs(lab, wanted))
    asked = EnsembleRequest(runs=ids).to_plain()
    answer = Ensemble.from_plain(finished(lab, "ensemble", lab.ask("ensemble", request=asked)).result)
    assert answer is not None
    return seen.ensemble(answer)


def _augmentation(values: Mapping[str, Any], seed: int, lab: Lab) -> str:
    (_, without), (_, augmented) = runs(lab, shifted(generalization.with_and_without(values), seed))
    return seen.augmentation(without, augmented)


def _penalties(values: Mapping[str, Any], seed: int, lab: Lab) -> str:
    wanted = shifted(generalization.penalized(values), seed)
    told = dict(runs(lab, wanted))
    made = [generalization.penalized_of(name, config, told[name]) for name, config in wanted]
    return seen.penalties([one for one in made if one is not None])


def _scaling(values: Mapping[str, Any], seed: int, lab: Lab) -> str:
    cells = studied(lab, generalization.scaling_request(values))
    return seen.scaling(generalization.scaling_of(values, cells))


_GENERALIZATION: Mapping[str, Callable[[Mapping[str, Any], int, Lab], str]] = {
    "tradeoff": _tradeoff,
    "capacity": _capacity,
    "epochs": _epochs,
    "dropout": _dropout,
    "ensemble": _ensemble,
    "augmentation": _augmentation,
    "penalties": _penalties,
    "scaling": _scaling,
}


def _reuse(values: Mapping[str, Any], lab: Lab) -> str:
    request = reuse.request_of(values).to_plain()
    study = Study.from_plain(finished(lab, "transfer", lab.ask("transfer", request=request)).result)
    assert study is not None
    return seen.reuse(study, values)
