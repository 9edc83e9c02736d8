"""The activations page without a browser: first paint, presets, junk, controls; and that it needs no PyTorch."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from experiments.activations.settings import PRESETS
from networks import ACTIVATIONS
from tests.pages.opened_page import link, newest, opened_page, told

ROOT = Path(__file__).parents[2]


def opened(query: dict[str, str] | None = None) -> AppTest:
    return opened_page("pages/activations.py", query)


def test_it_opens_with_four_functions_their_facts_and_their_cost() -> None:
    app = opened()
    table = app.dataframe[0].value
    assert table["function"].tolist() == ["Sigmoid", "Tanh", "ReLU", "GELU"]
    assert all(cost.endswith("\N{MULTIPLICATION SIGN} ReLU") for cost in table["cost of value"])
    assert link(app) == {}
    assert not app.warning


@pytest.mark.parametrize("key", PRESETS)
def test_choosing_a_preset_sets_the_link_and_shows_what_to_look_for(key: str) -> None:
    app = opened({"n": "1", "f1": "mish"})
    newest(app, "selectbox", "activations.preset").select(key).run()
    assert not app.exception
    assert link(app) == PRESETS[key].query
    assert PRESETS[key].look_for in [caption.value for caption in app.caption]


def test_every_function_can_be_shown_with_its_parameters() -> None:
    query = {"n": str(len(ACTIVATIONS))} | {f"f{slot}": key for slot, key in enumerate(ACTIVATIONS, 1)}
    app = opened(query)
    assert len(app.dataframe[0].value) == len(ACTIVATIONS)
    shown = {widget.key for kind in (app.slider, app.select_slider) for widget in kind}
    for slot, activation in enumerate(ACTIVATIONS.values(), 1):
        assert {f"activations.f{slot}.{parameter.name}" for parameter in activation.hyperparameters} <= shown


def test_junk_in_the_link_is_named_and_the_rest_is_used() -> None:
    app = opened({"f1": "atlantis", "depth": "soon", "reach": "8", "color": "red", "shade": "9"})
    text = told(app)
    assert "atlantis" in text
    assert "soon" in text
    assert "shade was given '9'; allowed is a whole number in [0, 4]" in text
    assert "'color' is not a parameter" in text
    assert link(app) == {"reach": "8"}
    newest(app, "select_slider", "activations.depth").set_value(20).run()
    assert not app.warning
    assert link(app) == {"reach": "8", "depth": "20"}


def test_functions_are_added_and_taken_away() -> None:
    app = opened()
    next(button for button in app.button if button.label == "Add a function").click().run()
    assert link(app)["n"] == "5"
    app.button(key="activations.remove.1").click().run()
    assert app.dataframe[0].value["function"].tolist()[:3] == ["Tanh", "ReLU", "GELU"]
    assert link(app)["f1"] == "tanh"


def test_it_needs_no_torch_from_import_to_measured_costs() -> None:
    code = """
import sys
from streamlit.testing.v1 import AppTest
app = AppTest.from_file("pages/activations.py", default_timeout=300)
app.session_state.app = True
for view in ("one", "two", "softmax"):
    app.query_params["view"] = view
    app.run()
    assert not app.exception
assert "torch" not in sys.modules
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
