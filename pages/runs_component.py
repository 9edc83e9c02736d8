"""The list of runs as a component: selection by run id, kept where the person is while news comes in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st
from streamlit.components.v2 import component
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest

from figures.frontend import FRONTEND
from figures.runs import COLUMNS

_NAME = "descent-lab-runs.table"
MOST = 1000  # ids a browser may send


def _renderer() -> Any:
    manager = get_bidi_component_manager()
    if manager.get_component_asset_root(_NAME) is None:
        project, name = _NAME.split(".")
        manifest = ComponentManifest(project, "1", [ComponentConfig(name=name, asset_dir=FRONTEND.name)])
        manager.register_from_manifest(manifest, FRONTEND.parent)
    return component(_NAME, js="runs_table.js", css="runs_table.css")


def runs_table(
    rows: Sequence[dict[str, Any]],
    *,
    selected: Sequence[str],
    version: int,
    on_select: Callable[[list[str]], None],
    on_open: Callable[[str], None],
    on_sort: Callable[[str], None],
    sort: str,
    key: str,
) -> None:
    """Show ``rows`` (see ``figures.runs.rows``); what is marked comes back as ids, all pages together.

    The browser keeps its own marks; it takes ``selected`` over when ``version`` changes. sort: the column that orders
    the rows, with a minus for the largest first; empty for none. The browser orders the rows it has; ``on_sort`` is
    told, as others may belong on this page then.
    """

    def marked() -> None:
        given = st.session_state[key].get("selected")
        if isinstance(given, list):
            on_select(list(dict.fromkeys(one for one in given[:MOST] if isinstance(one, str))))

    def opened() -> None:
        given = st.session_state[key].get("open")
        if isinstance(given, str):
            on_open(given)

    def ordered() -> None:
        given = st.session_state[key].get("sort")
        if isinstance(given, str):
            on_sort(given if given.removeprefix("-") in COLUMNS else "")

    data = {
        "rows": list(rows),
        "columns": list(COLUMNS.items()),
        "selected": list(selected),
        "version": version,
        "sort": sort,
    }
    _renderer()(key=key, data=data, on_selected_change=marked, on_open_change=opened, on_sort_change=ordered)
