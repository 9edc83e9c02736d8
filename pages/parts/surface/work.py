"""The runs of the page, and the jobs that draw their surfaces: begun by themselves, each once for whoever asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import streamlit as st

from experiments.surface import PRESETS, asked, run_ids
from figures.runs import place_words
from trainers.lab import Lab, LabError, drawn_surface, shown_surface, surface_request
from trainers.store import StoredRun
from trainers.surfaces import Surface, SurfaceRequest
from widgets import asker, attempt, stop_work

KIND, _JOBS = "surface", "surface.jobs"  # the jobs that this visitor has begun, by request


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """Runs that have to end first. share: of their training that is done."""

    share: float
    words: str


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """One picture: its surface as far as there is one, and what goes on. broken: whether it ended before its time."""

    number: int
    name: str
    surface: Surface | None = None
    words: str = ""
    share: float = 0.0
    active: bool = False
    broken: bool = False


def shown_runs(lab: Lab, values: Mapping[str, Any]) -> tuple[tuple[str, ...], Waiting | None]:
    """The ids of the runs, and what is waited for. Those of a preset are trained where nobody has."""
    ids = run_ids(values)
    if ids:
        runs = [run for run in map(lab.store.run, ids) if run is not None]
    else:
        preset = PRESETS[values["preset"]]
        configs = preset.configs()
        first = lab.presented(configs) or attempt(lab.shared, configs, preset.title, visitor=asker())
        members = {run.role: run for run in lab.members(first)} if first else {}
        runs = [members[role] for role, _ in configs if role in members] or list(members.values())
        ids = tuple(run.id for run in runs)
    going = [run for run in runs if run.active]
    if not going:
        return ids, None
    for run in going:
        lab.watch(run.id)  # a supervisor that has died is started again
    done = sum(_share(run) for run in runs) / len(runs)
    ready = len(runs) - len(going)
    words = f"The runs are trained first: {ready} of {len(runs)} are done."
    if place := lab.place_of_first([run.id for run in going]):
        words = f"{words} {place_words(place)}."
    return ids, Waiting(share=done, words=words)


def _share(run: StoredRun) -> float:
    if not run.active or run.config is None:
        return 1.0
    return min(1.0, run.epoch / run.config.budget.epochs)


def drawn(
    lab: Lab, values: Mapping[str, Any], groups: Sequence[tuple[str, ...]], *, begin: bool = False
) -> list[Drawn]:
    """Every picture as it stands. begin: whether what nobody has drawn is put into the queue."""
    return [_one(lab, values, number, group, begin) for number, group in enumerate(groups)]


def _one(lab: Lab, values: Mapping[str, Any], number: int, group: tuple[str, ...], begin: bool) -> Drawn:
    run = lab.store.run(group[0])
    name = "" if run is None else run.role or run.name
    try:
        request = surface_request(lab.store, group, **asked(values))
    except ValueError as error:
        return Drawn(number=number, name=name, words=str(error))
    known = drawn_surface(lab.store, request)
    if known is not None:
        return Drawn(number=number, name=name, surface=known, share=1.0)
    jobs = st.session_state.setdefault(_JOBS, {})
    if begin and request not in jobs:
        try:
            jobs[request] = lab.ask(KIND, run=group[0], request=request.to_plain(), visitor=asker())
        except LabError as error:
            return Drawn(number=number, name=name, words=str(error), broken=True)
    job = lab.job(KIND, jobs[request]) if request in jobs else None
    if job is None:
        return Drawn(number=number, name=name, words="It is not drawn yet.", broken=True)
    waits = place_words(lab.place(job.id)) if job.status == "queued" else "The worker begins."
    return Drawn(
        number=number,
        name=name,
        surface=shown_surface(job),
        words=job.sentence or (waits if job.active else "It ended before it was done."),
        share=min(max(job.progress or 0.0, 0.0), 1.0),
        active=job.active,
        broken=not job.active,
    )


def tidy(lab: Lab, values: Mapping[str, Any], groups: Sequence[tuple[str, ...]]) -> None:
    """Let go of what this visitor has asked for and does not look at any more: where nobody else does, it ends."""
    jobs: dict[SurfaceRequest, str] = st.session_state.setdefault(_JOBS, {})
    wanted = set()
    for group in groups:
        try:
            wanted.add(surface_request(lab.store, group, **asked(values)))
        except ValueError:
            continue
    for request in set(jobs) - wanted:
        job = lab.job(KIND, jobs.pop(request))
        if job is not None and job.active:
            with suppress(LabError):  # it has ended meanwhile, or he has left it to others before
                lab.leave_job(KIND, job.id, by=asker())


def stop_all(lab: Lab) -> None:
    """A callback: end what goes on; what there is so far stays in the picture."""
    for id in st.session_state.get(_JOBS, {}).values():
        job = lab.job(KIND, id)
        if job is not None and job.active:
            stop_work(KIND, id)


def begin_again() -> None:
    """A callback: forget what was broken off, so that it is asked for anew."""
    st.session_state[_JOBS] = {}
