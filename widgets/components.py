"""Components: races, maps, losses, curves, the list of runs, pictures to take away. The browser loads files once."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from streamlit.components.v2 import component
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest

from figures.frontend import framed
from widgets.controls import held
from widgets.served import serve_files, served_folder

_PROJECT = "descent-lab"
_FILES = {
    "player": ("race/streamlit.js", "shared/style.css"),
    "line": ("line/streamlit.js", "shared/style.css"),
    "neuron": ("neuron/streamlit.js", "shared/style.css"),
    "live": ("live/streamlit.js", "shared/style.css"),
    "maps": ("maps/streamlit.js", "maps/maps.css"),
    "losses": ("losses/streamlit.js", "shared/plots.css"),
    "convexity": ("convexity/streamlit.js", "shared/plots.css"),
    "pictures": ("pictures/streamlit.js", "pictures/pictures.css"),
    "predict": ("predict/streamlit.js", "predict/predict.css"),
    "graph": ("derivatives/streamlit.js", "shared/style.css"),
    "runs": ("runs/streamlit.js", "runs/table.css"),
    "address": ("address/streamlit.js", None),
    "classroom": ("classroom/streamlit.js", "classroom/classroom.css"),
}
"""Script and style sheet of every component, by its name; paths below figures/frontend/."""

MOST_MARKED = 1000  # ids a browser may send
MOST_SET = 4  # settings that a map may send at once, or what is dragged

# By server and name: declaring a component again in every run takes a millisecond, which thirty viewers notice.
_RENDERERS: dict[tuple[Any, str], Any] = {}


def _renderer(name: str) -> Any:
    """A component, whose files the browser loads once, so that a run sends the payload and nothing else.

    An inline script would travel with every run. Streamlit finds a component's folder through an installed package's
    pyproject.toml; this house runs from its clone, so it hands over the same manifest itself.
    """
    manager = get_bidi_component_manager()
    js, css = _FILES[name]
    serve_files(js, css)
    if (manager, name) in _RENDERERS:
        return _RENDERERS[manager, name]
    full_name, folder = f"{_PROJECT}.{name}", served_folder()
    if manager.get_component_asset_root(full_name) is None:
        components = [ComponentConfig(name=each, asset_dir=folder.name) for each in _FILES]
        manager.register_from_manifest(ComponentManifest(_PROJECT, "1", components), folder.parent)
    _RENDERERS[manager, name] = renderer = component(full_name, js=js, css=css)
    return renderer


def file_addresses(name: str) -> list[str]:
    """Where a browser asks for a component's files, which are there once this has returned; with no slash before."""
    _renderer(name)
    return [f"_stcore/bidi-components/{_PROJECT}.{name}/{path}" for path in _FILES[name] if path is not None]


def address_script(data: Mapping[str, Any], *, key: str) -> tuple[int, str, bool]:
    """Load the script that keeps the browser's history; the visit that the browser shows, with which parameters.

    data: see figures/frontend/address/streamlit.js. The visit is 0, and the parameters are empty, until the script is
    there; else they are as in an address: "?seed=1". Last, whether the tab is in a room of a class.
    """
    shown = _renderer("address")(key=key, data=dict(data), on_shown_change=lambda: None).shown
    if not isinstance(shown, Mapping):
        return 0, "", False
    number, search, inside = shown.get("visit"), shown.get("search"), shown.get("room") is True
    return (number, search, inside) if isinstance(number, int) and isinstance(search, str) else (0, "", inside)


def classroom_bar(data: Mapping[str, Any], *, key: str) -> None:
    """The bar of a class; data: see widgets/classroom.py."""
    _renderer("classroom")(key=key, data=dict(data))


