"""A study on a page: what is known of it, the work towards the rest, or the way to begin it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from figures.runs import literal, place_words
from trainers.lab import Lab, studied, the_lab
from trainers.store import StoredJob
from trainers.studies import StudyRequest
from widgets import asker, attempt, run_again, stop_work, store_told, tell_news

TICK = 0.6  # seconds between two looks at what goes on
KIND, _JOBS = "study", "studies.jobs"  # the jobs that this visitor has asked for, by request
Show = Callable[[Mapping[str, Mapping[str, Any]]], None]


def study_part(request: StudyRequest, show: Show, *, invitation: str, begin: bool, word: str = "Train them") -> None:
    """Show what is known, and how the rest comes to be.

    invitation: what is said where nothing is known, and word, on the button. begin: whether it is asked for unasked.
    """
    lab = the_lab()
    lab.warm()
    tell_news()
    with store_told():
        known = studied(lab.store, request)
        if not request.is_complete(known):
            jobs = st.session_state.setdefault(_JOBS, {})
            if begin and request not in jobs:
                ask_for(request)
            job = _job(lab, request)
            if job is not None and job.active:
                _watch(request, show)
                return
            told = "It ended before it was done; what is there stays." if known else invitation
            if job is not None and job.status not in ("finished", "stopped", "interrupted"):
                told = job.sentence
            st.info(literal(told))
            st.button(
                "Go on" if known else word,
                type="primary",
                icon=":material/play_arrow:",
                key="study.begin",
                on_click=ask_for,
                args=(request,),
            )
        if known:
            show(known)


def ask_for(request: StudyRequest) -> None:
    """Put it into the queue, or join those who wait for the same."""
    st.session_state.setdefault(_JOBS, {})[request] = (
        attempt(the_lab().ask, KIND, request=request.to_plain(), visitor=asker()) or ""
    )


def _job(lab: Lab, request: StudyRequest) -> StoredJob | None:
    id = st.session_state.get(_JOBS, {}).get(request, "")
    return lab.job(KIND, id) if id else None


@st.fragment(run_every=TICK)
def _watch(request: StudyRequest, show: Show) -> None:
    """What there is while it goes on; the whole page runs again at its end."""
    lab = the_lab()
    with store_told():
        job = _job(lab, request)
        if job is None or not job.active:
            run_again()
        waits = place_words(lab.place(job.id)) if job.status == "queued" else "The worker begins."
        st.progress(min(max(job.progress or 0.0, 0.0), 1.0), literal(job.sentence or waits))
        st.button("Stop", icon=":material/stop:", key="study.stop", on_click=stop_work, args=(KIND, job.id))
        known = studied(lab.store, request)
        if known:
            show(known)
