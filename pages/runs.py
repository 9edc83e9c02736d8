"""All runs: what each was and came to, live; several on one chart; curves of other tools beside them."""

from __future__ import annotations

import streamlit as st

from pages.parts.runs.actions import told
from pages.parts.runs.compare import compare_view
from pages.parts.runs.importing import import_curves
from pages.parts.runs.listing import list_view
from pages.parts.runs.state import VIEWS, linked, value
from trainers.lab import the_lab
from widgets import behind_app, page_head, page_style, tell_news

behind_app()
lab = the_lab()
linked.open()
page_style(controls=False)
st.html(
    """<style>
    .st-key-runs-filters [data-testid="stElementContainer"]:has([data-testid="stTextInput"]) { max-width: 26rem; }
    .st-key-runs-actions { min-height: 2.6rem; gap: .5rem; }
    </style>"""
)
with page_head("Runs"):
    linked.one_of("view", value("view"), "View", VIEWS)
linked.tell_problems()
tell_news()
told({"compare": compare_view, "import": import_curves}.get(value("view"), list_view), lab)
linked.write()
