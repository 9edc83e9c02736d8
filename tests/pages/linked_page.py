"""A page of three settings, for the tests of ``LinkedSettings``."""

import streamlit as st

from settings.hyperparameter import Hyperparameter
from widgets import LinkedSettings, behind_app

SHAPE = Hyperparameter(name="shape", symbol="", kind="choice", default="a", choices=("a", "b"), meaning="Which.")
SIZES = {
    key: Hyperparameter(
        name="size", symbol="s", default=default, kind="int", low=0, high=99, valid="[0, 99]", meaning="?"
    )
    for key, default in (("a", 1), ("b", 2))
}
DETAIL = Hyperparameter(name="detail", symbol="", default=False, kind="bool", meaning="Whether.")


def declared(values):
    yield "shape", SHAPE
    yield "size", SIZES[values["shape"]]
    yield "detail", DETAIL


behind_app()
if st.session_state.get("away"):
    st.stop()
settings = LinkedSettings("linked", declared)
st.session_state.chosen = settings.open()
settings.tell_problems()
settings.control("shape")
settings.control("size")
if st.session_state.chosen["shape"] == "a":
    settings.control("detail")
st.button("both", on_click=settings.put, args=({"shape": "b", "size": 7},))
