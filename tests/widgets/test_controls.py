"""Controls made of hyperparameters: a slider begins at the very value it is given."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from experiments.surface import CODEC
from landscapes import LANDSCAPES
from networks import ACTIVATIONS
from optimizers import OPTIMIZERS, SCHEDULES
from settings import Hyperparameter

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


def _plain_sliders() -> None:
    import streamlit as st

    from widgets.controls import parameter_control

    for i, each in enumerate(st.session_state["settings"]):
        parameter_control(each, f"slider {i}", initial=each.default)


def test_a_hand_that_has_moved_a_slider_comes_back_to_where_it_began() -> None:
    catalogues = (LANDSCAPES, OPTIMIZERS, SCHEDULES, ACTIVATIONS)
    declared = [each for catalogue in catalogues for one in catalogue.values() for each in one.hyperparameters]
    reach, _ = CODEC.setting(CODEC.read({})[0], "reach")
    plain = [
        each
        for each in [*declared, reach]
        if isinstance(each, Hyperparameter) and each.kind == "float" and not each.slider_stops
    ]
    round_ones = [each for each in plain if len(repr(each.default)) < 8]  # not a third, which PyTorch has
    assert len(round_ones) > 25
    app = AppTest.from_function(_plain_sliders, default_timeout=60)
    app.session_state["settings"] = round_ones
    app.run()
    assert not app.exception
    for setting, slider in zip(round_ones, app.slider, strict=True):
        steps = (setting.default - slider.min) / slider.step
        assert abs(steps - round(steps)) < 1e-6, setting
        assert len(repr(slider.step)) <= 7, setting  # what it sends is as short in the link
        assert 200 <= (slider.max - slider.min) / slider.step * (1 + 1e-9) <= 500.1, setting
