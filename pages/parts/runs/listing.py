"""The list of all runs, newest first, with filters, marks and what is done with marked runs."""

from __future__ import annotations

import streamlit as st

from experiments.search import sweep_link
from figures.runs import DATA, WORDS, ago, literal, order_of, table_rows
from figures.search import request_title
from pages.parts.runs.actions import (
    IDLE,
    ask,
    compare,
    dialogs,
    ensemble_link,
    export_menu,
    reuse_link,
    select,
    selected,
    selection_version,
    surface_link,
    teacher_buttons,
    told,
    transfer_link,
    until_there_are_runs,
)
from pages.parts.runs.state import MOST_COMPARED, VERDICTS, VIEWS, WHOSE, linked, put, value
from trainers.lab import Lab, not_yours
from trainers.store import ACTIVE, RunFilter, StoredRun, runs_sentence
from trainers.sweeps import SweepRequest
from widgets import (
    asker,
    commander,
    go_to,
    rerun_if_asked,
    run_again,
    runs_table,
    sign_in,
    teachers_word,
    tell_news,
    visitor,
    whole_page,
)

PAGE = 100
_OF_SEARCHES = "A search over settings has many runs; its page shows them together."
TICK = 1.0  # seconds between two looks, with a run at work


def list_view(lab: Lab) -> None:
    if not lab.store.count():
        until_there_are_runs(_empty, lab)
        return
    _filters()
    _gave_way(lab)
    dialogs(lab)
    going = lab.store.count(RunFilter(statuses=ACTIVE)) > 0
    st.session_state["runs.going"] = going
    if going:
        lab.warm()  # runs of a server that was restarted are taken up, or told to be interrupted
    st.fragment(_ticked, run_every=TICK if going else IDLE)(lab)


def _empty() -> None:
    with st.container(border=True):
        st.markdown("**There is no run yet.** Train a network, and it is listed here while it learns.")
        with st.container(horizontal=True, vertical_alignment="center"):
            st.page_link("pages/training.py", label="Train a network", icon=":material/model_training:")
            st.button(VIEWS["import"], icon=":material/upload:", type="tertiary", on_click=_bring_curves)


def _bring_curves() -> None:
    put(view="import")
    whole_page()


def _gave_way(lab: Lab) -> None:
    """Of which runs of this visitor checkpoints have gone, while those runs are there."""
    runs = [run for id in reversed(lab.store.given_up(asker())) if (run := lab.store.run(id)) is not None]
    if told := runs_sentence([run.name for run in runs]):
        with st.expander("Checkpoints of yours gave way", icon=":material/auto_delete:", key="runs-gave-way"):
            st.markdown(literal(told))


def _filters() -> None:
    used = sum(bool(value(name)) for name in ("statuses", "data", "verdicts", "searched"))
    with st.container(horizontal=True, vertical_alignment="center", key="runs-filters"):
        linked.control(
            "search",
            label="Find a run",
            placeholder="Find by name, data, model or optimizer",
            label_visibility="collapsed",
            icon=":material/search:",
        )
        with st.popover(f"Filters, {used} in use" if used else "Filters", icon=":material/filter_list:"):
            for name, label, menu in (
                ("statuses", "Status", WORDS),
                ("data", "Data", DATA),
                ("verdicts", "Verdict", VERDICTS),
            ):
                linked.menu(
                    name,
                    value(name),
                    st.multiselect,
                    label,
                    list(menu),
                    format_func=menu.__getitem__,
                    placeholder="Any",
                )
            key, initial = linked.key("searched", value("searched"))
            st.toggle(
                "Runs of searches, too", initial, key=key, on_change=linked.taking("searched", key), help=_OF_SEARCHES
            )
        linked.one_of("whose", value("whose"), "Whose runs", WHOSE)
        if used or value("search"):
            st.button("Clear filters", type="tertiary", on_click=_clear)
        sign_in()
        teachers_word()


def _clear() -> None:
    put(search="", statuses=[], data=[], verdicts=[], searched=False, whose="all", page=1)


def _ticked(lab: Lab) -> None:
    told(_list, lab)


