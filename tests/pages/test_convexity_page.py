"""The parts on convexity and penalties of the page of the neuron without a browser: words, presets, junk, controls."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from experiments.neuron import PRESETS, SIGHTS
from tests.pages.opened_page import link, newest, opened_page, told

OWN = [key for key, preset in PRESETS.items() if preset.query.get("part") in ("convexity", "penalties")]


def opened(**query: str) -> AppTest:
    return opened_page("pages/neuron.py", query)


def words(app: AppTest) -> str:
    return "\n".join(each.value for each in (*app.markdown, *app.caption))


def test_a_chord_of_squared_error_fails_from_the_start() -> None:
    app = opened(part="convexity")
    assert "Cross-entropy never stands above its chord here." in words(app)
    assert "Squared error stands above its chord by up to" in words(app)
    assert link(app) == {"part": "convexity"}
    assert not app.warning


@pytest.mark.parametrize("sight", SIGHTS)
def test_every_sight_opens_and_changes_from_one_to_the_next(sight: str) -> None:
    app = opened(part="convexity", sight=sight)
    assert not app.exception
    newest(app, "segmented_control", "neuron.sight").set_value("growth").run()
    assert not app.exception
    assert "Soudry" in words(app)
    assert link(app)["sight"] == "growth"


def test_rows_that_no_line_parts_have_a_minimum() -> None:
    app = opened(part="convexity", sight="growth", classes="blobs")
    assert "no line parts these classes" in words(app)


def test_scaling_says_both_condition_numbers_and_both_counts() -> None:
    text = words(opened(part="convexity", sight="scaling"))
    assert "Condition number 105; 149 steps are enough" in text
    assert "Condition number 1; one step is enough" in text


def test_penalties_say_what_is_exactly_0_and_every_convention() -> None:
    app = opened(part="penalties")
    assert "the weight of blood pressure is exactly 0" in words(app)
    assert "scikit-learn's `Lasso`" in words(app)
    newest(app, "segmented_control", "neuron.mix").set_value(0.0).run()
    assert not app.exception
    assert "neither ever 0" in words(app)
    assert "scikit-learn's `Ridge`" in words(app)
    assert link(app) == {"part": "penalties", "mix": "0"}


@pytest.mark.parametrize("key", OWN)
def test_choosing_a_preset_sets_the_link_and_shows_what_to_look_for(key: str) -> None:
    app = opened(part="penalties", mix="0.5")
    newest(app, "selectbox", "neuron.preset").select(key).run()
    assert not app.exception
    assert link(app) == PRESETS[key].query
    assert PRESETS[key].look_for in [caption.value for caption in app.caption]


def test_junk_in_the_link_is_named_and_the_rest_is_used() -> None:
    app = opened(part="convexity", sight="atlantis", ax="99", decay="nan", bx="-3", mix="7", **{"lambda": "-1"})
    text = told(app)
    assert "atlantis" in text
    assert "99" in text
    assert "nan" in text
    assert "mix" in text
    assert "lambda" in text
    assert link(app) == {"part": "convexity", "bx": "-3"}


@pytest.mark.parametrize(
    "query",
    [
        {"sight": "growth", "decay": "0.00037"},
        {"part": "penalties", "lambda": "0.1234", "mix": "0.3"},
        {"ax": "2", "ay": "2", "bx": "2", "by": "2"},
        {"part": "penalties", "lambda": "0", "form": "penalty"},
        {"part": "penalties", "lambda": "10"},
    ],
)
def test_values_between_the_stops_and_at_the_ends_are_shown(query: dict[str, str]) -> None:
    app = opened(**{"part": "convexity", **query})
    assert not app.exception
    assert not app.warning
