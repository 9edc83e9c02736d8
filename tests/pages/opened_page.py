"""Pages without a browser: opened by a link, and the link they have written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from streamlit.testing.v1 import AppTest

ROOT = Path(__file__).parents[2]


def opened_page(page: str | Path, query: Mapping[str, str] | None = None, *drawers: str) -> AppTest:
    """A page of the app ("pages/descent.py"), or a file that stands for one, opened by a link without an exception.

    drawers: keys of those that are open, of which nothing is told before.
    """
    if isinstance(page, Path):
        app = AppTest.from_file(page, default_timeout=300)
        app.session_state.app = True  # app.py has run
    else:
        app = AppTest.from_file(ROOT / "app.py", default_timeout=300)
        app.switch_page(page)
    for key, value in (query or {}).items():
        app.query_params[key] = value
    for key in drawers:
        app.session_state[key] = True
    app.run()
    assert not app.exception
    return app


def link(app: AppTest) -> dict[str, str]:
    """The parameters of the address."""
    return {key: value if isinstance(value, str) else value[0] for key, value in app.query_params.items()}


def newest(app: AppTest, kind: str, name: str) -> Any:
    """The control of a setting: the last of those that were made for it, ``page.name``, ``page.name 1``, ..."""
    keys = [each.key for each in getattr(app, kind) if re.fullmatch(rf"{re.escape(name)}( \d+)?", each.key or "")]
    assert len(keys) == 1, (name, keys)
    return getattr(app, kind)(key=keys[0])


def told(app: AppTest) -> str:
    """All warnings as a person reads them: without the marks that keep quoted text from being Markdown."""
    text = " ".join(warning.value for warning in app.warning)
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", text).replace("\N{WORD JOINER}", "")
