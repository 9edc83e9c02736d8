"""One or two settings are varied: runs by grid, at random or by a model, drawn while they train."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from experiments.search import AXES, NONE, PRESETS, menu_of
from experiments.training import named
from figures.runs import literal, place_words
from figures.search import (
    CONTROLS,
    RANGE,
    best_figure,
    curves_figure,
    importance_figure,
    marginal_figure,
    name_words,
    parallel_figure,
    request_words,
    score_figure,
    sweep_sentences,
    time_words,
)
from pages.parts.search.chosen import chosen_trial
from pages.parts.search.going_on import THEIRS, goes_on, look_again
from pages.parts.search.held_out import held_out
from pages.parts.search.state import linked, over, tell_over
from settings import Hyperparameter, preset_of
from trainers.lab import search_ends, the_lab
from trainers.store import StoredJob
from trainers.sweeps import GOALS, PRUNERS, SAMPLERS, Sweep, SweepRequest, study_file, variable
from widgets import (
    asker,
    attempt,
    commander,
    dark_theme,
    held,
    is_theirs,
    picture,
    rerun_if_asked,
    run_again,
    stop_work,
    store_told,
    tell_news,
    whole_page,
)

KIND, _JOINED = "vary", "vary.joined"
TICK = 1.5  # seconds between two looks: each draws five pictures
LOOK_FOR = "Each point is a run, or the mean of its seeds. Press one to see it; the test rows stay unseen."
PLACED = ("vary_score", "vary_marginal", "vary_parallel", "vary_curves")  # trials have tables of their own
_SAMPLERS = {**SAMPLERS, "all": "All three"}


def plain_link() -> dict[str, str]:
    """The link without the trial that is chosen, as presets have it."""
    return {name: text for name, text in linked.link.items() if name != "trial"}


def varied_names() -> set[str]:
    """What is varied, by dotted name."""
    return {linked.state.values[axis] for axis in AXES} - {NONE}


def _job() -> StoredJob | None:
    """The search for what is shown, whoever has begun it."""
    return the_lab().store.jobs.same(KIND, linked.state.sweep.to_plain())


def _begin() -> None:
    attempt(the_lab().ask, KIND, request=linked.state.sweep.to_plain(), visitor=asker())
    linked.acted()


def _join(job: StoredJob) -> None:
    """Whoever opens a preset that others have begun waits for it too: it does not end when one of them stops it."""
    joined = st.session_state.setdefault(_JOINED, set[str]())
    if job.active and job.status != "paused" and job.wanted == "run" and job.id not in joined:
        joined.add(job.id)
        attempt(the_lab().ask, KIND, request=linked.state.sweep.to_plain(), visitor=asker())


def _order(name: str, job: str) -> None:
    """A callback within a fragment: the whole page tells what was refused."""
    if name == "stop":
        stop_work(KIND, job)
    else:
        attempt(the_lab().pause_job, KIND, job, by=commander())
    linked.acted()
    whole_page()


def _go_on(id: str) -> None:
    """Take a search up from its runs; what somebody else holds goes on for whoever asks for it, too."""
    job = the_lab().job(KIND, id)
    if job is not None and job.active and is_theirs(job):
        attempt(the_lab().ask, KIND, request=job.request, visitor=asker())
    else:
        attempt(the_lab().resume_job, KIND, id, by=commander())
    linked.acted()
    whole_page()


def vary_part(*, begins: bool) -> None:
    """The search as far as it is. begins: whether it begins by itself where nobody has asked for it."""
    with store_told():
        job = _job()
        if job is None and begins and not over()[1]:
            _begin()
            job = _job()
        elif job is not None and begins:
            _join(job)
        tell_news()
        if job is not None and goes_on(job):
            _watch(job.id)
            return
        if job is None:
            _not_begun()
        else:
            _over(job.id)
        if job is None or job.status != "finished":
            look_again(_job)


def _not_begun() -> None:
    request, why, lab = linked.state.sweep, over()[1], the_lab()
    trials, config = request.runs // request.seeds, linked.state.config
    each = f", {request.seeds} seeds each" if request.seeds > 1 else ""
    takes = time_words(lab.about_seconds(request))
    long = f"That takes {takes} where nobody else trains." if takes else "The first runs will tell how long it takes."
    with st.container(border=True):
        st.markdown(
            f"**Nobody has searched this yet.** {request_words(request)} {trials} trials{each}: {request.runs} runs of "
            f"{config.budget.epochs} epochs on {named('data.name', config.data.name)}. {long} All results, the best so "
            "far and every curve are drawn here while they train; whoever opens this link afterwards sees them at once."
        )
        st.button(
            "Search",
            type="primary",
            icon=":material/search:",
            key="vary.begin",
            on_click=_begin,
            disabled=bool(why),
        )
        if why:
            st.warning(literal(why), icon=":material/block:")


@st.fragment(run_every=TICK)
def _watch(job_id: str) -> None:
    """The search while it goes on; the whole page runs again at its end."""
    with store_told():
        rerun_if_asked()
        job = the_lab().job(KIND, job_id)
        if job is None or not goes_on(job):
            run_again()
            return
        lab = the_lab()
        waiting = place_words(lab.place(job_id)) if job.status == "queued" else "The search begins."
        ending = {"stop": "It stops.", "pause": "It is held."}.get(job.wanted)
        sweep = Sweep.from_plain(job.result)
        place = None if sweep is None else lab.place_of_next(sweep.experiment)
        told = job.sentence if place is None else f"{job.sentence} {place_words(place)}.".strip()
        with st.container(horizontal=True, vertical_alignment="center", key="vary-progress"):
            st.progress(min(max(job.progress or 0.0, 0.0), 1.0), literal(ending or told or waiting))
            theirs = is_theirs(job)
            for name in () if theirs else ("pause", "stop"):
                st.button(
                    name.capitalize(),
                    icon=f":material/{name}:",
                    key=f"vary.{name}",
                    on_click=_order,
                    args=(name, job_id),
                )
        if theirs:
            st.caption(THEIRS)
        show(linked.state.sweep, sweep)
        linked.write()


@st.fragment
def _over(job_id: str) -> None:
    """What has come of it, and going on where it was not done."""
    with store_told():
        rerun_if_asked()
        job = the_lab().job(KIND, job_id)
        if job is None:
            return
        # There whatever became of it: what stands below keeps its place when a search ends, and is never drawn twice.
        with st.container(horizontal=True, vertical_alignment="center", key="vary-progress"):
            if job.status != "finished":
                usual = "Paused." if job.status == "paused" else "The search has ended before it was done."
                st.markdown(f":material/info: {literal(job.sentence or usual)}")
                st.button(
                    "Go on",
                    type="primary",
                    icon=":material/play_arrow:",
                    key="vary.on",
                    on_click=_go_on,
                    args=(job.id,),
                )
        show(linked.state.sweep, Sweep.from_plain(job.result), over=True)
        linked.write()


def show(request: SweepRequest, sweep: Sweep | None, *, over: bool = False) -> None:
    """Pictures of what there is; those that need more trials come with them. over: whether nothing trains any more.

    What comes and goes stands in containers that stay, so that each picture keeps its place on the page.
    """
    head = st.container(key="vary-told")
    if sweep is None or not any(trial.goal is not None or trial.state == "diverged" for trial in sweep.trials):
        with head:
            if over:
                st.info(
                    f"**No run has come to a result yet**: it ended before the first, of {request.runs} in all. "
                    f"{request_words(request)} Whoever opens this link afterwards sees them at once."
                )
            else:
                sentence = f"The first runs are on their way, of {request.runs} in all. {request_words(request)}"
                st.info(sentence, icon=":material/hourglass_top:")
        return
    dark, chosen = dark_theme(), linked.state.values["trial"]
    with head:
        for sentence in sweep_sentences(request, sweep):
            st.markdown(sentence)
    _clickable(
        score_figure(request, sweep, chosen=chosen, dark=dark),
        "vary_score",
        "The best validation result of every trial over the settings that are varied.",
    )
    with st.container(key="vary-one"):
        chosen_trial(request, sweep, chosen)
        if over:
            held_out(request, sweep)
    left, right = st.columns(2)
    with left:
        st.markdown("##### Best so far")
        _clickable(
            best_figure(request, sweep, dark=dark),
            "vary_best",
            "The best result so far against the trials that have ended, and against seconds of training.",
        )
        if len(request.axes) > 1:
            st.markdown("##### Each setting alone")
            _clickable(
                marginal_figure(request, sweep, dark=dark),
                "vary_marginal",
                "The result of every trial over each setting alone; random trials have more values of each.",
            )
    with right:
        st.markdown("##### All curves")
        _clickable(
            curves_figure(request, sweep, chosen=chosen, dark=dark),
            "vary_curves",
            "The result by epoch of every trial; the best one stands out.",
        )
        if len(request.axes) > 1 and sweep.importance:
            st.markdown("##### What mattered")
            picture(
                importance_figure(request, sweep, dark=dark),
                "vary_importance",
                "The share of each setting in what makes trials good.",
            )
            st.caption("By PED-ANOVA (Watanabe 2023), from the best quarter of the trials.")
    if len(request.axes) > 1:
        st.markdown("##### Parallel coordinates")
        _clickable(
            parallel_figure(request, sweep, chosen=chosen, dark=dark),
            "vary_parallel",
            "A line for each trial, through the values of its settings and its result.",
        )


def _clickable(figure: Any, key: str, alt: str) -> None:
    """A picture whose points are trials: a press on one chooses it."""

    def chosen() -> None:
        given = held(f"picture.{key}")
        names = [point.get("customdata") for point in given["selection"]["points"]] if given else []
        name = next((name[0] if isinstance(name, list) else name for name in names if name), "")
        if isinstance(name, str):
            linked.put({"trial": name})

    picture(figure, key, alt, on_select=chosen, selection_mode="points")


# -- the sidebar --------------------------------------------------------------------------------------------------


def preset_menu() -> None:
    """A menu of presets that shows the one that this is."""
    titles = {key: preset.title for key, preset in PRESETS.items()}
    linked.preset_menu(
        titles,
        preset_of(plain_link(), PRESETS),
        lambda key: linked.show(linked.codec.read(PRESETS[key].query)[0]),
    )


def vary_controls() -> None:
    """What is varied, how, and for how long."""
    offered = variable(linked.state.config)
    titles = {name: name_words(name) for name in offered}
    for axis in AXES:
        none = {"y": "nothing else", "beside": "nothing"}.get(axis, "")
        linked.control(axis, label=CONTROLS[axis], names={**titles, NONE: none})
        if (name := linked.state.values[axis]) != NONE:
            _values(axis, name, offered[name])
            tell_over(name)
        linked.tell_refusal(axis, *(f"{axis}.{each}" for each in ("values", "low", "high", "log")))
    linked.control("sampler", label=CONTROLS["sampler"], names=_SAMPLERS)
    linked.control("trials", label=CONTROLS["trials"])
    linked.tell_refusal("sampler", "trials")
    with st.expander("More of the search", type="compact", key="vary-more"):
        linked.control("pruner", label=CONTROLS["pruner"], names=PRUNERS)
        linked.control("goal", label=CONTROLS["goal"], names=GOALS)
        linked.control("seeds", label=CONTROLS["seeds"])
        linked.control("seconds", label=CONTROLS["seconds"], words=_seconds)
        if ends := search_ends():
            st.caption(ends)
        linked.control("draw", exact=True, label=CONTROLS["draw"])
        linked.tell_refusal("pruner", "goal", "seeds", "seconds", "draw")
    tell_over("seconds")  # below the drawer, which may be closed


def _values(axis: str, name: str, setting: Hyperparameter) -> None:
    """A menu of values, or a range and a field for values."""
    values = linked.state.values
    if setting.kind in ("choice", "bool"):
        if setting.kind == "bool":
            return
        chosen = [each for each in values[f"{axis}.values"].split(",") if each]
        linked.menu(
            f"{axis}.values",
            chosen,
            st.multiselect,
            "Values",
            list(menu_of(linked.state.config, name)),
            take=lambda given: linked.put({f"{axis}.values": ",".join(given)}),
            format_func=partial(named, name),
            placeholder="The first of them",
        )
        return
    if axis != "beside" and not values[f"{axis}.values"]:
        low, high = st.columns(2, gap="small")
        with low:
            linked.control(f"{axis}.low", label=RANGE["low"])
        with high:
            linked.control(f"{axis}.high", label=RANGE["high"])
        linked.control(f"{axis}.log", label=RANGE["log"])
    linked.control(f"{axis}.values", label=RANGE["values"], placeholder="0.01, 0.1, 1", keeps=True)


def _seconds(seconds: float) -> str:
    return "no end" if not seconds else f"{seconds:g} s" if seconds < 60 else f"{seconds / 60:g} min"


def vary_files() -> list[tuple[str, str, str, Callable[[], Any]]]:
    """What a search leaves: its trials, their curves, Optuna's studies of them, and a script that repeats it."""
    from exports import sweep_csv, sweep_curves_csv, sweep_script

    request = linked.state.sweep
    files: list[tuple[str, str, str, Callable[[], Any]]] = [
        ("Script with PyTorch and Optuna", "py", "text/x-python", partial(sweep_script, request))
    ]
    job = _job()
    sweep = Sweep.from_plain(job.result) if job is not None else None
    if sweep is not None and sweep.trials:
        files.insert(0, ("Trials, CSV", "trials.csv", "text/csv", partial(sweep_csv, request, sweep)))
        files.insert(1, ("Curves, CSV", "curves.csv", "text/csv", partial(sweep_curves_csv, request, sweep)))
        made = partial(study_file, request, sweep)
        files.append(("Optuna's study, SQLite", "sqlite", "application/vnd.sqlite3", made))
    return files
