"""Descent Lab: the pages and how they are reached."""

import streamlit as st

from widgets import in_turn, page_at, run_page

st.session_state.app = True  # see widgets.behind_app
st.set_page_config(page_title="Descent Lab", page_icon="docs/icon.svg", layout="wide")
GROUPS = {
    "": [
        page_at("pages/home.py", title="Descent Lab", default=True),
        page_at("pages/join.py", title="Join a class", url_path="join", visibility="hidden"),
        page_at("pages/lesson.py", title="Lessons", url_path="lesson"),
    ],
    "Optimizers": [
        page_at("pages/descent.py", title="Descent", url_path="descent"),
        page_at("pages/line.py", title="1-D", url_path="line"),
        page_at("pages/maps.py", title="Maps", url_path="maps"),
        page_at("pages/fair.py", title="Fair race", url_path="fair"),
    ],
    "Building blocks": [
        page_at("pages/neuron.py", title="Neuron", url_path="neuron"),
        page_at("pages/activations.py", title="Activations", url_path="activations"),
        page_at("pages/losses.py", title="Losses", url_path="losses"),
        page_at("pages/derivatives.py", title="Derivatives", url_path="derivatives"),
    ],
    "Signals": [
        page_at("pages/initialization.py", title="Initialization", url_path="initialization"),
        page_at("pages/normalization.py", title="Normalization", url_path="normalization"),
    ],
    "Networks": [
        page_at("pages/training.py", title="Training", url_path="training"),
        page_at("pages/search.py", title="Search", url_path="search"),
        page_at("pages/runs.py", title="Runs", url_path="runs"),
        page_at("pages/surface.py", title="Loss surface", url_path="surface"),
        page_at("pages/generalization.py", title="Generalization", url_path="generalization"),
        page_at("pages/reuse.py", title="Reuse", url_path="reuse"),
    ],
}
# Expanded: in the drawer of a phone none hides behind "View more".
with in_turn():
    shown = st.navigation(GROUPS, position="top", expanded=True)
    run_page(shown, [page for pages in GROUPS.values() for page in pages])
