"""The page of a fair race, opened by links, changed, stopped."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from tests.pages.opened_page import link, newest, opened_page, told

QUICK = {"surface": "elongated_bowl", "rules": "sgd,adam", "steps": "20", "trials": "5"}


def opened(**query: str) -> AppTest:
    return opened_page("pages/fair.py", QUICK | query)


def rows(app: AppTest) -> list[str]:
    return sorted(app.dataframe[0].value["Rule"])


def test_a_link_opens_its_race_with_table_and_winner() -> None:
    app = opened(draw="4")
    assert link(app) == QUICK | {"draw": "4"}
    assert rows(app) == ["Adam", "SGD"]
    assert any("solves most" in each.value for each in app.markdown)
    assert len(app.get("plotly_chart")) == 2


def test_other_rules_and_surfaces_race_anew() -> None:
    app = opened()
    app.multiselect(key="fair.rules").set_value(["sgd", "newton"]).run()
    assert not app.exception
    assert (rows(app), link(app)["rules"]) == (["Newton", "SGD"], "sgd,newton")
    newest(app, "selectbox", "fair.surface").set_value("beale").run()
    assert not app.exception
    assert link(app)["surface"] == "beale"
    app.multiselect(key="fair.rules").set_value([]).run()
    assert "one to 12 keys" in app.error[0].value
    assert rows(app) == ["Newton", "SGD"]


def test_an_own_formula_races_and_one_that_cannot_be_read_is_named() -> None:
    app = opened(surface="formula", f="x^2 + 3y^2", window="-2,2,-1,1")
    assert rows(app) == ["Adam", "SGD"]
    newest(app, "text_input", "fair.f").set_value("x^").run()
    assert not app.exception
    assert app.error
    assert "x^2 + 3y^2" in link(app)["f"]


def test_a_search_that_is_stopped_begins_only_when_asked() -> None:
    app = opened(draw="5")
    app.session_state["fair.stopped"] = tuple((QUICK | {"draw": "6"}).items())
    newest(app, "number_input", "fair.draw").set_value(6).run()
    assert "Stopped" in app.info[0].value
    assert not app.dataframe
    app.button(key="fair.go").click().run()
    assert rows(app) == ["Adam", "SGD"]


def test_a_race_that_is_too_long_says_what_is_tried_instead() -> None:
    app = opened(rules="sgd", steps="2000", trials="100")
    assert "20 are tried" in app.info[0].value


def test_junk_is_named() -> None:
    app = opened(rules="sgd,[x](y)", trials="many")
    assert "rules was given" in told(app)
    assert "trials was given" in told(app)
    assert rows(app) == ["SGD"]
