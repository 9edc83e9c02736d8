"""The job behind the page: begun where a preset is opened, watched, held, stopped and gone on with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from experiments.reuse import cost_sentence, is_asked, request_of
from figures.runs import literal, place_words
from pages.parts.reuse.state import linked
from trainers.lab import shown_study, study_job, the_lab, why_no_study
from trainers.store import StoredJob
from trainers.transfers import Study
from widgets import asker, attempt, commander, is_theirs, run_again, stop_work, store_told, tell_news

TICK, IDLE = 0.6, 5.0  # seconds between two looks at what goes on, and at what has ended before it was done
KIND, _JOB = "transfer", "reuse.job"
Show = Callable[[Study, Mapping[str, Any]], None]


def _job() -> StoredJob | None:
    """The job of what is shown: that of this visit while it goes on, else the one that somebody else has begun."""
    lab, request = the_lab(), request_of(linked.state)
    asked, id = st.session_state.get(_JOB, (None, ""))
    mine = lab.job(KIND, id) if asked == request else None
    if mine is not None and mine.lasts:
        return mine
    known = study_job(lab.store, request)
    other = None if known is None else lab.job(KIND, known.id)
    return other if mine is None or (other is not None and other.lasts) else mine


def _begin() -> None:
    request = request_of(linked.state)
    id = attempt(the_lab().ask, KIND, request=request.to_plain(), visitor=asker())
    if id is not None:
        st.session_state[_JOB] = (request, id)


def _join(job: StoredJob) -> None:
    """Whoever opens a preset that others have begun waits for it too: it does not end when one of them stops it."""
    mine = st.session_state.get(_JOB, (None, ""))[1] == job.id
    if job.active and job.status != "paused" and job.wanted == "run" and not mine:
        _begin()


def _order(order: Callable[..., None], job: str) -> None:
    attempt(order, KIND, job, by=commander())


def work_part(show: Show, *, begins: bool) -> None:
    """The study as far as it is. begins: whether it begins by itself where nobody has asked for it."""
    with store_told():
        if not is_asked(linked.state):
            st.info("Choose a run in the sidebar: its network and weights are what the second task begins with.")
            return
        job = _job()
        why = "" if job is not None else why_no_study(the_lab().store, request_of(linked.state))
        if job is None and begins and not why:
            _begin()
            job = _job()
        elif job is not None and begins:
            _join(job)
        tell_news()
        if job is None:
            _not_begun(why)
        elif job.active and job.status != "paused":
            _watch(show)
        else:
            _over(job, show)


def _not_begun(why: str) -> None:
    """The way to begin it, or why there is none."""
    if why:
        st.warning(literal(why), icon=":material/info:")
        return
    with st.container(border=True):
        st.markdown(f"**Nobody has trained this yet.** {_what_it_takes()}")
        st.button("Train", type="primary", icon=":material/play_arrow:", key="reuse.begin", on_click=_begin)


def _what_it_takes() -> str:
    return f"{cost_sentence(request_of(linked.state))} Whoever opens this link afterwards sees them at once."


@st.fragment(run_every=TICK)
def _watch(show: Show) -> None:
    """The study while it goes on; the whole page runs again at its end."""
    with store_told():
        job = _job()
        if job is None or not job.active or job.status == "paused":
            run_again()
            return
        lab = the_lab()
        waiting = place_words(lab.place(job.id)) if job.status == "queued" else "The worker begins."
        ending = {"stop": "It stops.", "pause": "It is held."}.get(job.wanted)
        with st.container(horizontal=True, vertical_alignment="center", key="reuse-progress"):
            st.progress(min(max(job.progress or 0.0, 0.0), 1.0), literal(ending or job.sentence or waiting))
            theirs = is_theirs(job)
            if not theirs:
                st.button(
                    "Pause", icon=":material/pause:", key="reuse.pause", on_click=_order, args=(lab.pause_job, job.id)
                )
                st.button("Stop", icon=":material/stop:", key="reuse.stop", on_click=stop_work, args=(KIND, job.id))
        if theirs:
            st.caption("Somebody else has begun this; you may watch.")
        _shown(job, show)


def _over(job: StoredJob, show: Show) -> None:
    """What has come of it, and going on where it was not done."""
    if job.status != "finished":
        _look()
        study = shown_study(job)
        if study is None or not study.curves:  # for whoever comes to it, the status alone says nothing of what it is
            st.info(f"**No network is trained yet**: it ended before the first. {_what_it_takes()}")
        with st.container(horizontal=True, vertical_alignment="center", key="reuse-progress"):
            st.markdown(f":material/info: {literal(job.sentence or 'The study has ended before it was done.')}")
            st.button(
                "Try again" if job.status == "failed" else "Go on",
                type="primary",
                icon=":material/refresh:" if job.status == "failed" else ":material/play_arrow:",
                key="reuse.on",
                on_click=_order,
                args=(the_lab().resume_job, job.id),
            )
    _shown(job, show)


@st.fragment(run_every=IDLE)
def _look() -> None:
    """The whole page runs again when somebody else has it go on."""
    with store_told():
        job = _job()
        if job is None or (job.active and job.status != "paused") or job.status == "finished":
            run_again()


def _shown(job: StoredJob, show: Show) -> None:
    study = shown_study(job)
    if study is None or not study.curves:
        if job.active:
            st.info("The first networks are on their way.", icon=":material/hourglass_top:")
    else:
        show(study, linked.state)
