"""What the app relies on in Streamlit beyond its documentation, and that each of our settings is one it knows."""

from __future__ import annotations

import inspect
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
import streamlit as st
from streamlit import config
from streamlit.components.v2 import component
from streamlit.components.v2.types import ComponentRenderer
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.runtime.app_session import AppSession, AppSessionState

ROOT = Path(__file__).resolve().parents[1]
SETTINGS = ROOT / ".streamlit" / "config.toml"


def _flat(table: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


OURS = dict(_flat(tomllib.loads(SETTINGS.read_text(encoding="utf-8"))))


@pytest.fixture(scope="module")
def known() -> dict[str, Any]:
    """Every option of the installed version at its default, hidden ones included."""
    return dict(config._config_options_template)


@pytest.mark.parametrize("name", OURS)
def test_each_setting_is_an_option_of_the_installed_version(known: dict[str, Any], name: str):
    assert name in known


def test_garbage_collection_after_runs_can_be_turned_off_and_is(known: dict[str, Any]):
    from streamlit.runtime.scriptrunner import script_runner

    assert known["runner.postScriptGC"].default_val is True
    assert OURS["runner.postScriptGC"] is False
    assert 'config.get_option("runner.postScriptGC")' in inspect.getsource(script_runner)


def test_the_server_reads_our_settings():
    assert config.get_option("runner.postScriptGC") is False
    assert config.get_option("server.fileWatcherType") == "none"
    assert config.get_option("browser.gatherUsageStats") is False


def test_a_hand_that_comes_during_a_run_reaches_the_thread_that_runs():
    """A second thread beside it would share its session without a common lock, and lose what was clicked."""
    assert OURS["runner.fastReruns"] is False
    asked = ClientState(query_string="surface=rosenbrock")
    running = Mock()
    running.request_rerun.return_value = True
    session = Mock(spec=AppSession, _scriptrunner=running, _state=AppSessionState.APP_IS_RUNNING)
    AppSession.request_rerun(session, asked)
    running.request_stop.assert_not_called()
    [request] = running.request_rerun.call_args.args
    assert request.query_string == asked.query_string
    session._create_scriptrunner.assert_not_called()


def test_light_and_dark_are_designed_alike():
    def names(theme: str) -> set[str]:
        return {name.rpartition(".")[2] for name in OURS if name.startswith(f"theme.{theme}.")}

    assert names("light") == names("dark")


def test_no_font_comes_from_another_host():
    assert not [value for name, value in OURS.items() if "font" in name.lower() and "://" in str(value)]


def test_components_take_javascript_and_give_a_renderer_that_takes_data():
    assert {"html", "css", "js", "isolate_styles"} <= set(inspect.signature(component).parameters)
    renderer = inspect.signature(ComponentRenderer.__call__).parameters
    assert {"key", "data", "default", "width", "height"} <= set(renderer)


def test_a_page_link_carries_query_parameters():
    assert "query_params" in inspect.signature(st.page_link).parameters


def _contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2.2 between two colors, 1 to 21."""

    def luminance(color: str) -> float:
        channels = (int(color[i : i + 2], 16) / 255 for i in (1, 3, 5))
        red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("background", ["backgroundColor", "secondaryBackgroundColor"])
@pytest.mark.parametrize(("ink", "least"), [("textColor", 7.0), ("linkColor", 4.5), ("primaryColor", 4.5)])
def test_text_stands_out_from_its_background(theme: str, background: str, ink: str, least: float):
    assert _contrast(OURS[f"theme.{theme}.{ink}"], OURS[f"theme.{theme}.{background}"]) >= least


def test_sessions_that_have_left_are_kept_where_they_are_looked_for(known: dict[str, Any]):
    from streamlit.runtime import Runtime
    from streamlit.runtime.memory_session_storage import MemorySessionStorage
    from streamlit.runtime.websocket_session_manager import WebsocketSessionManager

    from widgets.session import _LET_GO

    assert known["server.disconnectedSessionTTL"].default_val == _LET_GO
    assert hasattr(MemorySessionStorage(), "_cache")
    written = inspect.getsource(WebsocketSessionManager)
    assert "with self._storage_lock:" in written
    assert "self._session_storage" in written
    assert "self._session_mgr" in inspect.getsource(Runtime)
