"""The page of derivatives without a browser: views and presets, controls, formulas, files, junk in the link."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from experiments.derivatives import EXPRESSIONS, FORMS, FUNCTIONS, PRESETS, VIEWS, drawn_start
from exports.derivatives import form_script
from tests.pages.opened_page import link, newest, opened_page, told


def opened(**query: str) -> AppTest:
    return opened_page("pages/derivatives.py", query)


def shown(app: AppTest) -> str:
    return " ".join(each.value for each in (*app.markdown, *app.caption))


@pytest.mark.parametrize("view", VIEWS)
def test_it_opens_in_every_view(view: str) -> None:
    app = opened(view=view)
    assert not app.warning
    assert link(app) == ({} if view == "numbers" else {"view": view})


@pytest.mark.parametrize("key", PRESETS)
def test_every_preset_opens_from_the_menu(key: str) -> None:
    app = opened(f="exp")
    newest(app, "selectbox", "derivatives.preset").select(key).run()
    assert not app.exception
    assert link(app) == PRESETS[key].query
    assert PRESETS[key].look_for in [caption.value for caption in app.caption]


@pytest.mark.parametrize("key", FUNCTIONS)
def test_every_function_has_its_formula_and_table(key: str) -> None:
    app = opened(f=key)
    assert any("f'(x)" in each.value for each in app.latex)
    assert "by hand" in list(app.dataframe[0].value["method"])


def test_an_own_function_is_taken_or_refused_beside_its_field() -> None:
    app = opened(f="own")
    newest(app, "text_input", "derivatives.formula").set_value("x^2 * sin(x)").run()
    assert link(app) == {"f": "own", "formula": "x^2 * sin(x)"}
    newest(app, "text_input", "derivatives.formula").set_value("x + y").run()
    assert "holds y" in app.error[0].value
    assert link(app)["formula"] == "x^2 * sin(x)"


@pytest.mark.parametrize("key", EXPRESSIONS)
def test_every_expression_has_its_inputs_as_sliders(key: str) -> None:
    app = opened(view="graph", g=key)
    for name in EXPRESSIONS[key].inputs:
        newest(app, "slider", f"derivatives.in.{name}").set_value(0.9).run()
        assert not app.exception
        assert link(app)[f"in.{name}"] == "0.9"


def test_an_own_expression_is_taken_or_refused_beside_its_field() -> None:
    app = opened(view="graph", g="own")
    newest(app, "text_input", "derivatives.expression").set_value("x * y").run()
    assert link(app)["expression"] == "x * y"
    newest(app, "text_input", "derivatives.expression").set_value("1 + 2").run()
    assert "neither x nor y" in app.error[0].value


def test_modes_offer_what_their_sweep_begins_at() -> None:
    app = opened(view="graph", g="spiral")
    newest(app, "selectbox", "derivatives.out").select("q").run()
    assert link(app)["out"] == "q"
    app = opened(view="graph", mode="forward")
    newest(app, "selectbox", "derivatives.seed").select("b").run()
    assert link(app)["seed"] == "b"


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("start", ["shared", "own"])
def test_the_code_of_a_form_is_the_script_that_is_taken_away(form: str, start: str) -> None:
    app = opened(view="cubic", form=form, start=start, draw="4", steps="100")
    four = drawn_start(4) if start == "shared" else None
    expected = form_script(form, start=four, rate=1e-6, steps=100, rows=2000, seed=4)
    assert expected.rstrip() in [each.value for each in app.code]


def test_a_rate_that_is_too_large_is_told() -> None:
    app = opened(view="cubic", rate="0.0001", steps="200")
    assert "above 2 / L" in shown(app)


def test_junk_is_told() -> None:
    app = opened(view="no", f="own", formula="x +", g="own", expression="y y y", log_h="1", **{"in.x": "a"})
    for sentence in ("view was given 'no'", "The formula cannot be used", "log_h was given '1'", "in.x was given 'a'"):
        assert sentence in told(app)
    assert not app.exception
