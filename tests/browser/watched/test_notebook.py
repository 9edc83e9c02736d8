"""Widgets of a notebook, in a page with a stand-in for its model: anywidget hands ``render`` a model and an element."""

from __future__ import annotations

import base64
import functools
import http.server
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from experiments.race import race_from_query, run_race
from exports import diagnosis_widget, race_widget, show_diagnosis
from tests.browser.pages import OpenPage
from trainers.diagnosis import History

_PAGE = """<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><style>{css}</style><div id="cell"></div>
<script type="module">
import widget from "./widget.js";
const bytes = (text) => new DataView(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer);
const values = {{ payload: bytes("{payload}"), words: {words} }};
const heard = new Map();
const model = {{
  get: (name) => values[name],
  on: (name, call) => heard.set(name, call),
  off: (name) => heard.delete(name),
}};
const close = widget.render({{ model, el: document.getElementById("cell") }});
window.put = ({{ payload, words }}) => {{
  values.words = words;
  values.payload = bytes(payload);
  heard.get("change:payload")();
}};
window.leave = () => {{
  close();
  return heard.size;
}};
</script>"""


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None: ...


@pytest.fixture
def cell(tmp_path: Path, open_page: OpenPage) -> Iterator[Any]:
    """Opens a page that shows a widget."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=tmp_path))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()

    def opened(widget: Any) -> Page:
        (tmp_path / "widget.js").write_text(widget._esm, encoding="utf-8")
        page = _PAGE.format(css=widget._css, payload=_text(widget), words=json.dumps(widget.words))
        (tmp_path / "index.html").write_text(page, encoding="utf-8")
        return open_page(f"http://127.0.0.1:{server.server_port}/index.html")

    yield opened
    server.shutdown()
    thread.join()
    server.server_close()


def _text(widget: Any) -> str:
    return base64.b64encode(widget.payload).decode()


def _overfitting(epochs: int) -> History:
    places = range(epochs)
    return History(
        train_loss=[1 / (1 + 0.3 * i) for i in places], val_loss=[0.3 + 0.02 * abs(i - 8) ** 1.1 for i in places]
    )


def test_curves_with_their_verdict_are_drawn_and_redrawn(cell: Any):
    widget = diagnosis_widget(_overfitting(3), "<b>mine</b>")
    page = cell(widget)
    expect(page.locator("canvas").first).to_be_visible()
    expect(page.locator("li").first).not_to_contain_text("Overfitting")
    show_diagnosis(widget, _overfitting(40), "<b>mine</b>")
    page.locator("body").evaluate("(_, told) => window.put(told)", {"payload": _text(widget), "words": widget.words})
    expect(page.locator("li").first).to_contain_text("Overfitting")
    expect(page.locator(".dl-live")).to_contain_text("epoch 40")
    assert page.locator("body").evaluate("() => window.leave()") == 0
    expect(page.locator("canvas")).to_have_count(0)


def test_a_race_is_played(cell: Any):
    page = cell(race_widget(run_race(race_from_query({})[0])))
    expect(page.locator(".dl-player canvas").first).to_be_visible()
    expect(page.get_by_role("button", name="Play")).to_be_visible()