def _list(lab: Lab) -> None:
    """Everything that news changes; a tick runs this and nothing else."""
    rerun_if_asked()
    if (opened := st.session_state.pop("runs.opened", None)) is not None:
        go_to("pages/training.py", {"run": opened})
    if (lab.store.count(RunFilter(statuses=ACTIVE)) > 0) != st.session_state["runs.going"]:
        run_again()  # the pace of the ticks changes
    runs, total = _page_of_runs(lab)
    if not runs and not lab.store.count():
        run_again()  # somebody has deleted the last one
    _searches(lab)
    _action_bar(lab, total)
    tell_news()
    if not runs:
        filtered = value("search") or any(value(name) for name in ("statuses", "data", "verdicts"))
        alone = "All runs belong to searches, whose pages show them."
        if value("whose") == "mine":
            alone = "No run is yours yet: train a network, or fork somebody else's run."
        st.info("No run matches these filters." if filtered else alone, icon=":material/filter_list_off:")
        linked.write()
        return
    runs_table(
        table_rows(runs, experiments=_titles(lab, runs)),
        selected=selected(),
        version=selection_version(),
        on_select=_marked,
        on_open=_opened,
        on_sort=_sorted,
        sort=value("sort"),
        key="runs.table",
    )
    if total > PAGE:
        pages = -(-total // PAGE)
        key, initial = linked.key("page", value("page"))
        st.pagination(pages, default=initial, key=key, on_change=linked.taking("page", key))
    linked.write()


def _owner() -> str:
    """Whose runs and searches are shown; empty for everybody's."""
    return visitor() if value("whose") == "mine" else ""


def _searches(lab: Lab) -> None:
    """A line for each search over settings, whose runs are not in the list."""
    searches = lab.store.searches(owner=_owner())
    if not searches:
        return
    runs = sum(count for _, count in searches)
    many = "1 search" if len(searches) == 1 else f"{len(searches)} searches"
    with st.expander(f"{many} with {runs:,} {'run' if runs == 1 else 'runs'}", type="compact", key="runs-searches"):
        for experiment, count in searches:
            job = lab.job("vary", str(experiment.claim.get("job", "")))
            try:
                asked = SweepRequest.from_plain(job.request) if job is not None else None
                link = {} if asked is None else sweep_link(asked)
            except ValueError:
                asked, link = None, {}
            many = f"{count:,} {'run' if count == 1 else 'runs'}"
            if asked is None or job is None:
                st.markdown(literal(f"{experiment.title}, {many}"))
                continue
            state = f", {WORDS[job.status].lower()}" if job.status != "finished" else ""
            label = literal(f"{request_title(asked)}: {many}{state}, {ago(experiment.created)}")
            st.page_link("pages/search.py", label=label, icon=":material/search:", query_params=link)


def _page_of_runs(lab: Lab) -> tuple[list[StoredRun], int]:
    """The runs of this page, and how many match."""
    search = value("search").strip()
    wanted = RunFilter(
        statuses=tuple(value("statuses")) or None,
        search=search,
        searched=bool(value("searched") or search),
        owner=_owner(),
        data=tuple(value("data")),
        verdicts=tuple(value("verdicts")),
    )
    total = lab.store.count(wanted)
    page = min(value("page"), max(1, -(-total // PAGE)))
    if page != value("page"):
        put(page=page)
    order = order_of(value("sort"))
    return lab.store.runs(wanted, order=order, limit=PAGE, offset=(page - 1) * PAGE), total


def _action_bar(lab: Lab, total: int) -> None:
    marked = [run for one in selected() if (run := lab.store.run(one))]
    count = len(marked)
    with st.container(horizontal=True, vertical_alignment="center", key="runs-actions"):
        if not marked:
            at_work = lab.store.count(RunFilter(statuses=ACTIVE, searched=value("searched"), owner=_owner()))
            working = f", {at_work:,} at work" if at_work else ""
            st.markdown(f"{total:,} run{'s' if total != 1 else ''}{working}", width="content")
            st.caption("Mark runs to compare, rename, export or delete them.", width="content")
            teacher_buttons(lab, ())
            return
        st.markdown(f"**{count:,} marked**", width="content")
        st.button(
            "Compare",
            type="primary",
            icon=":material/stacked_line_chart:",
            key="runs.compare",
            on_click=compare,
            args=([run.id for run in marked],),
            disabled=not 2 <= count <= MOST_COMPARED,
            help=f"Two to {MOST_COMPARED} runs on one chart, with the differences of their settings.",
        )
        if count == 1:
            st.button("Open", icon=":material/open_in_full:", key="runs.open", on_click=_opened, args=(marked[0].id,))
            st.button(
                "Rename",
                icon=":material/edit:",
                key="runs.rename",
                on_click=ask,
                args=("rename",),
                disabled=bool(not_yours(marked[0], commander())),
            )
        surface_link(marked)
        ensemble_link(marked)
        reuse_link(marked)
        transfer_link(marked)
        export_menu(lab, marked, "list")
        theirs = [run for run in marked if not_yours(run, commander())]
        st.button(
            "Delete",
            icon=":material/delete:",
            key="runs.delete",
            on_click=ask,
            args=("delete",),
            disabled=bool(theirs),
            help=not_yours(theirs[0], commander()) if theirs else None,
        )
        teacher_buttons(lab, marked)
        st.button("Clear", type="tertiary", key="runs.unmark", on_click=select, args=([],))


def _titles(lab: Lab, runs: list[StoredRun]) -> dict[str, str]:
    """Titles of the runs' experiments; they never change."""
    known: dict[str, str] = st.session_state.setdefault("runs.titles", {})
    for one in {run.experiment for run in runs if run.experiment} - set(known):
        experiment = lab.store.experiment(one)
        known[one] = experiment.title if experiment else ""
    return known


def _marked(ids: list[str]) -> None:
    st.session_state["runs.selected"] = ids


def _sorted(by: str) -> None:
    put(sort=by, page=1)


def _opened(run: str) -> None:
    st.session_state["runs.opened"] = run
