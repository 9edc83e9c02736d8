"""Descent Lab: the pages and how they are reached."""

import streamlit as st

from widgets import in_turn, run_page

st.session_state.app = True  # see widgets.behind_app
st.set_page_config(page_title="Descent Lab", page_icon="docs/icon.svg", layout="wide")
GROUPS = {
    "": [
        st.Page("pages/home.py", title="Descent Lab", default=True),
        st.Page("pages/join.py", title="Join a class", url_path="join", visibility="hidden"),
        st.Page("pages/lesson.py", title="Lessons", url_path="lesson"),
    ],
    "Optimizers": [
        st.Page("pages/descent.py", title="Descent", url_path="descent"),
        st.Page("pages/line.py", title="1-D", url_path="line"),
        st.Page("pages/maps.py", title="Maps", url_path="maps"),
        st.Page("pages/fair.py", title="Fair race", url_path="fair"),
    ],
    "Building blocks": [
        st.Page("pages/neuron.py", title="Neuron", url_path="neuron"),
        st.Page("pages/activations.py", title="Activations", url_path="activations"),
        st.Page("pages/losses.py", title="Losses", url_path="losses"),
        st.Page("pages/derivatives.py", title="Derivatives", url_path="derivatives"),
    ],
    "Signals": [
        st.Page("pages/initialization.py", title="Initialization", url_path="initialization"),
        st.Page("pages/normalization.py", title="Normalization", url_path="normalization"),
    ],
    "Networks": [
        st.Page("pages/training.py", title="Training", url_path="training"),
        st.Page("pages/search.py", title="Search", url_path="search"),
        st.Page("pages/runs.py", title="Runs", url_path="runs"),
        st.Page("pages/surface.py", title="Loss surface", url_path="surface"),
        st.Page("pages/generalization.py", title="Generalization", url_path="generalization"),
        st.Page("pages/reuse.py", title="Reuse", url_path="reuse"),
    ],
}
# Expanded: in the drawer of a phone none hides behind "View more".
with in_turn():
    shown = st.navigation(GROUPS, position="top", expanded=True)
    run_page(shown, [page for pages in GROUPS.values() for page in pages])
