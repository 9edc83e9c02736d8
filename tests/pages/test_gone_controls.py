"""What a visitor's session keeps of pages that he has left."""

from __future__ import annotations

import ast
from pathlib import Path

from streamlit.runtime.state import SessionState
from streamlit.testing.v1 import AppTest

from tests.pages.opened_page import newest, opened_page
from widgets import session

ROOT = Path(__file__).parents[2]


def state_of(app: AppTest) -> SessionState:
    return app.session_state._state._state  # AppTest wraps what is wrapped for threads


def declared(app: AppTest) -> set[str]:
    """Ids of controls of which the session keeps what they would call."""
    state = state_of(app)
    return {*state._new_widget_state.widget_metadata, *state._key_id_mapper.id_key_mapping}


def test_a_session_keeps_the_controls_of_the_page_that_is_open_and_of_no_other() -> None:
    app, kept = opened_page("pages/losses.py"), []
    for page in ("pages/line.py", "pages/derivatives.py", "pages/losses.py", "pages/line.py"):
        app.switch_page(page)
        app.run()
        app.run()  # what the page before had goes when the next run begins
        assert not app.exception
        state = state_of(app)
        there = {*state._new_widget_state.states, *state._old_state}
        assert all(id in there or any(one in id for one in there if one.startswith("$$ID")) for id in declared(app))
        assert set(state._key_id_mapper._key_id_mapping.values()) <= declared(app)
        kept.append(declared(app))
    assert kept[0] == kept[3], "a page that is opened again costs nothing more"
    assert len(kept[0] | kept[1] | kept[2]) > len(max(kept, key=len)), "they have controls of their own"


def test_a_session_keeps_the_pictures_of_one_run() -> None:
    app = opened_page("pages/losses.py")
    app.run()
    state = state_of(app)
    held = [each["figures drawn"] for each in (state._old_state, state._new_session_state) if "figures drawn" in each]
    assert len(held) == 1
    assert held[0], "what may be taken away"


def test_a_control_is_heard_whose_page_was_left_and_opened_again() -> None:
    app = opened_page("pages/losses.py")
    for page in ("pages/line.py", "pages/losses.py"):
        app.switch_page(page)
        app.run()
    newest(app, "slider", "losses.delta").set_value(1.5)
    app.run()
    assert not app.exception
    assert app.query_params["delta"] == "1.5"


def test_what_a_control_calls_asks_for_nothing_that_may_have_gone() -> None:
    """Read by ``held``, a control that went with the run that a hand's act comes with is None, and no exception."""
    kept = {'"visitor"', "self._place", '"runs.comparing"', '"runs.going"'}  # what a session has from its first run
    asked = {
        f"{path.relative_to(ROOT)}: {name}"
        for folder in ("pages", "widgets")
        for path in (ROOT / folder).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load)
        if ast.unparse(node.value) == "st.session_state"
        if (name := ast.unparse(node.slice).replace("'", '"')) not in kept
    }
    assert asked == {"widgets/linked.py: key"}  # where it is asked before whether it is there


def test_without_a_session_nothing_is_done() -> None:
    session._forget_gone_controls()
