"""Requests of a page that its browser was just led away from: they end with that page.

What the fragments of a page ask for may be under way while the server already runs another page. Streamlit runs such a
request as one of the page that it came from, and the browser, at another one by then, clears all that it shows.
"""

from __future__ import annotations

from typing import Any

from streamlit.runtime.scriptrunner.script_runner import ScriptRunner


def drop_belated() -> None:
    """Let no fragment run for a page that its session has left since.

    A session is at the page that its last whole run was asked for. Its very first run is asked for by the name of a
    page, and its fragments belong to whatever page that is.
    """
    inner: Any = ScriptRunner._run_script
    if hasattr(inner, "without_belated"):
        return

    def run_script(self: Any, rerun_data: Any) -> None:
        at = self._pages_manager.intended_page_script_hash
        if not (rerun_data.fragment_id_queue and at and rerun_data.page_script_hash != at):
            inner(self, rerun_data)

    run_script.without_belated = inner  # type: ignore[attr-defined]
    ScriptRunner._run_script = run_script
