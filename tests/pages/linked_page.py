"""A page of three settings, for the tests of ``LinkedState``."""

import streamlit as st

from settings import SettingsCodec
from settings.hyperparameter import Hyperparameter
from widgets import LinkedState, behind_app, run_again

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
linked = LinkedState("linked", SettingsCodec(declared))
st.session_state.chosen = linked.open()
linked.tell_problems()
linked.control("shape")
linked.control("size")
if st.session_state.chosen["shape"] == "a":
    linked.control("detail")
st.button("both", on_click=linked.put, args=({"shape": "b", "size": 7},))
st.button("too large", on_click=linked.put, args=({"size": 1000},))
linked.tell_refusal("size")
st.button("without a callback", key="plain")
if st.button("and again", key="again"):
    run_again()