def player(
    payload: bytes,
    *,
    key: str,
    height: int = 580,
    on_pick: Callable[[Mapping[str, float]], None] | None = None,
    on_set: Callable[[str, float], None] | None = None,
    on_view: Callable[[Mapping[str, Any]], None] | None = None,
    on_row: Callable[[Mapping[str, float]], None] | None = None,
    ground: str = "player",
) -> None:
    """Play a race; ``payload`` is from ``player_payload``.

    ground: ``player`` in the plane, ``line`` on a line, ``neuron`` on the loss of one neuron, with a payload that was
    completed by ``neuron_payload``. ``on_row`` gets the row that a hand has chosen there: row, a, b and t.

    ``height`` is in CSS pixels (narrow screens take their own).

    ``on_pick`` gets {"x": ..., "y": ...}, two finite numbers, when a start is clicked or dragged to, and ``on_set`` the
    name of a setting and a finite number when a handle is let go; without ``on_pick`` the page is told nothing, and
    what is moved stays in the picture. ``on_view`` gets what the player shows now, when that changes and nothing is
    playing: the argument ``view`` of ``player_payload``, only what differs from the defaults. A view that comes back
    changes nothing.
    """

    own = f"player.{key}"

    def picked() -> None:
        point = _told(own, "pick")
        if on_pick is not None and isinstance(point, Mapping):
            given = (point.get("x"), point.get("y"))
            numbers = [float(number) for number in given if isinstance(number, int | float) and math.isfinite(number)]
            if len(numbers) == 2:
                on_pick({"x": numbers[0], "y": numbers[1]})

    def set_by_hand() -> None:
        given = _told(own, "set")
        if on_set is not None and isinstance(given, Mapping):
            name, value = given.get("name"), given.get("value")
            if isinstance(name, str) and isinstance(value, int | float) and math.isfinite(value):
                on_set(name, float(value))

    def viewed() -> None:
        view = _told(own, "view")
        if on_view is not None and isinstance(view, Mapping):
            on_view(dict(view))

    data = framed(payload, height=height, pickable=on_pick is not None)
    changes = {"on_pick_change": picked, "on_set_change": set_by_hand, "on_view_change": viewed}
    if on_row is not None:
        changes["on_row_change"] = _setting_by_hand(own, on_row, "row")
    _renderer(ground)(key=own, data=data, **changes)


def maps(payload: bytes, *, key: str, on_set: Callable[[Mapping[str, float]], None]) -> None:
    """Compute and draw a map; ``payload`` is from ``maps_payload``.

    ``on_set`` gets settings by their names in a link, finite numbers, when a hand has chosen them in the picture.
    """
    own = f"maps.{key}"
    _renderer("maps")(key=own, data=payload, on_set_change=_setting_by_hand(own, on_set))


def losses(payload: bytes, *, key: str, on_set: Callable[[Mapping[str, float]], None]) -> None:
    """A point or a histogram that is dragged; ``payload`` is from ``outlier_payload`` or ``apart_payload``.

    ``on_set`` gets settings by their names in a link, finite numbers, when a hand has let go.
    """
    own = f"losses.{key}"
    _renderer("losses")(key=own, data=payload, on_set_change=_setting_by_hand(own, on_set))


def convexity(payload: bytes, *, key: str, on_set: Callable[[Mapping[str, float]], None]) -> None:
    """A chord, weights that grow or the shapes of penalties; ``payload`` is from ``figures.convexity``.

    ``on_set`` gets settings by their names in a link, finite numbers, when a hand has let go.
    """
    own = f"convexity.{key}"
    _renderer("convexity")(key=own, data=payload, on_set_change=_setting_by_hand(own, on_set))


def predict(data: Mapping[str, Any], *, key: str, on_answer: Callable[[float, float], None]) -> None:
    """A picture to point at; ``data`` is as in figures/frontend/predict/predict.js.

    ``on_answer`` gets the pixel of the picture that a hand has settled on: two finite numbers.
    """
    own = f"predict.{key}"

    def answered(place: Mapping[str, float]) -> None:
        if set(place) == {"x", "y"}:
            on_answer(place["x"], place["y"])

    _renderer("predict")(key=own, data=dict(data), on_answer_change=_setting_by_hand(own, answered, "answer"))


def _told(own: str, name: str) -> Any:
    """What the component of this key has sent by a name; None where it has sent nothing, or has gone since."""
    return (held(own) or {}).get(name)


