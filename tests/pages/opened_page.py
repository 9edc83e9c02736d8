"""Pages without a browser: opened by a link, and the link they have written."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from streamlit.testing.v1 import AppTest

ROOT = Path(__file__).parents[2]


def opened_page(page: str | Path, query: Mapping[str, str] | None = None) -> AppTest:
    """A page of the app ("pages/descent.py"), or a file that stands for one, opened by a link without an exception."""
    if isinstance(page, Path):
        app = AppTest.from_file(page, default_timeout=60)
        app.session_state.app = True  # app.py has run
    else:
        app = AppTest.from_file(ROOT / "app.py", default_timeout=60)
        app.switch_page(page)
    for key, value in (query or {}).items():
        app.query_params[key] = value
    app.run()
    assert not app.exception
    return app


def link(app: AppTest) -> dict[str, str]:
    """The parameters of the address."""
    return {key: value if isinstance(value, str) else value[0] for key, value in app.query_params.items()}
