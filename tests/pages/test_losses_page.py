"""The page of losses without a browser: first paint, presets, junk, controls; the drawer that leads there."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from streamlit.testing.v1 import AppTest

from experiments.losses import PARTS, PRESETS, link_of
from networks.losses import LOSS_FUNCTIONS
from tests.pages.opened_page import link, newest, opened_page, told
from trainers.config import LOSSES
from trainers.lab.lab import Lab

ROOT = Path(__file__).parents[2]


def opened(query: dict[str, str] | None = None) -> AppTest:
    return opened_page("pages/losses.py", query)


def words(app: AppTest) -> str:
    return "\n".join(each.value for each in (*app.markdown, *app.caption))


def test_it_opens_with_three_losses_read_at_one_error() -> None:
    app = opened()
    assert app.dataframe[0].value["value"].tolist() == ["4", "2", "1.5"]
    assert "At an error of 2 the slopes are: MSE 4, MAE 1, Huber 1." in words(app)
    assert link(app) == {}
    assert not app.warning


@pytest.mark.parametrize("key", PRESETS)
def test_choosing_a_preset_sets_the_link_and_shows_what_to_look_for(key: str) -> None:
    app = opened({"error": "1.5"})
    newest(app, "selectbox", "losses.preset").select(key).run()
    assert not app.exception
    assert link(app) == PRESETS[key].query
    assert PRESETS[key].look_for in [caption.value for caption in app.caption]


@pytest.mark.parametrize("part", PARTS)
def test_every_part_shows_its_code_and_changes_from_one_to_the_next(part: str) -> None:
    app = opened({"part": part, "delta": "2"})
    assert any(code.value.startswith("import torch\n") for code in app.code)
    newest(app, "segmented_control", "losses.part").set_value("regression").run()
    assert not app.exception
    assert link(app) == {"delta": "2"}


def test_junk_in_the_link_is_named_and_the_rest_is_used() -> None:
    app = opened({"part": "atlantis", "loss": "kl", "delta": "0", "error": "3", "color": "red"})
    text = told(app)
    assert "atlantis" in text
    assert "loss was given 'kl'; allowed is one of mse, mae, huber" in text
    assert "delta was given '0'" in text
    assert "'color' is not a parameter" in text
    assert link(app) == {"error": "3"}
    newest(app, "slider", "losses.error").set_value(1.0).run()
    assert not app.warning
    assert link(app) == {"error": "1"}


def test_the_meaning_of_epsilon_changes_the_target() -> None:
    app = opened({"part": "cross_entropy"})
    assert "its target is 0.925" in words(app)
    newest(app, "selectbox", "losses.convention").select("wrong").run()
    assert "its target is 0.7" in words(app)
    newest(app, "slider", "losses.epsilon").set_value(0.25).run()
    assert "its target is 0.25" in words(app)
    assert link(app) == {"part": "cross_entropy", "convention": "wrong", "epsilon": "0.25"}


def test_a_slider_moves_the_outlier_and_the_sentences_say_so() -> None:
    app = opened({"part": "outlier", "model": "constant"})
    newest(app, "select_slider", "losses.oy").set_value(15.0).run()
    assert link(app) == {"part": "outlier", "model": "constant", "oy": "15"}
    shown: list[Any] = list(app.get("html"))
    assert any("Mean squared error: level 5.05, without it 4.05" in each.body for each in shown)


def test_the_table_has_every_loss() -> None:
    text = words(opened({"part": "table"}))
    assert all(f"**{loss.name}**" in text for loss in LOSS_FUNCTIONS.values())


@pytest.mark.parametrize(
    ("query", "key", "hyper"),
    [
        ({"loss.name": "huber", "loss.delta": "2"}, "huber", {"delta": 2.0}),
        ({"loss.name": "kl", "loss.label_smoothing": "0.2"}, "kl", {"label_smoothing": 0.2}),
        ({}, "cross_entropy", {"label_smoothing": 0.0}),
    ],
)
def test_the_drawer_of_training_draws_the_loss_and_leads_to_it(
    lab: Lab, query: dict[str, str], key: str, hyper: dict[str, float]
) -> None:
    app = opened_page("pages/training.py", {"data.name": "moons", "optimizer.lr": "0.0123", **query})
    assert any(LOSSES[key].latex in each.value for each in app.latex)
    links = [each.proto for each in app.get("page_link")]
    own = next(each for each in links if each.label == "See this loss and its slope")
    assert dict(parse_qsl(own.query_string)) == link_of(key, hyper)


def test_it_needs_no_torch() -> None:
    code = f"""
import sys
from streamlit.testing.v1 import AppTest
app = AppTest.from_file("pages/losses.py", default_timeout=300)
app.session_state.app = True
for part in {list(PARTS)!r}:
    app.query_params["part"] = part
    app.run()
    assert not app.exception
assert "torch" not in sys.modules
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
