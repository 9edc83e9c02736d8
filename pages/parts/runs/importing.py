"""Bring your own curves: a log of any tool, read, drawn and diagnosed like a run of the lab."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from figures.live import live_payload
from figures.runs import literal
from pages.parts.findings import findings_panel
from pages.parts.runs.actions import compare
from pages.parts.runs.watching import how_to_watch
from trainers.diagnosis import diagnose
from trainers.imported import (
    MAX_BYTES,
    ROLES,
    SAMPLE_CSV,
    SAMPLE_NAME,
    Curves,
    CurvesError,
    ReadLog,
    curves_of,
    keep_curves,
    read_curves,
    read_log,
    watched_of,
)
from trainers.lab import Lab, the_lab
from widgets import attempt, live_curves, once, rerun_if_asked, staged, tell_news

_TEXT = "runs.import.text"
_NOTHING = "—"
# Which columns one chooses; the step stands in for the epoch where there is none.
_CHOSEN = ("train_loss", "val_loss", "train_metric", "val_metric", "lr", "epoch")


def import_curves(lab: Lab | None = None) -> None:
    """Files or pasted text in; what was read, the curves, the diagnosis, and a button to keep them as a run."""
    lab = lab or the_lab()
    rerun_if_asked()
    left, right = st.columns(2)
    with left:
        files = staged(
            st.file_uploader,
            "Files",
            accept_multiple_files=True,
            key="runs.import.files",
            name="import.files",
            hidden=(),
            max_upload_size=MAX_BYTES // 10**6,
            help="Tables, JSON and printed logs of Keras, Lightning, Hugging Face, YOLO, detectron2, mmdetection, "
            "skorch or Weights & Biases; the file of a watched training; event files of TensorBoard, or its exported "
            "files of one series each.",
        )
    with right:
        text = staged(
            st.text_area,
            "Or paste the text",
            key=_TEXT,
            name="import.text",
            hidden=st.session_state.get(_TEXT, ""),
            height=118,
            max_chars=MAX_BYTES,
            placeholder="epoch,train_loss,val_loss\n1,0.93,0.95\n2,0.71,0.78",
        )
        st.button(
            "Try a sample: an overfitting run, as CSV", icon=":material/science:", type="tertiary", on_click=_sample
        )
    how_to_watch()
    given: list[tuple[str | bytes, str]] = [(file.getvalue(), file.name) for file in files]
    given = list(dict.fromkeys(given))  # a file that a hand gives twice is one
    if not given and text.strip():
        given = [(text, SAMPLE_NAME if text == SAMPLE_CSV else "pasted curves")]
    if not given:
        st.caption(
            "Needed is a training loss by epoch; a validation loss, metrics and the rate make the diagnosis sharper."
        )
        _show_sample()
        return
    names = [name for _, name in given]
    try:
        read = _log(given)
    except CurvesError as error:
        _tell(error)
        return
    # Placed above, but it may need other columns than were found.
    above = st.container()
    changed = _column_boxes(read)
    try:
        curves = curves_of(read, changed)
        if curves.trainings:
            curves = curves_of(read, changed, _training_box(curves))
    except CurvesError as error:
        with above:
            _tell(error)
        return
    _show(lab, curves, names, above)


@st.cache_resource(max_entries=2, ttl=300, show_spinner=False)
def _log(files: Sequence[tuple[str | bytes, str]]) -> ReadLog:
    """Read once while its columns are chosen and its run is named."""
    return read_log(files)


def _tell(error: CurvesError) -> None:
    told = str(error)
    st.error(literal(f"These curves cannot be used: {told[:1].lower()}{told[1:]}."), icon=":material/error:")


def _column_boxes(read: ReadLog) -> Mapping[str, str | None]:
    """A box for what each column is. What was chosen stays while a file or a text with the same columns is edited."""
    same = zlib.crc32("\n".join(read.names).encode())
    changed: dict[str, str | None] = {}
    boxes = st.container(horizontal=True, gap="small")
    for role in _CHOSEN:
        column = read.roles.get(role) or (read.roles.get("step") if role == "epoch" else None)
        options = [_NOTHING, *read.names]
        with boxes:
            chosen = staged(
                st.selectbox,
                ROLES[role],
                options,
                options.index(column) if column in options else 0,
                key=f"runs.import.column.{role}.{same}",
                name=f"import.{role}",
                hidden=column if column in options else _NOTHING,
                width=155,
            )
        if chosen != (column if column in options else _NOTHING):
            changed[role] = None if chosen == _NOTHING else chosen
            if role == "epoch":
                changed["step"] = None
    return changed


def _training_box(curves: Curves) -> str:
    """Which training to show, where a file holds several."""
    labels = list(curves.trainings)
    return staged(
        st.selectbox,
        "Training",
        labels,
        labels.index(curves.training),
        key=f"runs.import.training.{len(labels)}.{labels[0]}",
        name="import.training",
        hidden=curves.training,
        width=325,
    )


def _sample() -> None:
    st.session_state[_TEXT] = SAMPLE_CSV


def _show_sample() -> None:
    """What an import looks like, until there is one."""
    st.markdown("## What comes out: a sample")
    history = read_curves([(SAMPLE_CSV, SAMPLE_NAME)]).history
    findings = diagnose(history)
    findings_panel(findings, key="sample-findings")
    drawn = watched_of(history, findings, SAMPLE_NAME)
    live_curves(live_payload([drawn], picture=False), key="runs.import.sample")


def _show(lab: Lab, curves: Curves, names: Sequence[str], above: DeltaGenerator) -> None:
    findings = diagnose(curves.history)
    name = names[0].rpartition(".")[0] or names[0]
    with above:
        findings_panel(findings, key="import-findings")
    notes = " ".join(curves.notes[:_MOST_NOTES])
    st.caption(literal(f"Read as {curves.form}: {len(curves.history):,} rows. {notes}"))
    with st.container(horizontal=True, vertical_alignment="bottom", key="runs-import-keep"):
        kept_as = staged(
            st.text_input,
            "Name",
            name[:80],
            max_chars=80,
            key=f"runs.import.name.{name[:80]}",
            name="import.name",
            hidden=name[:80],
            width=260,
        )
        st.button(
            "Keep it among the runs",
            type="primary",
            icon=":material/save:",
            disabled=not kept_as.strip(),
            on_click=_keep,
            args=(lab, curves, names, kept_as),
            key="runs.import.keep",
        )
    tell_news()
    live_curves(live_payload([watched_of(curves.history, findings, name)], picture=False), key="runs.import.curves")


_MOST_NOTES = 8


def _keep(lab: Lab, curves: Curves, files: Sequence[str], name: str) -> None:
    """Store the curves as a run and show it among the others."""
    asked = ("import", tuple(files), len(curves.history), curves.training, name)
    if kept := once(asked, lambda: attempt(keep_curves, lab.store, curves.history, name)):
        compare([kept])
