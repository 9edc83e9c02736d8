"""A page of nothing but the set-up of a run, for its tests."""

import streamlit as st

from pages.parts.training.setup import open_setup, put_config, put_run, setup_sidebar, tell_problems
from trainers.config.run_config import RunConfig
from widgets import behind_app

behind_app()
if st.session_state.get("away"):
    st.stop()
st.session_state.config, st.session_state.run = open_setup()
tell_problems()
st.button("preset", on_click=lambda: put_config(RunConfig().changed({"data.name": "spirals", "model.width": 64})))
st.button("train", on_click=put_run, args=("abc123",))
setup_sidebar()
