"""A lesson without a browser: buttons that lead from page to page."""

from __future__ import annotations

from typing import Any

from streamlit.testing.v1 import AppTest


def run_again(app: AppTest, pressed: Any = None) -> AppTest:
    """Run on the page that the last run ended on, through app.py, as a browser does.

    ``AppTest`` would run the file of the page alone, and stay on the page that was opened first. pressed: a button.
    """
    app._page_hash = ""
    if "app" in app.session_state:
        del app.session_state["app"]
    (app if pressed is None else pressed.click()).run()
    assert not app.exception
    return app


def press(app: AppTest, key: str) -> AppTest:
    """Press the button with this key."""
    return run_again(app, app.button(key=key))
