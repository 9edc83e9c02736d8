"""Descent Lab: the pages and how they are reached."""

import streamlit as st

from widgets import run_page

st.session_state.app = True  # see widgets.behind_app
st.set_page_config(page_title="Descent Lab", page_icon="docs/icon.svg", layout="wide")
PAGES = [
    st.Page("pages/home.py", title="Descent Lab", icon=":material/trending_down:", default=True),
    st.Page("pages/descent.py", title="Descent", icon=":material/landscape:", url_path="descent"),
    st.Page("pages/line.py", title="One dimension", icon=":material/timeline:", url_path="line"),
    st.Page("pages/maps.py", title="Maps", icon=":material/grid_on:", url_path="maps"),
    st.Page("pages/fair.py", title="Fair race", icon=":material/trophy:", url_path="fair"),
    st.Page("pages/derivatives.py", title="Derivatives", icon=":material/function:", url_path="derivatives"),
    st.Page("pages/activations.py", title="Activations", icon=":material/show_chart:", url_path="activations"),
    st.Page(
        "pages/initialization.py",
        title="Initialization",
        icon=":material/stacked_line_chart:",
        url_path="initialization",
    ),
    st.Page("pages/normalization.py", title="Normalization", icon=":material/balance:", url_path="normalization"),
    st.Page("pages/losses.py", title="Losses", icon=":material/target:", url_path="losses"),
    st.Page("pages/training.py", title="Training", icon=":material/model_training:", url_path="training"),
    st.Page("pages/runs.py", title="Runs", icon=":material/list_alt:", url_path="runs"),
]
run_page(st.navigation(PAGES, position="top"), PAGES)
