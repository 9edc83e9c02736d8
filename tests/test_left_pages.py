"""What a page's fragments have asked for ends when the session has left the page."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.runtime.pages_manager import PagesManager
from streamlit.runtime.scriptrunner.script_runner import ScriptRunner
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData

from left_pages import drop_belated


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[RerunData]:
    """What runners have run; the class is as it was when the test has ended."""
    done: list[RerunData] = []
    monkeypatch.setattr(ScriptRunner, "_run_script", lambda self, rerun_data: done.append(rerun_data))
    drop_belated()
    drop_belated()  # once more, by a second server of the process: no second time around it
    return done


def run(at: str, asked: RerunData) -> None:
    pages = PagesManager("app.py")
    pages.set_script_intent(at, "")
    runner: Any = SimpleNamespace(_pages_manager=pages)
    ScriptRunner._run_script(runner, asked)


@pytest.mark.parametrize(
    ("at", "asked", "runs"),
    [
        ("here", RerunData(page_script_hash="here", fragment_id_queue=["a"]), True),
        ("here", RerunData(page_script_hash="left", fragment_id_queue=["a"]), False),
        ("here", RerunData(page_script_hash="", fragment_id_queue=["a"]), False),
        ("here", RerunData(page_script_hash="next"), True),  # a whole page is gone to
        (
            "",
            RerunData(page_script_hash="first", fragment_id_queue=["a"]),
            True,
        ),  # asked for by name
    ],
)
def test_a_fragment_runs_for_the_page_that_its_session_is_at(
    ran: list[RerunData], at: str, asked: RerunData, runs: bool
):
    run(at, asked)
    assert ran == [asked] * runs


def test_a_runner_knows_its_pages():
    assert "_pages_manager" in ScriptRunner.__init__.__code__.co_names
