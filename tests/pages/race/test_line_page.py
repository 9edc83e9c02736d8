"""The page of one dimension without a browser: presets, controls, an own formula, junk in the link."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from experiments.race import LINE_PRESETS, race_link, view_to_query
from experiments.surfaces import LINE
from tests.pages.opened_page import link, newest, opened_page, told


def opened(**query: str) -> AppTest:
    return opened_page("pages/line.py", query)


def test_it_opens_with_the_first_preset() -> None:
    app = opened()
    first = next(iter(LINE_PRESETS.values()))
    assert not app.warning
    assert link(app) == {**race_link(first.race), **view_to_query(first.view)}
    assert newest(app, "selectbox", "line.preset").value == first.key
    assert first.look_for in [caption.value for caption in app.caption]


@pytest.mark.parametrize("key", LINE_PRESETS)
def test_every_preset_opens_from_the_menu(key: str) -> None:
    app = opened(surface="parabola", steps="20", o1="sgd")
    newest(app, "selectbox", "line.preset").select(key).run()
    assert not app.exception
    preset = LINE_PRESETS[key]
    assert link(app) == {**race_link(preset.race), **view_to_query(preset.view)}
    assert preset.look_for in [caption.value for caption in app.caption]


@pytest.mark.parametrize("key", [*LINE.catalogue, "formula"])
def test_every_function_opens_from_the_menu(key: str) -> None:
    app = opened(steps="20")
    newest(app, "selectbox", "line.surface").select(key).run()
    assert not app.exception
    assert link(app)["surface"] == key


def test_it_offers_one_coordinate_and_the_rules_of_a_line() -> None:
    app = opened()
    assert [each.label for each in app.number_input] == ["Start x", "Seed"]
    offered = newest(app, "selectbox", "line.o1").options
    assert len(offered) == len(LINE.rules)
    assert "Coordinate descent" not in offered


def test_a_formula_of_two_variables_is_refused_beside_its_field() -> None:
    app = opened(surface="formula", o1="sgd", steps="20")
    newest(app, "text_input", "line.f").set_value("x^2 + y^2").run()
    assert "y has no place in it" in app.error[0].value
    assert link(app)["f"] == LINE.formula
    newest(app, "text_input", "line.f").set_value("f(x) = x^2 + cos(3x)").run()
    assert not app.error
    assert link(app)["f"] == "f(x) = x^2 + cos(3x)"


def test_junk_is_told() -> None:
    app = opened(surface="rosenbrock", o1="coordinate_descent", start="1,2", window="7,1", f="x +")
    for sentence in ("surface was given 'rosenbrock'", "o1 was given 'coordinate_descent'", "start was given '1,2'"):
        assert sentence in told(app)
