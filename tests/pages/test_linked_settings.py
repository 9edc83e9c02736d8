"""Settings of a page: the link is the state, whoever changed them."""

from __future__ import annotations

from pathlib import Path

from streamlit.testing.v1 import AppTest

from tests.pages.opened_page import link, opened_page


def opened(query: dict[str, str] | None = None) -> AppTest:
    return opened_page(Path(__file__).with_name("linked_page.py"), query)


def test_a_link_sets_the_controls_and_is_kept_but_for_what_cannot_be_used() -> None:
    app = opened({"shape": "b", "size": "5", "detail": "maybe", "junk": "1"})
    assert app.session_state.chosen == {"shape": "b", "size": 5, "detail": False}
    assert app.slider(key="linked.size").value == 5
    assert link(app) == {"shape": "b", "size": "5"}
    assert len(app.warning) == 2
    app.slider(key="linked.size").set_value(6).run()
    assert link(app) == {"shape": "b", "size": "6"}
    assert not app.warning


def test_a_setting_that_is_declared_anew_starts_at_its_new_default() -> None:
    app = opened({"size": "5"})
    app.selectbox(key="linked.shape").select("b").run()
    assert app.session_state.chosen["size"] == 2
    assert link(app) == {"shape": "b"}


def test_values_set_from_code_reach_the_controls_and_the_link() -> None:
    app = opened({"detail": "true"})
    app.button[0].click().run()
    assert app.session_state.chosen == {"shape": "b", "size": 7, "detail": True}
    assert app.slider(key="linked.size").value == 7
    assert link(app) == {"shape": "b", "size": "7", "detail": "true"}


def test_the_back_button_brings_the_settings_of_that_link() -> None:
    app = opened({"size": "5"})
    app.slider(key="linked.size").set_value(6).run()
    app.query_params["size"] = "5"
    app.run()
    assert app.session_state.chosen["size"] == 5


def test_a_drag_that_still_carries_the_link_before_it_is_not_undone() -> None:
    app = opened({"size": "5"})
    app.slider(key="linked.size").set_value(6).run()
    app.query_params["size"] = "5"
    app.slider(key="linked.size").set_value(7).run()
    assert app.session_state.chosen["size"] == 7
    assert link(app) == {"size": "7"}


def test_the_back_button_to_the_bare_address_brings_the_defaults() -> None:
    app = opened()
    app.slider(key="linked.size").set_value(6).run()
    del app.query_params["size"]
    app.run()
    assert app.session_state.chosen["size"] == 1


def test_after_another_page_the_settings_are_as_they_were_left() -> None:
    app = opened({"shape": "a", "size": "5", "detail": "true"})
    app.session_state.away = True
    app.run()
    app.session_state.away = False
    for key in list(app.query_params):
        del app.query_params[key]
    app.run()
    assert app.session_state.chosen == {"shape": "a", "size": 5, "detail": True}
    assert link(app) == {"size": "5", "detail": "true"}


def test_what_code_has_put_is_not_undone_by_a_browser_that_has_not_heard_of_it() -> None:
    app = opened({"shape": "b", "size": "5"})
    app.button[0].click().run()
    app.slider(key="linked.size").set_value(5).run()  # what the browser showed before the click
    assert app.session_state.chosen["size"] == 7
    assert app.slider(key="linked.size").value == 7
    assert link(app) == {"shape": "b", "size": "7"}


def test_the_value_from_before_is_a_choice_once_the_browser_has_shown_what_was_put() -> None:
    app = opened({"shape": "b", "size": "5"})
    app.button[0].click().run()
    app.run()  # sends what the controls show now
    app.slider(key="linked.size").set_value(5).run()
    assert app.session_state.chosen["size"] == 5
    assert link(app) == {"shape": "b", "size": "5"}
