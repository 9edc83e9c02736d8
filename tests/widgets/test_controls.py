"""Controls made of hyperparameters: a slider begins at the very value it is given."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from optimizers import OPTIMIZERS

SHOWN = [stop for each in OPTIMIZERS["adam"].hyperparameters if each.name == "eps" for stop in each.slider_stops]


def _sliders() -> None:
    import streamlit as st

    from optimizers import OPTIMIZERS
    from widgets.controls import parameter_control

    (eps,) = (each for each in OPTIMIZERS["adam"].hyperparameters if each.name == "eps")
    for i, value in enumerate(st.session_state["values"]):
        parameter_control(eps, f"slider {i}", initial=value)


def test_a_slider_of_tiny_numbers_begins_at_its_value_and_not_at_a_neighbor() -> None:
    """Streamlit takes floats for equal that differ by less than 5e-12."""
    values = [*(stop for stop in SHOWN if stop < 2e-11), 3.21e-12]
    assert len(values) > 25
    app = AppTest.from_function(_sliders, default_timeout=60)
    app.session_state["values"] = values
    app.run()
    assert not app.exception
    assert [each.value for each in app.select_slider] == values
    assert all(type(each.value) is float for each in app.select_slider)
