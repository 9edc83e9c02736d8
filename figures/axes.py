"""Axes and charts in the house theme, for figures made of several panels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from figures.theme import plotly_layout, shades
from numerals import readable_ticks

if TYPE_CHECKING:
    import plotly.graph_objects as go

# Powers of ten beyond these are left out of logarithmic axes.
LOWEST, HIGHEST = 1e-30, 1e30


def axis(dark: bool, title: str = "", **settings: Any) -> dict[str, Any]:
    """One axis of the theme with its title; ``settings`` are Plotly's."""
    base = plotly_layout(dark)["xaxis"]
    return base | {"title": base["title"] | {"text": title}} | settings


def note(dark: bool, text: str, **settings: Any) -> dict[str, Any]:
    """A text on the paper, without an arrow; ``settings`` are Plotly's, such as x, y and xref."""
    return {
        "text": text,
        "showarrow": False,
        "xref": "paper",
        "yref": "paper",
        "xanchor": "left",
        "yanchor": "bottom",
        "align": "left",
        "font": {"size": 13, "color": shades(dark).text},
    } | settings


def chart(traces: Iterable[Mapping[str, Any]], dark: bool, **layout: Any) -> go.Figure:
    """A figure in the theme from traces given as dicts; ``layout`` goes over the theme's."""
    import plotly.graph_objects as go  # takes a third of a second, and no page needs it before this

    clear = "rgba(0,0,0,0)"  # a page's own background may differ from the theme's by a shade
    base = plotly_layout(dark) | {"paper_bgcolor": clear, "plot_bgcolor": clear}
    return go.Figure([dict(trace) for trace in traces], {"template": {}} | base | layout)


def log_axis(dark: bool, title: str, values: ArrayLike, *, ticks: int = 6, **settings: Any) -> dict[str, Any]:
    """An axis that holds every finite positive value between 1e-30 and 1e30, with about ``ticks`` powers of ten.

    Where it has less than two of them, 2 and 5 times a power are told, too; where those are but two, 3 and 7 times a
    power as well, since two numbers do not show that an axis is logarithmic.
    """
    shown = np.asarray(values, dtype=np.float64).ravel()
    shown = shown[np.isfinite(shown) & (shown > 0)]
    shown = np.clip(shown, LOWEST, HIGHEST) if len(shown) else np.array([1.0])
    low, high = float(np.log10(shown.min())), float(np.log10(shown.max()))
    middle, half = (low + high) / 2, max((high - low) * 0.54, 0.35)
    low, high = middle - half, middle + half
    step = max(1, int(np.ceil((high - low) / ticks)))
    powers = range(int(np.ceil(low / step)) * step, int(np.floor(high)) + 1, step)
    places = [10.0**power for power in powers]
    if len(places) < 2:
        powers = range(int(np.floor(low)), int(np.ceil(high)) + 1)
        for digits in ((1, 2, 5), (1, 2, 3, 5, 7)):
            between = [float(f"{digit}e{power}") for power in powers for digit in digits]
            places = [place for place in between if low <= np.log10(place) <= high]
            if len(places) > 2:
                break
    return axis(
        dark,
        title,
        type="log",
        range=[low, high],
        tickvals=places,
        ticktext=readable_ticks(places),
        fixedrange=True,
        **settings,
    )


def enlarge(figure: go.Figure, text: float, height: float) -> None:
    """Make a figure's letters ``text`` times and its height ``height`` times as large, for the wall of a lecture hall.

    The letters of axes, notes and legends have sizes of their own, so that the size of the whole does not reach them.
    """
    larger = _larger(figure.layout.to_plotly_json(), text)
    if "height" in larger:
        larger["height"] = round(height * larger["height"])
    figure.update_layout(larger)
    for trace in figure.data:
        own = trace.to_plotly_json()
        trace.update(_larger({name: own[name] for name in _LETTERED if name in own}, text))


_LETTERED = ("colorbar", "labelfont", "textfont", "tickfont")  # what of a trace may hold letters


def _larger(part: Any, times: float) -> Any:
    """The same with every size of a font multiplied."""
    if hasattr(part, "to_plotly_json"):
        part = part.to_plotly_json()
    if isinstance(part, list | tuple):
        return [_larger(each, times) for each in part]
    if not isinstance(part, dict):
        return part
    larger = {name: _larger(each, times) for name, each in part.items()}
    for name, each in larger.items():
        if name.endswith("font") and isinstance(each, dict) and isinstance(each.get("size"), int | float):
            each["size"] *= times
    return larger
