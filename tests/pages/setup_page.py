"""A page of nothing but the set-up of a run, for its tests."""

import streamlit as st

from pages.parts.training.setup import linked, put_run, setup_sidebar, show_config
from trainers.config.run_config import RunConfig
from widgets import behind_app

behind_app()
if st.session_state.get("away"):
    st.stop()
state = linked.open()
st.session_state.config, st.session_state.run = state.config, state.run
linked.tell_problems()
st.button("preset", on_click=lambda: show_config(RunConfig().changed({"data.name": "spirals", "model.width": 64})))
st.button("train", on_click=put_run, args=("abc123",))
setup_sidebar()
