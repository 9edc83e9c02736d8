"""What is done with marked runs: compare, open, rename, export, delete. Every refusal becomes a sentence."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence

import streamlit as st

from experiments.surface import MOST_RUNS
from exports import configs_json, reports_csv, scripts_file
from figures.runs import literal
from pages.parts.runs.state import MOST_COMPARED, put
from trainers.ensembles import MOST_MEMBERS
from trainers.lab import TEACHER, Lab, why_no_task
from trainers.store import StoredRun, StoreError
from trainers.transfers import SECOND_TASKS
from widgets import (
    attempt,
    commander,
    pressed,
    put_news,
    rerun_if_asked,
    run_again,
    store_told,
    whole_page,
)

IDLE = 5.0  # seconds between two looks without a run at work: others may begin and delete some
_DIALOG = "runs.dialog"


def told(show: Callable[[Lab], None], lab: Lab) -> None:
    """Show it; where the store cannot be read now, its sentence."""
    with store_told():
        show(lab)


def until_there_are_runs(show: Callable[[], None], lab: Lab) -> None:
    """Show what stands in place of the runs of an empty lab, until there is one."""

    def look(lab: Lab) -> None:
        rerun_if_asked()
        if lab.store.count():
            run_again()
        show()

    st.fragment(told, run_every=IDLE)(look, lab)


def selected() -> list[str]:
    """Ids of the runs that are marked, in the order of marking."""
    return st.session_state.setdefault("runs.selected", [])


def select(ids: Sequence[str]) -> None:
    """Mark these and no others, in the browser too."""
    st.session_state["runs.selected"] = list(ids)
    st.session_state["runs.selection"] = selection_version() + 1


def selection_version() -> int:
    return st.session_state.setdefault("runs.selection", 0)


def compare(ids: Sequence[str]) -> None:
    """A callback: show these on one chart."""
    put(view="compare", compared=list(ids)[:MOST_COMPARED])
    whole_page()


def ask(dialog: str) -> None:
    """A callback: open the dialog ``rename``, ``delete`` or ``clear``."""
    st.session_state[_DIALOG] = dialog
    whole_page()


Pictures = Sequence[tuple[str, str, str, Callable[[], str | bytes]]]


def export_menu(lab: Lab, runs: Sequence[StoredRun], where: str, pictures: Pictures = ()) -> None:
    """Everything of these runs to take away, each made when it is asked for.

    pictures: (label, ending, MIME type, what makes it).
    """
    ids = [run.id for run in runs]
    configured = [run for run in runs if run.config is not None]
    several = len(configured) > 1
    file = "runs" if several or not configured else f"run-{configured[0].id}"
    with st.popover("Export", icon=":material/download:", key=f"runs.export.{where}"):
        for label, ending, mime, make in pictures:
            st.download_button(
                label,
                make,
                f"runs.{ending}",
                mime,
                key=f"runs.{ending}.{where}",
                on_click="ignore",
                width="stretch",
            )
        st.download_button(
            "All reports, CSV",
            lambda: reports_csv([(lab.store.run(one), lab.store.reports(one)) for one in ids]),
            "runs.csv",
            "text/csv",
            key=f"runs.csv.{where}",
            on_click="ignore",
            width="stretch",
        )
        st.download_button(
            "Configurations, JSON" if several else "Configuration, JSON",
            lambda: configs_json(configured),
            f"{file}.json",
            "application/json",
            key=f"runs.json.{where}",
            on_click="ignore",
            width="stretch",
            disabled=not configured,
        )
        st.download_button(
            "PyTorch scripts, ZIP" if several else "PyTorch script",
            lambda: scripts_file(configured),
            f"{file}.zip" if several else f"{file}.py",
            "application/zip" if several else "text/x-python",
            key=f"runs.script.{where}",
            on_click="ignore",
            width="stretch",
            disabled=not configured,
        )
        if len(configured) == 1:
            st.download_button(
                "Kept weights, safetensors",
                lambda: lab.best_weights(configured[0].id),
                f"run-{configured[0].id}.safetensors",
                "application/octet-stream",
                key=f"runs.weights.{where}",
                on_click="ignore",
                width="stretch",
                disabled=configured[0].active,
            )
        if len(configured) < len(runs):
            st.caption("Imported curves and watched trainings have no configuration.")


def surface_link(runs: Sequence[StoredRun]) -> None:
    """The way to the loss surfaces of these runs, as far as they were trained here and have ended."""
    ids = [run.id for run in runs if run.config is not None and not run.active]
    if ids:
        st.page_link(
            "pages/surface.py",
            label="Its loss surface" if len(ids) == 1 else "Their loss surfaces",
            icon=":material/landscape:",
            query_params={"runs": "-".join(ids[:MOST_RUNS])},
        )


def ensemble_link(runs: Sequence[StoredRun]) -> None:
    """The way to what several of these runs say together, as far as they were trained here and have ended."""
    ids = [run.id for run in runs if run.config is not None and not run.active]
    if 2 <= len(ids) <= MOST_MEMBERS:
        st.page_link(
            "pages/generalization.py",
            label="As an ensemble",
            icon=":material/groups:",
            query_params={"part": "ensemble", "runs": ",".join(ids)},
        )


def reuse_link(runs: Sequence[StoredRun]) -> None:
    """The way to a run that begins with the weights of this one, where it was trained here and has ended."""
    if len(runs) == 1 and runs[0].config is not None and not runs[0].active:
        st.page_link(
            "pages/training.py",
            label="Start another from this one",
            icon=":material/start:",
            query_params={**runs[0].config.to_query(), "reuse.run": runs[0].id},
        )


def transfer_link(runs: Sequence[StoredRun]) -> None:
    """The way to a study of what this run's weights are good for, where it was trained here and has ended."""
    if len(runs) != 1 or runs[0].config is None or runs[0].active:
        return
    run, config = runs[0], runs[0].config
    # Where its network fits no task, the page says why.
    target = next((key for key in SECOND_TASKS if not why_no_task(config, key, run.name)), next(iter(SECOND_TASKS)))
    st.page_link(
        "pages/reuse.py",
        label="Reuse this run",
        icon=":material/recycling:",
        query_params={"source": "run", "run": run.id, "target": target},
    )


