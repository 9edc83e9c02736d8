"""Settings of a page: the link is the state, whoever changed them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.opened_page import link, newest, opened_page


def opened(query: dict[str, str] | None = None) -> AppTest:
    return opened_page(Path(__file__).with_name("linked_page.py"), query)


def test_a_link_sets_the_controls_and_is_kept_but_for_what_cannot_be_used() -> None:
    app = opened({"shape": "b", "size": "5", "detail": "maybe", "junk": "1"})
    assert app.session_state.chosen == {"shape": "b", "size": 5, "detail": False}
    assert newest(app, "slider", "linked.size").value == 5
    assert link(app) == {"shape": "b", "size": "5"}
    assert len(app.warning) == 2
    newest(app, "slider", "linked.size").set_value(6).run()
    assert link(app) == {"shape": "b", "size": "6"}
    assert not app.warning


def test_a_setting_that_is_declared_anew_starts_at_its_new_default() -> None:
    app = opened({"size": "5"})
    newest(app, "selectbox", "linked.shape").select("b").run()
    assert app.session_state.chosen["size"] == 2
    assert link(app) == {"shape": "b"}


def test_values_set_from_code_reach_the_controls_and_the_link() -> None:
    app = opened({"detail": "true"})
    app.button[0].click().run()
    assert app.session_state.chosen == {"shape": "b", "size": 7, "detail": True}
    assert newest(app, "slider", "linked.size").value == 7
    assert link(app) == {"shape": "b", "size": "7", "detail": "true"}


def test_the_back_button_brings_the_settings_of_that_link() -> None:
    app = opened({"size": "5"})
    newest(app, "slider", "linked.size").set_value(6).run()
    app.run()  # the browser is at the address of what was moved
    app.query_params["size"] = "5"
    app.run()
    assert app.session_state.chosen["size"] == 5


def test_a_drag_that_still_carries_the_link_before_it_is_not_undone() -> None:
    app = opened({"size": "5"})
    newest(app, "slider", "linked.size").set_value(6).run()
    app.query_params["size"] = "5"
    newest(app, "slider", "linked.size").set_value(7).run()
    assert app.session_state.chosen["size"] == 7
    assert link(app) == {"size": "7"}


def test_the_back_button_to_the_bare_address_brings_the_defaults() -> None:
    app = opened()
    newest(app, "slider", "linked.size").set_value(6).run()
    app.run()
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


def browser_is_at(app: AppTest, query: dict[str, str]) -> None:
    app.query_params.clear()
    for name, text in query.items():
        app.query_params[name] = text


def late(app: AppTest, control: Any, value: Any) -> None:
    """A run in which the browser still sends a value of a control that it has not heard the end of."""
    states = app._tree.get_widget_states()
    control.set_value(value)
    states.widgets.append(control._widget_state)
    app._run(states)


def test_what_code_has_put_is_not_undone_by_a_browser_that_has_not_heard_of_it() -> None:
    app = opened({"shape": "b", "size": "5"})
    before = newest(app, "slider", "linked.size")
    app.button[0].click().run()
    late(app, before, 6)  # the control from before the click, dragged on
    assert app.session_state.chosen["size"] == 7
    assert newest(app, "slider", "linked.size").value == 7
    assert link(app) == {"shape": "b", "size": "7"}


def test_the_value_from_before_is_a_choice_once_the_browser_shows_what_was_put() -> None:
    app = opened({"shape": "b", "size": "5"})
    app.button[0].click().run()
    newest(app, "slider", "linked.size").set_value(5).run()
    assert app.session_state.chosen["size"] == 5
    assert link(app) == {"shape": "b", "size": "5"}


def test_a_late_address_of_a_run_by_hand_is_no_opened_link() -> None:
    app = opened({"size": "5"})
    app.button[0].click().run()
    app.query_params.clear()
    app.query_params["size"] = "5"  # the browser has not heard of the link that the click has written
    app.button[0].click().run()
    assert app.session_state.chosen["size"] == 7
    assert link(app)["size"] == "7"


def test_a_page_that_runs_itself_again_still_knows_where_the_browser_may_be() -> None:
    app = opened({"size": "5"})
    newest(app, "slider", "linked.size").set_value(6).run()
    for _ in range(2):
        browser_is_at(app, {"size": "5"})
        newest(app, "button", "again").click().run()
        assert app.session_state.chosen["size"] == 6
        assert link(app) == {"size": "6"}


@pytest.mark.parametrize("before", [{"size": "5"}, {}])
def test_a_late_address_that_comes_with_a_control_without_callback_is_no_opened_link(before: dict[str, str]) -> None:
    app = opened(before)
    for size in (6, 7):
        browser_is_at(app, before)
        newest(app, "slider", "linked.size").set_value(size).run()
    for late in (before, {"size": "6"}):  # the browser has heard of neither link, then of the first
        browser_is_at(app, late)
        newest(app, "button", "plain").click().run()
        assert app.session_state.chosen["size"] == 7
        assert link(app) == {"size": "7"}
    newest(app, "button", "plain").click().run()
    browser_is_at(app, {"size": "6"})  # by now somebody must have brought it there
    app.run()
    assert app.session_state.chosen["size"] == 6


def test_keys_of_controls_carry_their_page() -> None:
    app = opened()
    keys = [str(each.key) for kind in (app.slider, app.selectbox, app.toggle) for each in kind]
    assert sorted(keys) == ["linked.detail", "linked.shape", "linked.size"]


def test_a_value_that_is_refused_is_told_beside_the_control_which_goes_back() -> None:
    app = opened()
    app.button[1].click().run()
    assert app.session_state.chosen["size"] == 1
    assert "allowed is a whole number in [0, 99]" in app.error[0].value.replace("\\", "")
    app.button[0].click().run()
    assert not app.error
