"""The user's own table in the sidebar of the page of the neuron: upload, and what is to be told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from experiments.neuron import OwnTable, own_table
from figures.runs import literal
from pages.parts.neuron.state import linked
from trainers.data import MAX_BYTES, CsvError, DataUnavailable, NoRoom, keep_upload, mark_used
from trainers.store import StoreError
from widgets import held, network, staged, visitor

_UPLOAD = "neuron.upload"


def own_rows(values: Mapping[str, Any]) -> None:
    """A drawer for a CSV file; of the table that is shown, its size and its target."""
    with st.expander("Your own CSV", type="compact", key="neuron.own"):
        staged(
            st.file_uploader,
            "CSV file",
            type=["csv", "tsv", "txt", "data", "dat"],
            key=_UPLOAD,
            name="file",
            on_change=_take,
            max_upload_size=MAX_BYTES // 2**20,
            help="One row a sample, with a header. It stays on this server until it is tidied away.",
        )
        st.caption("Two different values in the target are two classes; other numbers are told as they are, scaled.")
    linked.tell_refusal("file", "target")
    if values["file"]:
        mark_used(values["file"])
        table: OwnTable = own_table(values["file"], values["target"])
        st.caption(literal(table.sentence))
        chosen = values["target"] or table.columns[-1]
        linked.menu("target", chosen, st.selectbox, "Target", list(table.columns))


def _take() -> None:
    """Keep the file, and show it if a neuron can use it."""
    uploaded = held(_UPLOAD)
    if uploaded is None:
        return
    try:
        from trainers.lab import the_lab

        in_use = the_lab().store.uploads_in_use
        digest = keep_upload(uploaded.getvalue(), in_use=in_use, visitor=visitor(), address=network())
    except CsvError as error:
        linked.refuse("file", f"{uploaded.name} was not taken, {error}.")
    except (NoRoom, DataUnavailable, StoreError) as error:
        linked.refuse("file", f"{uploaded.name} cannot be kept. {error}")
    except OSError as error:
        linked.refuse("file", f"{uploaded.name} cannot be kept: {error.strerror}.")
    else:
        linked.put({"file": digest})