def _setting_by_hand(own: str, on_set: Callable[[Mapping[str, float]], None], name: str = "set") -> Callable[[], None]:
    """The callback of a component that sends a few settings; what is no finite number is not heard."""

    def chosen() -> None:
        given = _told(own, name)
        if not isinstance(given, Mapping) or not 0 < len(given) <= MOST_SET:
            return
        numbers = {
            str(each): float(number)
            for each, number in given.items()
            if isinstance(number, int | float) and math.isfinite(number)
        }
        if len(numbers) == len(given):
            on_set(numbers)

    return chosen


def graph_walk(payload: bytes, *, key: str, on_step: Callable[[int | None], None]) -> None:
    """Walk through a computational graph; ``payload`` is from ``graph_payload``.

    ``on_step`` gets the number of the step that is shown when a hand has chosen it, None for the last one.
    """
    own = f"graph.{key}"

    def viewed() -> None:
        chosen = _told(own, "view")
        if isinstance(chosen, Mapping):
            step = chosen.get("step")
            if step is None or (isinstance(step, int | float) and float(step).is_integer()):
                on_step(None if step is None else int(step))

    _renderer("graph")(key=own, data=payload, on_view_change=viewed)


def live_curves(
    payload: bytes,
    *,
    key: str,
    height: int | None = None,
    view: Mapping[str, Any] | None = None,
    on_view: Callable[[Mapping[str, Any]], None] | None = None,
) -> None:
    """Curves of runs that may still be training; ``payload`` is from ``live_payload`` and its like in figures/live/.

    What the viewer has chosen (panel, scales, zoom, cursor) stays while the payload changes and ``key`` does not. A
    payload that stayed the same is not shown again. ``height`` in CSS pixels goes over the payload's own. ``view`` is
    what a link says of the choice; ``on_view`` gets what differs from the defaults when the viewer has chosen.
    """
    own = f"live.{key}"

    def viewed() -> None:
        chosen = _told(own, "view")
        if on_view is not None and isinstance(chosen, Mapping):
            on_view(dict(chosen))

    data = payload if height is None and view is None else framed(payload, height=height, view=view)
    _renderer("live")(key=own, data=data, on_view_change=viewed)


def picture_files(*, key: str) -> None:
    """A list of Plotly's pictures on the page as it stands, each as PNG and as SVG in the size of a slide.

    The browser makes them: it has Plotly, and a picture as whoever looks has left it.
    """
    _renderer("pictures")(key=key, data={})


def runs_table(
    rows: Sequence[dict[str, Any]],
    *,
    selected: Sequence[str],
    version: int,
    on_select: Callable[[list[str]], None],
    on_open: Callable[[str], None],
    on_sort: Callable[[str], None],
    sort: str,
    key: str,
) -> None:
    """Show ``rows`` (see ``figures.runs.rows``); what is marked comes back as ids, all pages together.

    The browser keeps its own marks; it takes ``selected`` over when ``version`` changes. sort: the column that orders
    the rows, with a minus for the largest first; empty for none. The browser orders the rows it has; ``on_sort`` is
    told, as others may belong on this page then.
    """
    from figures.runs import COLUMNS  # here: it loads all of training

    def marked() -> None:
        given = _told(key, "selected")
        if isinstance(given, list):
            on_select(list(dict.fromkeys(one for one in given[:MOST_MARKED] if isinstance(one, str))))

    def opened() -> None:
        given = _told(key, "open")
        if isinstance(given, str):
            on_open(given)

    def ordered() -> None:
        given = _told(key, "sort")
        if isinstance(given, str):
            on_sort(given if given.removeprefix("-") in COLUMNS else "")

    data = {
        "rows": list(rows),
        "columns": list(COLUMNS.items()),
        "selected": list(selected),
        "version": version,
        "sort": sort,
    }
    _renderer("runs")(key=key, data=data, on_selected_change=marked, on_open_change=opened, on_sort_change=ordered)
