"""A press outlives a run that ends before it comes to the button, and nothing longer."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest


def page() -> None:
    import streamlit as st

    from widgets import pressed

    st.session_state.runs = st.session_state.get("runs", 0) + 1
    if st.session_state.get("ends", 0):  # as where another request ends this run
        st.session_state.ends -= 1
        st.rerun()
    if pressed("Go", key="go"):
        st.session_state.done = st.session_state.get("done", 0) + 1


def closing_page() -> None:
    import streamlit as st

    from widgets import pressed
    from widgets.session import page_complete

    st.session_state.runs = st.session_state.get("runs", 0) + 1
    if not st.session_state.get("closed", False) and pressed("Go", key="go"):
        st.session_state.done = st.session_state.get("done", 0) + 1
    if not st.session_state.get("nothing runs", False):  # as where it asks for a part of the page that has gone
        page_complete()


@pytest.mark.parametrize("late", [False, True])
def test_a_press_on_what_has_closed_is_none_on_what_opens_next(late: bool):
    """It comes with the run that closes it, or after that."""
    app = AppTest.from_function(closing_page, default_timeout=300).run()
    go = app.button(key="go")
    app.session_state["closed"] = True
    if late:
        app.run()
        app.session_state["nothing runs"] = True
    go.click().run()
    app.session_state["closed"] = False
    app.session_state["nothing runs"] = False
    app.run()
    assert not app.exception
    assert "done" not in app.session_state
    app.button(key="go").click().run()
    assert app.session_state["done"] == 1


@pytest.mark.parametrize(("ends", "done"), [(0, 1), (1, 1), (4, 0)])
def test_a_press_counts_once_where_a_run_has_ended_before_the_button(ends: int, done: int):
    app = AppTest.from_function(page, default_timeout=300).run()
    app.session_state["ends"] = ends
    app.button(key="go").click().run()
    app.run()
    assert not app.exception
    if done:
        assert app.session_state["done"] == done
    else:
        assert "done" not in app.session_state
