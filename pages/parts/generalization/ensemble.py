"""Ensembles: runs that speak together, trained where there are none, and asked by a worker."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from experiments.generalization import MEMBERS, ensemble_sentences, members_of, own_runs
from figures.generalization import agreement_figure, members_figure, sizes_figure
from figures.runs import literal, place_words
from pages.parts.generalization.state import linked
from trainers.ensembles import Ensemble, EnsembleRequest
from trainers.lab import Lab, remembered_ensemble, the_lab
from trainers.store import StoredRun, StoreError
from widgets import asker, attempt, picture, run_again, store_told

_TICK = 0.5  # seconds between two looks at what goes on
_KIND, _JOB = "ensemble", "generalization.ensemble"
_TOLD = ("finished", "early_stopped", "diverged")


def ensemble_controls(values: Mapping[str, Any]) -> None:
    """Which networks speak together."""
    if values["runs"]:
        st.caption(f"{len(own_runs(values))} runs that were marked on the page of runs.")
        st.button("Show the examples", key="ensemble.examples", on_click=linked.put, args=({"runs": ""},))
    else:
        linked.control("members", label="Members", names=MEMBERS)
    st.page_link("pages/runs.py", label="Mark runs of your own", icon=":material/checklist:")


def ensemble_part(values: Mapping[str, Any], dark: bool) -> None:
    """What is there: the answer, the work towards it, or the way to it."""
    lab = the_lab()
    lab.warm()
    with store_told():
        runs = _runs(lab, values)
        if not runs and own_runs(values):
            return
        if not runs:
            st.info("Some small networks are trained first; it takes some seconds, once for everybody.")
            st.button("Train them", type="primary", icon=":material/play_arrow:", key="ensemble.train", on_click=_train)
            return
        known = None if any(run.active for run in runs) else remembered_ensemble(lab.store, runs)
        if known is not None:
            _show(known, runs, dark)
        else:
            _watch([run.id for run in runs])


def _runs(lab: Lab, values: Mapping[str, Any]) -> list[StoredRun]:
    """The runs of the link, or those of the example; a bare visit begins to train them."""
    if ids := own_runs(values):
        found = [lab.store.run(id) for id in ids]
        missing = sum(run is None for run in found)
        if missing:
            st.warning(f"{missing} of {len(ids)} runs are gone; they may have been deleted.", icon=":material/info:")
        return [run for run in found if run is not None]
    wanted = members_of(values)
    first = lab.presented(wanted)
    if first is None:
        _train()
        first = lab.presented(wanted)
    together = lab.members(first)
    names = {role for role, _ in wanted}
    return together if len(wanted) == 1 else [run for run in together if run.role in names]


def _train() -> None:
    """Put the runs of the example into the queue, unless they are there."""
    values = linked.state
    title = f"Ensemble: {MEMBERS[values['members']]}"
    attempt(the_lab().shared, members_of(values), title, visitor=asker())


@st.fragment(run_every=_TICK)
def _watch(ids: list[str]) -> None:
    """Runs that train, then the job that asks them; the whole page runs again when it has answered."""
    lab = the_lab()
    with store_told():
        runs = [run for run in map(lab.store.run, ids) if run is not None]
        waiting = [run for run in runs if run.active]
        if waiting:
            done = sum(_share(run) for run in runs) / max(1, len(runs))
            words = f"{len(runs) - len(waiting)} of {len(runs)} networks are trained."
            if place := lab.place_of_first([run.id for run in waiting]):
                words = f"{words} {place_words(place)}."
            st.progress(min(1.0, done), words)
            return
        if remembered_ensemble(lab.store, runs) is not None:
            run_again()
            return
        request = EnsembleRequest(runs=tuple(run.id for run in runs)).to_plain()
        asked, job_id, why = st.session_state.get(_JOB, (None, "", ""))
        if asked != ids:
            job_id = why = ""
            try:
                job_id = lab.ask(_KIND, request=request, visitor=asker())
            except (StoreError, ValueError) as error:  # it stands there, and is not asked again at every look
                why = str(error)
            st.session_state[_JOB] = (ids, job_id, why)
        job = lab.job(_KIND, job_id) if job_id else None
        if job is None:
            st.warning(literal(why or "The networks could not be asked."), icon=":material/info:")
        elif job.active:
            waits = place_words(lab.place(job.id)) if job.status == "queued" else "The networks are asked."
            st.progress(min(max(job.progress or 0.0, 0.0), 1.0), literal(job.sentence or waits))
        elif job.status == "finished":
            run_again()
        else:
            st.warning(literal(job.sentence or "The networks could not be asked."), icon=":material/info:")


def _share(run: StoredRun) -> float:
    if not run.active:
        return 1.0
    return 0.0 if run.config is None else min(1.0, run.epoch / max(1, run.config.budget.epochs))


def _show(ensemble: Ensemble, runs: list[StoredRun], dark: bool) -> None:
    agreement = agreement_figure(ensemble, dark=dark)
    left, right = st.columns(2)
    with left:
        alt = "Validation loss of each member, of their mean prediction and of their mean weights"
        picture(members_figure(ensemble, dark=dark), "ensemble.members", alt)
        if agreement is not None:
            picture(sizes_figure(ensemble, dark=dark), "ensemble.sizes", "Validation loss by the number of members")
    with right:
        if agreement is not None:
            alt = "The class the ensemble says over two features, darker where members disagree"
            if ensemble.map is not None and ensemble.map.curves:
                alt = "The curve of each member over the feature, and their mean"
            picture(agreement, "ensemble.agreement", alt)
            if ensemble.map is not None and not ensemble.map.curves:
                st.caption("Dark: there the members disagree. Color: the class that their mean says.")
        else:
            picture(sizes_figure(ensemble, dark=dark), "ensemble.sizes", "Validation loss by the number of members")
    for sentence in ensemble_sentences(ensemble):
        st.markdown(literal(sentence))
    ended = sum(run.status in _TOLD for run in runs)
    if len(runs) == 1:
        who = "The members are the run's checkpoints that are kept, after its first third."
    else:
        who = f"{ended} of {len(runs)} runs have ended by themselves; each speaks with its best checkpoint."
    means = "Classes are told by the mean of probabilities. " if ensemble.classes else ""
    st.caption(f"{who} {means}For mean weights the statistics of batch norm are measured anew (Izmailov et al. 2018).")
