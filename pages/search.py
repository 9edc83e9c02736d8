"""A learning rate is looked for: raised until the loss breaks, and halved until it holds; then trained with."""

from __future__ import annotations

from functools import partial
from urllib.parse import urlencode

import streamlit as st

from experiments.search import SearchCodec, ShownSearch, halving_sentence, range_sentence
from experiments.training import label, names, shown, value_words
from figures.runs import literal
from figures.search import range_figure, trials_figure
from numerals import readable
from pages.parts.files import numbers_file
from trainers.lab import remembered_rates, the_lab
from trainers.rates import RateSearch, held_rate, suggestion
from trainers.store import StoredJob
from widgets import (
    LinkedState,
    asker,
    attempt,
    behind_app,
    dark_theme,
    page_head,
    page_style,
    parameter_control,
    picture,
    run_again,
    store_told,
    take_away_menu,
    tell_news,
)

TICK = 0.45  # seconds between two looks at a search that goes on
KIND, _JOB = "rates", "search.job"
SET_UP = ("data.name", "model.name", "optimizer.name", "budget.batch_size")

behind_app()
lab = the_lab()
lab.warm()
linked: LinkedState[ShownSearch] = LinkedState("search", SearchCodec())
state = linked.open()
request = state.request
address = tuple(sorted(request.to_plain().items()))
page_style()


def begin() -> None:
    """Put the search into the queue."""
    if job := attempt(lab.ask, KIND, request=request.to_plain(), visitor=asker()):
        st.session_state[_JOB] = (address, job)
    linked.acted()


def stop(job: str) -> None:
    """End the search that goes on; what it has found so far stays in the picture."""
    attempt(lab.stop_job, KIND, job)
    linked.acted()


def own_job() -> StoredJob | None:
    """The search for what is shown that this visitor has begun."""
    asked, job = st.session_state.get(_JOB, (None, ""))
    return lab.job(KIND, job) if asked == address else None


def take_away() -> None:
    """The page as a link, and the numbers of its pictures."""
    link = f"{st.context.url}?{urlencode(linked.link)}"
    take_away_menu(link, "page", "search", [numbers_file()], pictures=True)


def way_to_training(rate: float) -> None:
    """A link that opens the training page with this rate."""
    config = state.config
    with_rate = config.changed({"optimizer.lr": rate}) if "optimizer.lr" in config.settings() else config
    st.page_link(
        "pages/training.py",
        label=f"Train at {readable(rate)}",
        icon=":material/play_arrow:",
        query_params=with_rate.to_query(),
    )


def show(search: RateSearch) -> None:
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
            way_to_training(found.rate)
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
            way_to_training(rate)
    st.caption(
        f"Left: one step at each rate, {search.range_test.passes:.3g} passes over the training rows (Smith 2017). "
        f"Right: from {readable(request.highest)} on, halved until {search.rows or 'some'} rows are learned without "
        "diverging. Schedule and own rate of the set-up play no part."
    )


@st.fragment(run_every=TICK)
def watch(job_id: str) -> None:
    """The search while it goes on; the whole page runs again at its end."""
    with store_told():
        job = lab.job(KIND, job_id)
        if job is None or not job.active:
            run_again()
            return
        search = RateSearch.from_plain(job.result)
        words = job.sentence or ("It waits for a place." if job.status == "queued" else "The worker begins.")
        st.progress(min(max(job.progress or 0.0, 0.0), 1.0), literal(words))
        st.button("Stop", icon=":material/stop:", key="search.stop", on_click=stop, args=(job_id,))
        if search is not None and search.range_test.rates:
            show(search)


with page_head("Find a rate"):
    take_away()
linked.tell_problems()
st.caption("The rate matters most. Raise it step by step and see where the loss falls fastest, and where it breaks.")
with store_told():
    job, known = own_job(), remembered_rates(lab.store, request)
    if job is None and known is None and linked.is_bare:  # nobody has to press a button to see something
        begin()
        job = own_job()
    tell_news()
    if job is not None and job.active:
        watch(job.id)
    elif known is not None:
        show(known)
    else:
        if job is not None:
            st.warning(literal(job.sentence or "The search has ended before it was done."), icon=":material/info:")
        partly = RateSearch.from_plain(job.result) if job is not None else None
        if partly is not None and partly.range_test.rates:
            show(partly)
        else:
            st.info("It takes some seconds, and whoever opens this link afterwards sees it at once.")
        st.button("Find a rate", type="primary", icon=":material/search:", key="search.begin", on_click=begin)
with st.sidebar:
    for name in SET_UP:
        setting = state.config.settings().get(name)
        if setting is not None and not (name == "data.name" and state.config.data.name == "csv"):
            key, initial = linked.key(name, state.config[name])
            parameter_control(
                shown(state.config, name),
                key,
                label=label(name, setting),
                names=names(name),
                words=partial(value_words, name),
                initial=initial,
                on_change=linked.taking(name, key),
            )
            linked.tell_refusal(name)
    linked.control("lowest", label="Lowest rate")
    linked.control("highest", label="Highest rate")
    linked.tell_refusal("lowest", "highest")
    st.page_link(
        "pages/training.py",
        label="All settings, on the training page",
        icon=":material/tune:",
        query_params=state.config.to_query(),
    )
