"""The page of the neuron without a browser: first paint, presets, menus, junk, and that it needs no PyTorch."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from experiments.neuron import PARTS, PRESETS
from tests.pages.opened_page import link, newest, opened_page, told

ROOT = Path(__file__).parents[2]


def opened(query: dict[str, str] | None = None) -> AppTest:
    return opened_page("pages/neuron.py", query)


def test_a_bare_address_opens_the_first_preset() -> None:
    app = opened()
    assert link(app) == {}
    assert not app.warning
    assert PRESETS["overlap"].look_for in [caption.value for caption in app.caption]


@pytest.mark.parametrize("key", PRESETS)
def test_choosing_a_preset_sets_the_link_and_shows_what_to_look_for(key: str) -> None:
    app = opened({"steps": "50"})
    newest(app, "selectbox", "neuron.preset").select(key).run()
    assert not app.exception
    assert link(app) == PRESETS[key].query
    assert PRESETS[key].look_for in [caption.value for caption in app.caption]


@pytest.mark.parametrize("part", PARTS)
def test_every_part_opens(part: str) -> None:
    app = opened({"part": part} if part != "neuron" else None)
    assert not app.warning


def test_menus_of_rows_features_and_kinds_change_the_link() -> None:
    app = opened({"o1": "sgd", "o1.lr": "0.1", "steps": "50"})
    newest(app, "selectbox", "neuron.s.kind").select("linear").run()
    newest(app, "selectbox", "neuron.s.second of versicolor_virginica").select(0).run()
    newest(app, "toggle", "neuron.s.scaled").set_value(False).run()
    assert not app.exception
    assert {"s.kind": "linear", "s.second": "0", "s.scaled": "false"}.items() <= link(app).items()
    newest(app, "selectbox", "neuron.s.data").select("blobs").run()
    assert not app.exception
    assert link(app)["s.data"] == "blobs"
    features = newest(app, "selectbox", "neuron.s.first of blobs")
    assert features.options == ["first", "second"]


def test_junk_is_told_and_left_out() -> None:
    app = opened({"row": "x", "s.kind": "no", "surface": "ackley", "file": "zz"})
    assert len(app.warning) == 4
    assert "allowed is 64 digits" in told(app)


def test_a_neuron_needs_no_torch(tmp_path: Path) -> None:
    code = """
import sys
from streamlit.testing.v1 import AppTest
app = AppTest.from_file("app.py", default_timeout=300)
app.switch_page("pages/neuron.py")
app.run()
assert not app.exception
print([name for name in ("torch", "sklearn") if name in sys.modules])
"""
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
