"""The trial that is chosen: its values, what became of it, and its runs with their diagnosis."""

from __future__ import annotations

import streamlit as st

from figures.runs import WORDS, literal
from figures.search import goal_title, part_title, trial_words
from numerals import readable
from trainers.lab import the_lab
from trainers.sweeps import Sweep, SweepRequest, Trial, best_trial, trial_name

_ENDS = {"complete": "", "running": "It trains.", "waiting": "It waits."}


def chosen_trial(request: SweepRequest, sweep: Sweep, name: str) -> None:
    """The trial of this name; the best one where none is chosen."""
    found = next((trial for trial in sweep.trials if trial_name(trial.part, trial.number) == name), None)
    trial = found or best_trial(sweep.trials, request.maximize)
    if trial is None:
        return
    with st.container(border=True, key="vary-chosen"):
        st.markdown(f"**{'Chosen' if found else 'Best'}**: {_words(request, trial)}")
        for number, id in enumerate(trial.runs):
            _run(id, number, len(trial.runs))


def _words(request: SweepRequest, trial: Trial) -> str:
    part = next(part for part in request.parts if part.key == trial.part)
    spread = "" if trial.spread is None else f" ± {readable(trial.spread)}"
    goal = (
        "" if trial.goal is None else f"{goal_title(request).removeprefix('best ')} {readable(trial.goal)}{spread} at "
    )
    which = f", {part_title(request, part)}" if len(request.parts) > 1 else ""
    end = _ENDS.get(trial.state, trial.sentence or f"{trial.state.capitalize()}.")
    return literal(f"{goal}{trial_words(request, trial)}{which}. {end}".strip())


def _run(id: str, number: int, count: int) -> None:
    """A way to the run, with its diagnosis."""
    run = the_lab().store.run(id)
    if run is None:
        st.caption("This run was deleted.")
        return
    verdict = run.verdict.name if run.verdict else ""
    seed = f"Seed {number}: " if count > 1 else ""
    told = ", ".join(part for part in (WORDS.get(run.status, run.status), verdict) if part)
    st.page_link(
        "pages/training.py",
        label=literal(f"{seed}{told}"),
        icon=":material/open_in_full:",
        query_params={"run": id},
    )
