"""The user's own table in the sidebar of the training page: upload, preview, and the role of each column."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from experiments.training import (
    Overview,
    Usable,
    chosen_features,
    features_text,
    named,
    overview,
    overview_sentence,
    usable,
    usual_roles,
    usual_task,
)
from figures.runs import literal
from trainers.config import RunConfig
from trainers.data import (
    MAX_BYTES,
    CsvError,
    DataUnavailable,
    NoRoom,
    is_kept,
    keep_upload,
    mark_used,
    uploaded_columns,
    uploaded_table,
)
from trainers.lab import the_lab
from trainers.store import StoreError
from widgets import held, network, staged, visitor

MEGABYTES = MAX_BYTES // 2**20
TASKS = ("classification", "regression")
_UPLOAD = "training.upload"


def csv_controls(
    config: RunConfig,
    key_of: Callable[[str, Any], tuple[str, Any]],
    change: Callable[[Mapping[str, Any]], None],
    refuse: Callable[[str], None],
) -> None:
    """Upload and columns of ``config.data``.

    key_of: the key of a setting's control, and what it begins with. change: applies values by dotted name, from a
    callback. refuse: shows why an upload was not taken.
    """

    def take() -> None:
        uploaded = held(_UPLOAD)
        if uploaded is None:
            return
        try:
            in_use = the_lab().store.uploads_in_use
            content = uploaded.getvalue()
            digest = keep_upload(content, in_use=in_use, visitor=visitor(), address=network())
            _usable.clear()  # what could not be used may have been a damaged file, which this upload has mended
            change({"data.file": digest, **usual_roles(_overview(digest))})
        except CsvError as error:
            refuse(f"{uploaded.name} was not taken, {error}.")
        except (NoRoom, DataUnavailable, StoreError) as error:
            refuse(f"{uploaded.name} cannot be kept. {error}")
        except OSError as error:
            refuse(f"{uploaded.name} cannot be kept: {error.strerror}.")

    staged(
        st.file_uploader,
        "CSV file",
        type=["csv", "tsv", "txt", "data", "dat"],
        key=_UPLOAD,
        name="data.file",
        on_change=take,
        max_upload_size=MEGABYTES,
        help="One row a sample, best in UTF-8 and with a header. It stays on this server until it is tidied away.",
    )
    if not config.data.file:
        st.info("Choose a CSV file with a header and one row a sample; then say what to predict.")
        return
    mark_used(config.data.file)  # whoever looks at it may be about to train on it
    try:
        table = _overview(config.data.file) if is_kept(config.data.file) else None
    except DataUnavailable:
        table = None
    if table is None:
        st.warning("This table is not on this machine; upload the file here to go on.", icon=":material/link_off:")
        return
    st.dataframe(dict(table.head), hide_index=True)
    st.caption(overview_sentence(table))
    if table.notes:
        st.caption(literal(" ".join(table.notes)), help="Guessed from the file. Change the file where it is wrong.")
    _role_controls(config, table, key_of, change)
    usable = _found(config)
    if usable.left_out:
        _missing_control(config, table, usable, key_of, change)
    if usable.problem:
        st.error(literal(usable.problem), icon=":material/error:")
    else:
        st.caption(usable.sentence)


def table_shape(config: RunConfig) -> tuple[tuple[int, ...] | None, int | None]:
    """Shape of a row and number of classes of the user's own table; None where it cannot be used."""
    if config.data.name != "csv" or not is_kept(config.data.file):
        return None, None
    usable = _found(config)
    return usable.shape, usable.classes


def _found(config: RunConfig) -> Usable:
    data = config.data
    return _usable(data.file, data.target, data.features, data.task, data.drop_empty)


def _missing_control(
    config: RunConfig,
    table: Overview,
    found: Usable,
    key_of: Callable[[str, Any], tuple[str, Any]],
    change: Callable[[Mapping[str, Any]], None],
) -> None:
    """The offer to go on without the rows that have an empty cell, and the way back."""

    def choose() -> None:
        if (dropped := held(key)) is not None:
            change({"data.drop_empty": dropped})

    key, leave_out = key_of("data.drop_empty", config.data.drop_empty)
    rows = f"{found.left_out:,} of {table.rows:,} rows"
    staged(st.toggle, f"Leave out the {rows} that have an empty cell", leave_out, key=key, on_change=choose)


def _role_controls(
    config: RunConfig,
    table: Overview,
    key_of: Callable[[str, Any], tuple[str, Any]],
    change: Callable[[Mapping[str, Any]], None],
) -> None:
    target = config.data.target or table.names[-1]
    target = target if target in table.names else None
    others = [name for name in table.names if name != target]
    chosen = chosen_features(config.data.features, others)

    def retarget() -> None:
        to = held(target_key)
        if to is None:
            return
        features = features_text([name for name in chosen if name != to])
        change({"data.target": to, "data.features": features, "data.task": usual_task(table, to)})

    def choose() -> None:
        if (names := held(features_key)) is not None:
            change({"data.features": features_text(names)})

    def retask() -> None:
        if (task := held(task_key)) is not None:
            change({"data.task": task})

    target_key, first = key_of("data.target", target)
    staged(
        st.selectbox,
        "Column to predict",
        table.names,
        table.names.index(first) if first in table.names else None,
        key=target_key,
        on_change=retarget,
        placeholder="Choose a column",
    )
    features_key, begun = key_of("data.features", chosen)
    staged(
        st.multiselect,
        "Columns to predict from",
        others,
        [name for name in begun if name in others],
        key=features_key,
        on_change=choose,
        placeholder="All others",
    )
    task_key, task = key_of("data.task", config.data.task)
    staged(
        st.selectbox,
        "The target is",
        TASKS,
        index=TASKS.index(task),
        key=task_key,
        on_change=retask,
        format_func=lambda key: named("data.task", key),
    )


@st.cache_resource(max_entries=16, show_spinner=False)
def _overview(file: str) -> Overview:
    return overview(uploaded_columns(file))


@st.cache_resource(max_entries=64, show_spinner=False)
def _usable(file: str, target: str, features: str, task: str, drop_empty: bool) -> Usable:
    values = {"file": file, "target": target, "features": features, "task": task}
    try:
        rows = uploaded_columns(file).rows
    except DataUnavailable as error:
        return Usable(problem=str(error))
    try:
        return usable(uploaded_table(values | {"drop_empty": drop_empty}), rows)
    except DataUnavailable as error:
        problem = str(error)
    try:
        without = usable(uploaded_table(values | {"drop_empty": True}), rows)
    except DataUnavailable:
        return Usable(problem=problem)
    return Usable(problem=problem, left_out=without.left_out)
