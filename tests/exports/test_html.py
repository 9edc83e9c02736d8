"""An exported page holds its modules, its style and its payload, and loads nothing."""

from __future__ import annotations

import base64
import re

import pytest

from experiments.race.race import run_race
from experiments.race.types import Entry, Race
from exports.html import live_page, standalone_html
from figures.frontend import Buffers, blob
from figures.race.player import player_payload
from landscapes import LANDSCAPES


def race_page(title: str) -> tuple[bytes, str]:
    landscape = LANDSCAPES["rosenbrock"]
    entries = (Entry(optimizer="sgd", values={"lr": 0.001}),)
    payload = player_payload(run_race(Race(landscape=landscape, entries=entries, start=landscape.start, steps=20)))
    return payload, standalone_html(payload, title=title)


def runs_page(title: str) -> tuple[bytes, str]:
    payload = blob({"runs": []}, Buffers())
    return payload, live_page(payload, title)


@pytest.mark.parametrize("made", [race_page, runs_page])
def test_the_page_holds_its_payload_and_loads_nothing(made: object):
    payload, page = made("<b>Adam & others</b>")  # type: ignore[operator]
    encoded = re.search(r'id="payload">([^<]*)<', page)
    assert encoded
    assert base64.b64decode(encoded[1]) == payload
    assert "<title>&lt;b&gt;Adam &amp; others&lt;/b&gt;</title>" in page
    assert "<b>" not in page
    assert "src=" not in page.replace("img-src", "").replace("connect-src", "")
    assert "@import" not in page
    assert page.count("</script>") == 2


@pytest.mark.parametrize("made", [race_page, runs_page])
def test_the_pages_own_names_differ_from_those_of_its_modules(made: object):
    _, page = made("x")  # type: ignore[operator]
    script = re.findall(r'<script type="module">\n(.*?)</script>', page, re.DOTALL)[0]
    names = re.findall(r"^(?:class|function|const|let)\s+(\w+)", script, re.MULTILINE)
    assert {"host", "shown", "onFailure", "failureNotice", "guard"} <= set(names)
    assert len(set(names)) == len(names)
