"""A learning rate is looked for: raised until the loss breaks, and halved until it holds; then trained with."""

from __future__ import annotations

from typing import Any

import streamlit as st

from experiments.search import halving_sentence, range_sentence
from figures.runs import literal, place_words
from figures.search import range_figure, trials_figure
from numerals import readable
from pages.parts.search.state import TICK, linked
from trainers.lab import remembered_rates, the_lab
from trainers.rates import RateSearch, held_rate, suggestion
from trainers.store import StoredJob
from widgets import asker, attempt, dark_theme, picture, run_again, stop_work, store_told, tell_news

KIND, _JOB = "rates", "search.job"
LOOK_FOR = "The rate matters most. Raise it step by step and see where the loss falls fastest, and where it breaks."


def _address() -> tuple[Any, ...]:
    return tuple(sorted(linked.state.request.to_plain().items()))


def _begin() -> None:
    """Put the search into the queue."""
    if job := attempt(the_lab().ask, KIND, request=linked.state.request.to_plain(), visitor=asker()):
        st.session_state[_JOB] = (_address(), job)
    linked.acted()


def _stop(job: str) -> None:
    """End the search that goes on; what it has found so far stays in the picture."""
    stop_work(KIND, job)
    linked.acted()


def _own_job() -> StoredJob | None:
    """The search for what is shown that this visitor has begun."""
    asked, job = st.session_state.get(_JOB, (None, ""))
    return the_lab().job(KIND, job) if asked == _address() else None


def _way_to_training(rate: float) -> None:
    """A link that opens the training page with this rate."""
    config = linked.state.config
    with_rate = config.changed({"optimizer.lr": rate}) if "optimizer.lr" in config.settings() else config
    st.page_link(
        "pages/training.py",
        label=f"Train at {readable(rate)}",
        icon=":material/play_arrow:",
        query_params=with_rate.to_query(),
    )


def _show(search: RateSearch) -> None:
    """Both ways side by side, each with what it suggests."""
    found, dark = suggestion(search.range_test), dark_theme()
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
            _way_to_training(found.rate)
    with right:
        st.markdown("##### Halve it")
        picture(
            trials_figure(search, dark=dark),
            "trials",
            "Training loss by step for every rate that was tried, the largest first.",
        )
        if sentence := halving_sentence(search):
            st.markdown(sentence)
        if (rate := held_rate(search.trials)) is not None:
            _way_to_training(rate)
    st.caption(
        f"Left: one step at each rate, {search.range_test.passes:.3g} passes over the training rows (Smith 2017). "
        f"Right: from {readable(linked.state.request.highest)} on, halved until {search.rows or 'some'} rows are "
        "learned without diverging. Schedule and own rate of the set-up play no part."
    )


@st.fragment(run_every=TICK)
def _watch(job_id: str) -> None:
    """The search while it goes on; the whole page runs again at its end."""
    with store_told():
        job = the_lab().job(KIND, job_id)
        if job is None or not job.active:
            run_again()
            return
        search = RateSearch.from_plain(job.result)
        waits = job.status == "queued"
        words = job.sentence or (place_words(the_lab().place(job_id)) if waits else "The worker begins.")
        st.progress(min(max(job.progress or 0.0, 0.0), 1.0), literal(words))
        st.button("Stop", icon=":material/stop:", key="search.stop", on_click=_stop, args=(job_id,))
        if search is not None and search.range_test.rates:
            _show(search)


def rates_part() -> None:
    """The search as far as it is."""
    with store_told():
        job, known = _own_job(), remembered_rates(the_lab().store, linked.state.request)
        if job is None and known is None and linked.is_bare:  # nobody has to press a button to see something
            _begin()
            job = _own_job()
        tell_news()
        if job is not None and job.active:
            _watch(job.id)
        elif known is not None:
            _show(known)
        else:
            if job is not None:
                st.warning(literal(job.sentence or "The search has ended before it was done."), icon=":material/info:")
            partly = RateSearch.from_plain(job.result) if job is not None else None
            if partly is not None and partly.range_test.rates:
                _show(partly)
            else:
                st.info("It takes some seconds, and whoever opens this link afterwards sees it at once.")
            st.button("Begin the search", type="primary", icon=":material/search:", key="search.begin", on_click=_begin)


def rates_controls() -> None:
    """The ends of the range."""
    linked.control("lowest", label="Lowest rate")
    linked.control("highest", label="Highest rate")
    linked.tell_refusal("lowest", "highest")
