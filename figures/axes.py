"""Axes and charts in the house theme, for figures made of several panels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from figures.theme import plotly_layout, shades

if TYPE_CHECKING:
    import plotly.graph_objects as go


def axis(dark: bool, title: str = "", **settings: Any) -> dict[str, Any]:
    """One axis of the theme with its title; ``settings`` are Plotly's."""
    base = plotly_layout(dark)["xaxis"]
    return base | {"title": base["title"] | {"text": title}} | settings


def note(dark: bool, text: str, **settings: Any) -> dict[str, Any]:
    """A text on the paper, without an arrow; ``settings`` are Plotly's, such as x, y and xref."""
    return {
        "text": text, "showarrow": False, "xref": "paper", "yref": "paper", "xanchor": "left", "yanchor": "bottom",
        "align": "left", "font": {"size": 13, "color": shades(dark).text},
    } | settings  # fmt: skip


def chart(traces: Iterable[Mapping[str, Any]], dark: bool, **layout: Any) -> go.Figure:
    """A figure in the theme from traces given as dicts; ``layout`` goes over the theme's."""
    import plotly.graph_objects as go  # takes a third of a second, and no page needs it before this

    clear = "rgba(0,0,0,0)"  # a page's own background may differ from the theme's by a shade
    base = plotly_layout(dark) | {"paper_bgcolor": clear, "plot_bgcolor": clear}
    return go.Figure([dict(trace) for trace in traces], {"template": {}} | base | layout)
