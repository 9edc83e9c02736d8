"""Bring your own curves: a log of any tool, read, drawn and diagnosed like a run of the lab."""

from __future__ import annotations

import html
from collections.abc import Sequence

import streamlit as st

from figures.live import live_payload
from figures.runs import literal
from pages.parts.findings import findings_panel
from pages.parts.runs.actions import compare, rerun_if_asked
from trainers.diagnosis import History, diagnose
from trainers.imported import (
    MAX_BYTES,
    SAMPLE_CSV,
    SAMPLE_NAME,
    Curves,
    CurvesError,
    read_curves,
    read_lines,
    reports_of,
    watched_of,
)
from trainers.lab import Lab, the_lab
from trainers.store import Store, StoreError
from widgets import attempt, live_curves, tell_news

_TEXT = "runs.import.text"
_SAMPLE = "runs.import.sample"


def import_curves(lab: Lab | None = None) -> None:
    """Files or pasted text in; what was read, the curves, the diagnosis, and a button to keep them as a run."""
    lab = lab or the_lab()
    rerun_if_asked()
    left, right = st.columns(2)
    with left:
        files = st.file_uploader(
            "Files", type=["csv", "tsv", "txt", "json", "jsonl"], accept_multiple_files=True, key="runs.import.files",
            help="CSV or JSON of Keras, Lightning or Weights & Biases, or TensorBoard's files of one series each.",
        )  # fmt: skip
    with right:
        text = st.text_area(
            "Or paste the text", key=_TEXT, height=118, max_chars=MAX_BYTES,
            placeholder="epoch,train_loss,val_loss\n1,0.93,0.95\n2,0.71,0.78",
        )  # fmt: skip
        st.button(
            "Try a sample: an overfitting run, as CSV", icon=":material/science:", type="tertiary", on_click=_sample
        )
    given: list[tuple[str | bytes, str]] = [(file.getvalue(), file.name) for file in files]
    if not given and text.strip():
        given = [(text, SAMPLE_NAME if text == SAMPLE_CSV else "pasted curves")]
    if not given:
        st.caption(
            "Needed is a training loss by epoch; a validation loss, metrics and the rate make the diagnosis sharper."
        )
        _show_sample()
        return
    try:
        curves = read_curves(given)
    except CurvesError as error:
        st.error(literal(f"These curves cannot be read: {error}."), icon=":material/error:")
        return
    _show(lab, curves, [name for _, name in given])


def _sample() -> None:
    st.session_state[_TEXT] = SAMPLE_CSV


def _show_sample() -> None:
    """What an import looks like, until there is one."""
    st.markdown("##### What comes out: a sample")
    history = read_curves([(SAMPLE_CSV, SAMPLE_NAME)]).history
    findings = diagnose(history)
    findings_panel(findings, key="sample-findings")
    drawn = watched_of(history, findings, SAMPLE_NAME)
    live_curves(live_payload([drawn], picture=False), key="runs.import.sample")


def _show(lab: Lab, curves: Curves, names: Sequence[str]) -> None:
    findings = diagnose(curves.history)
    name = names[0].rpartition(".")[0] or names[0]
    findings_panel(findings, key="import-findings")
    rows = "".join(
        f"<tr><td>{html.escape(what)}</td><td><code>{html.escape(column)}</code></td></tr>"
        for what, column in read_lines(curves.columns)
    )
    with st.container(horizontal=True, vertical_alignment="bottom", key="runs-import-keep"):
        kept_as = st.text_input("Name", name[:80], max_chars=80, key=f"runs.import.name.{name[:80]}", width=260)
        st.button(
            "Keep it among the runs", type="primary", icon=":material/save:", disabled=not kept_as.strip(),
            on_click=_keep, args=(lab, curves, kept_as), key="runs.import.keep",
        )  # fmt: skip
    with st.expander(f"What was read: {len(curves.history):,} rows", type="compact"):
        st.html(f'<table class="read-as"><tbody>{rows}</tbody></table>{_STYLE}')
    tell_news()
    live_curves(live_payload([watched_of(curves.history, findings, name)], picture=False), key="runs.import.curves")


_STYLE = """<style>
.read-as td { padding: .15rem 1.2rem .15rem 0; overflow-wrap: anywhere; }
</style>"""


def _keep(lab: Lab, curves: Curves, name: str) -> None:
    """Store the curves as a run and show it among the others."""
    if kept := attempt(_stored, lab.store, curves.history, name):
        compare([kept])


def _stored(store: Store, history: History, name: str) -> str:
    """The id of a new run with these curves; a run without its curves does not stay."""
    run = store.create(None, name=name, status="imported")
    try:
        store.add_reports(run.id, reports_of(history), findings=tuple(diagnose(history)))
    except (StoreError, ValueError):
        store.delete([run.id])
        raise
    return run.id
