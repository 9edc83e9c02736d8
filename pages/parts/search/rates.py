"""A learning rate is looked for: raised until the loss breaks, and halved until it holds; then trained with."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from experiments.search import halving_sentence, range_sentence
from figures.runs import literal, place_words
from figures.search import range_figure, trials_figure
from numerals import readable
from pages.parts.search.going_on import THEIRS, look_again
from pages.parts.search.state import TICK, linked, over
from trainers.config import RunConfig
from trainers.lab import remembered_rates, the_lab
from trainers.rates import RateSearch, held_rate, suggested
from trainers.store import StoredJob
from widgets import (
    asker,
    attempt,
    commander,
    dark_theme,
    go_to,
    is_theirs,
    picture,
    run_again,
    stop_work,
    store_told,
    tell_news,
)

KIND, _JOINED, _STARTED = "rates", "search.joined", "search.started"
LOOK_FOR = "The rate matters most. Raise it step by step and see where the loss falls fastest, and where it breaks."


def _begin() -> None:
    """Put the search into the queue."""
    attempt(the_lab().ask, KIND, request=linked.state.request.to_plain(), visitor=asker())
    linked.acted()


def _stop(job: str) -> None:
    """End the search that goes on; what it has found so far stays in the picture."""
    stop_work(KIND, job)
    linked.acted()


def _go_on(job: str) -> None:
    """Take up a search that was broken off, with what it has found."""
    attempt(the_lab().resume_job, KIND, job, by=commander())
    linked.acted()


def _asked() -> StoredJob | None:
    """The search for what is shown, whoever has begun it."""
    return the_lab().store.jobs.same(KIND, linked.state.request.to_plain())


def _job() -> StoredJob | None:
    """The search for what is shown; whoever sees it going on without a press joins it."""
    found = _asked()
    if found is None:
        return None
    joined = st.session_state.setdefault(_JOINED, set[str]())
    if found.active and found.wanted == "run" and linked.is_bare and found.id not in joined:
        joined.add(found.id)
        attempt(the_lab().ask, KIND, request=linked.state.request.to_plain(), visitor=asker())
    return the_lab().job(KIND, found.id)


def _start_button(rate: float, key: str) -> None:
    """One press trains the run at this rate."""
    config = linked.state.config
    with_rate = config.changed({"optimizer.lr": rate}) if "optimizer.lr" in config.settings() else config
    why = the_lab().refusal_of(with_rate)
    st.button(
        f"Train at {readable(rate)}",
        icon=":material/play_arrow:",
        key=f"search.train.{key}",
        on_click=_train,
        args=(with_rate,),
        disabled=bool(why),
    )
    if why:
        st.warning(literal(why), icon=":material/block:")


def _train(config: RunConfig) -> None:
    """Put the run into the queue; the page then shows it where runs are seen."""
    if id := attempt(the_lab().submit, config, name=f"At rate {readable(config.optimizer.lr)}", visitor=asker()):
        st.session_state[_STARTED] = id
    linked.acted()


def show_started() -> None:
    """Go to the page of training where a run was just begun here: its curve is drawn there while it learns."""
    if id := st.session_state.pop(_STARTED, ""):
        go_to("pages/training.py", {"run": id})


def rates_files() -> list[tuple[str, str, str, Callable[[], Any]]]:
    """What a search for a rate leaves: the losses of both ways, and a script that repeats it."""
    from exports import rates_csv, rates_script

    request = linked.state.request
    script = partial(rates_script, request)
    files: list[tuple[str, str, str, Callable[[], Any]]] = [("Script with PyTorch", "py", "text/x-python", script)]
    job = the_lab().store.jobs.same(KIND, request.to_plain())
    found = remembered_rates(the_lab().store, request) or (RateSearch.from_plain(job.result) if job else None)
    if found is not None and found.range_test.rates:
        files.insert(0, ("Loss against rate, CSV", "rates.csv", "text/csv", partial(rates_csv, found)))
    return files


def _show(search: RateSearch, *, ended: bool) -> None:
    """Both ways side by side, each with what it suggests. ended: whether both have come to their end."""
    found, dark = suggested(search), dark_theme()
    left, right = st.columns(2)
    with left:
        st.markdown("##### Raise it")
        picture(
            range_figure(search, found, dark=dark),
            "range_test",
            "Training loss of each batch over the learning rate of the step before it, on a logarithmic axis.",
        )
        st.markdown(range_sentence(found))
        if found.rate is not None:
            _start_button(found.rate, "raised")
    with right:
        st.markdown("##### Halve it")
        picture(
            trials_figure(search, dark=dark),
            "trials",
            "Training loss by step for every rate that was tried, the largest first.",
        )
        if sentence := halving_sentence(search, ended=ended):
            st.markdown(sentence)
        if (rate := held_rate(search.trials)) is not None:
            _start_button(rate, "halved")
    st.caption(
        f"Left: one step at each rate, {search.range_test.passes:.3g} passes over the training rows (Smith 2017). "
        f"Right: from {readable(linked.state.request.highest)} on, halved until {search.rows or 'some'} rows are "
        "learned without diverging. Schedule and own rate of the set-up play no part."
    )


@st.fragment(run_every=TICK)
def _watch(job_id: str) -> None:
    """The search while it goes on; the whole page runs again at its end."""
    if _STARTED in st.session_state:
        run_again()
    with store_told():
        job = the_lab().job(KIND, job_id)
        if job is None or not job.active:
            run_again()
            return
        search = RateSearch.from_plain(job.result)
        waits = job.status == "queued"
        words = job.sentence or (place_words(the_lab().place(job_id)) if waits else "The worker begins.")
        st.progress(min(max(job.progress or 0.0, 0.0), 1.0), literal(words))
        if is_theirs(job):
            st.caption(THEIRS)
        else:
            st.button("Stop", icon=":material/stop:", key="search.stop", on_click=_stop, args=(job_id,))
        if search is not None and search.range_test.rates:
            _show(search, ended=False)


def rates_part() -> None:
    """The search as far as it is."""
    with store_told():
        job, known = _job(), remembered_rates(the_lab().store, linked.state.request)
        why = over()[1]
        # Nobody has to press a button to see something.
        if job is None and known is None and linked.is_bare and not why:
            _begin()
            job = _job()
        tell_news()
        if job is not None and job.active:
            _watch(job.id)
        elif known is not None:
            _show(known, ended=True)
        else:
            if job is not None:
                st.warning(literal(job.sentence or "The search has ended before it was done."), icon=":material/info:")
            partly = RateSearch.from_plain(job.result) if job is not None else None
            if partly is not None and partly.range_test.rates:
                _show(partly, ended=False)
            else:
                st.info("It takes some seconds, and whoever opens this link afterwards sees it at once.")
            going_on = job is not None and partly is not None
            st.button(
                "Go on" if going_on else "Begin the search",
                type="primary",
                icon=":material/play_arrow:" if going_on else ":material/search:",
                key="search.begin",
                on_click=_go_on if going_on else _begin,
                args=(job.id,) if job is not None and going_on else (),
                disabled=bool(why),
            )
            if why:
                st.warning(literal(why), icon=":material/block:")
            look_again(_asked)


def rates_controls() -> None:
    """The ends of the range."""
    linked.control("lowest", label="Lowest rate")
    linked.control("highest", label="Highest rate")
    linked.tell_refusal("lowest", "highest")
