"""The page of maps without a browser: views and presets, the controls, junk in the link."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from experiments.maps import PRESETS, VIEWS
from optimizers import OPTIMIZERS
from tests.pages.opened_page import link, newest, opened_page, told


def opened(**query: str) -> AppTest:
    return opened_page("pages/maps.py", query)


@pytest.mark.parametrize("view", VIEWS)
def test_it_opens_in_every_view(view: str) -> None:
    app = opened(view=view)
    assert not app.warning
    assert link(app) == ({} if view == "basins" else {"view": view})


@pytest.mark.parametrize("key", PRESETS)
def test_every_preset_opens_from_the_menu(key: str) -> None:
    app = opened(steps="20")
    newest(app, "selectbox", "maps.preset").select(key).run()
    assert not app.exception
    assert link(app) == PRESETS[key].query
    assert PRESETS[key].look_for in [caption.value for caption in app.caption]


def test_another_surface_or_rule_comes_with_a_tuned_rate() -> None:
    app = opened()
    newest(app, "selectbox", "maps.surface").select("rosenbrock").run()
    assert not app.exception
    first = link(app)
    assert first["surface"] == "rosenbrock"
    newest(app, "selectbox", "maps.o1").select("adam").run()
    assert newest(app, "select_slider", "maps.o1.lr").value > 0.001
    assert "o1.lr" not in link(app)  # it is what the surface opens with
    newest(app, "selectbox", "maps.o2").select("sgd").run()
    assert link(app)["o2"] == "sgd"
    assert not app.exception


def test_every_rule_has_a_map_of_basins() -> None:
    app = opened(steps="20", o1="bfgs", o2="newton")
    assert set(newest(app, "selectbox", "maps.o1").options) == {rule.name for rule in OPTIMIZERS.values()}
    assert not app.exception
    assert link(app) == {"steps": "20", "o1": "bfgs", "o2": "newton"}


def test_a_view_that_lacks_a_rule_takes_another_and_keeps_one_that_it_has() -> None:
    app = opened(steps="20", o1="adam")
    newest(app, "segmented_control", "maps.view").set_value("rates").run()
    assert newest(app, "selectbox", "maps.o1").value == "adam"
    app = opened(steps="20", o1="bfgs")
    newest(app, "segmented_control", "maps.view").set_value("rates").run()
    assert newest(app, "selectbox", "maps.o1").value == "bfgs"
    app = opened(steps="20", o1="coordinate_descent")
    newest(app, "segmented_control", "maps.view").set_value("rates").run()
    assert not app.exception
    assert newest(app, "selectbox", "maps.o1").value == "momentum"


def test_every_rule_is_in_the_menu_or_named_with_the_reason_why_not() -> None:
    app = opened(steps="20", view="rates")
    menu = newest(app, "selectbox", "maps.o1").options
    (reason,) = [each.value for each in app.caption if each.value.startswith("Not on offer: ")]
    missing = reason.removeprefix("Not on offer: ").partition(". ")[0].replace(" and ", ", ").split(", ")
    assert {*menu, *missing} == {rule.name for rule in OPTIMIZERS.values()}
    assert len(menu) + len(missing) == len(OPTIMIZERS)
    assert "Descent" in reason


def test_junk_is_told() -> None:
    app = opened(view="no", o1="gone", x_low="7", surface="formula", f="x +")
    for sentence in ("view was given 'no'", "o1 was given 'gone'", "no inside", "The formula cannot be used"):
        assert sentence in told(app)


def test_a_formula_that_cannot_be_read_is_refused_beside_its_field() -> None:
    app = opened(surface="formula")
    newest(app, "text_input", "maps.f").set_value("x +").run()
    assert "ends too early" in app.error[0].value
    assert "f" not in link(app)
