"""Figures that all who look at the same share."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go
import pytest

from widgets import style


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[go.Figure]:
    """What Streamlit is given."""
    figures: list[go.Figure] = []
    monkeypatch.setattr(style.st, "plotly_chart", lambda figure, **options: figures.append(figure))
    monkeypatch.setattr(style.st, "session_state", {})
    monkeypatch.setattr(style, "is_large", lambda: False)
    monkeypatch.setattr(style, "_figures", type(style._figures)())
    return figures


def test_a_figure_is_made_once_for_all_that_it_depends_on(shown: list[go.Figure], monkeypatch: pytest.MonkeyPatch):
    made: list[go.Figure] = []

    def make() -> go.Figure:
        made.append(go.Figure(layout={"height": 100, "font": {"size": 10}}))
        return made[-1]

    def show(key: str, about: Any) -> int:
        style.picture(make, key, "A figure", about=about)
        assert style.drawn()[key] is shown[-1]
        return next(place for place, each in enumerate(made) if each is shown[-1])

    assert show("one", ({"rate": 0.1, "loss": "mse"}, False)) == 0
    assert show("one", ({"loss": "mse", "rate": 0.1}, False)) == 0
    others = [({"loss": "mse", "rate": 0.2}, False), ({"loss": "mse", "rate": 0.1}, True)]
    others += [({"rate": 0.1}, False), ({"loss": "mse", "rate": 0.1}, 0)]
    assert [show("one", about) for about in others] == [1, 2, 3, 4]
    assert show("two", ({"rate": 0.1, "loss": "mse"}, False)) == 5
    monkeypatch.setattr(style, "is_large", lambda: True)
    assert [show("one", others[0]) for _ in range(2)] == [6, 6], "larger, and not twice so"
    heights = [figure.to_dict()["layout"]["height"] for figure in made]
    assert heights == [*[100] * 6, round(100 * style._TALLER)]
    for number in range(style._MOST_SHARED):
        show("many", number)
    assert show("one", others[0]) == len(made) - 1, "what was not shown lately is made again"
    assert len(style._figures) == style._MOST_SHARED