def dialogs(lab: Lab) -> None:
    """The dialog that was asked for; it stays while the list behind it goes on."""
    asked = st.session_state.get(_DIALOG)
    if asked == "clear":
        _clear_list(lab)
        return
    runs = [run for one in selected() if (run := lab.store.run(one))] if asked else []
    if not runs:
        _closed()
    elif asked == "rename":
        _rename(lab, runs[0])
    else:
        _delete(lab, runs)


def _closed() -> None:
    st.session_state.pop(_DIALOG, None)


@st.dialog("Rename", on_dismiss=_closed)
def _rename(lab: Lab, run: StoredRun) -> None:
    name = st.text_input("Name", run.name, max_chars=80, key=f"runs.name.{run.id}")
    place = st.empty()
    if pressed("Rename", type="primary", key="runs.rename.do", disabled=not name.strip()):
        try:
            lab.rename(run.id, name, by=commander())
        except (StoreError, ValueError) as error:
            place.error(literal(str(error)))
            return
        put_news("Renamed.")
        _closed()
        run_again()


@st.dialog("Delete", on_dismiss=_closed)
def _delete(lab: Lab, runs: Sequence[StoredRun]) -> None:
    rows = "".join(f"<li>{html.escape(run.name)}</li>" for run in runs[:8])
    more = f"<p>and {len(runs) - 8} more</p>" if len(runs) > 8 else ""
    st.html(f'<ul style="margin:0;overflow-wrap:anywhere">{rows}</ul>{more}')
    reports = sum(len(lab.store.reports(run.id)) for run in runs)
    whose = "This run goes with its" if len(runs) == 1 else f"These {len(runs)} runs go with their"
    st.markdown(f"{whose} {reports:,} reports, checkpoints and pictures. Nothing brings them back.")
    if any(run.active for run in runs):
        st.warning("Runs that are at work are not deleted; stop them first.", icon=":material/play_arrow:")
    place = st.empty()
    with st.container(horizontal=True):
        delete = pressed("Delete", type="primary", key="runs.delete.do")
        if pressed("Keep them" if len(runs) > 1 else "Keep it", key="runs.delete.not"):
            _closed()
            run_again()
    if delete:
        try:
            lab.delete([run.id for run in runs], by=commander())
        except (StoreError, ValueError) as error:
            place.error(literal(str(error)))
            return
        put_news("Deleted." if len(runs) == 1 else f"{len(runs)} runs are deleted.")
        select([])
        _closed()
        run_again()


@st.dialog("Clear the list", on_dismiss=_closed)
def _clear_list(lab: Lab) -> None:
    st.markdown(
        f"All {lab.store.count():,} runs but those at work and those on the front page go, whoever they belong to, "
        "with their reports and checkpoints. Nothing brings them back."
    )
    with st.container(horizontal=True):
        clear = pressed("Clear the list", type="primary", key="runs.clear.do")
        if pressed("Keep them", key="runs.clear.not"):
            _closed()
            run_again()
    if clear:
        gone = attempt(lab.clear, by=commander())
        if gone is not None:
            put_news("One run is deleted." if gone == 1 else f"{gone:,} runs are deleted.")
        select([])
        _closed()
        run_again()


def teacher_buttons(lab: Lab, runs: Sequence[StoredRun]) -> None:
    """What only the teacher may do with marked runs, or without any with all."""
    if commander() != TEACHER:
        return
    if not runs:
        st.button("Clear the list", icon=":material/delete_sweep:", key="runs.clear", on_click=ask, args=("clear",))
        return
    pinned = lab.pinned_ids()
    off = all(run.id in pinned for run in runs)
    st.button(
        "Off the front page" if off else "Pin to the front page",
        icon=":material/keep_off:" if off else ":material/keep:",
        key="runs.pin",
        on_click=_pin,
        args=(lab, [run.id for run in runs], not off),
    )


def _pin(lab: Lab, ids: Sequence[str], on: bool) -> None:
    attempt(lab.pin, ids, on, by=commander())
    whole_page()
