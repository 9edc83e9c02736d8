"""Everything that pages share and that needs Streamlit: controls made from declared hyperparameters, and components.

A control's value lives in ``st.session_state[key]``; whoever renders it has put a valid value there before.
"""

from __future__ import annotations

import html
import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

import streamlit as st
from streamlit.components.v2 import component
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest
from streamlit.navigation.page import StreamlitPage
from streamlit.runtime.pages_manager import PagesManager

from figures.frontend import FRONTEND
from figures.live import with_height
from figures.race import framed
from figures.runs import literal
from figures.theme import on_background
from numerals import readable
from settings import Declaration, Hyperparameter, LinkPreset, preset_of, read_settings, settle, write_settings
from trainers.store import StoreError


def behind_app() -> None:
    """The first line of every page: run again, through app.py, where app.py has not run.

    Streamlit takes a folder named pages/ for its older kind of multipage app until app.py has called st.navigation
    once: the first link that a fresh server is asked for would open its page without theme, layout and navigation.
    """
    if "app" not in st.session_state:
        PagesManager.uses_pages_directory = False
        st.rerun()
    st.session_state.runs = st.session_state.get("runs", 0) + 1  # of any page, see LinkedSettings
    keep_put()


@contextmanager
def store_told() -> Iterator[None]:
    """A wrong database, a folder that cannot be written or a full disk becomes a sentence."""
    try:
        yield
    except StoreError as error:
        st.error(literal(str(error)), icon=":material/database_off:")


def run_page(page: StreamlitPage) -> None:
    """Run it; see ``store_told``."""
    with store_told():
        page.run()


_LATE = 1.5  # seconds in which a browser may still send what a control held before a value was put into it


def put(key: str, value: Any) -> None:
    """Set a control from code: ``st.session_state[key] = value``, which a browser that is busy does not undo.

    A browser sends the values of all its controls. A control that is moved before the browser has heard of the put
    value brings the one from before along, and Streamlit cannot tell it from a user's choice.
    """
    state = st.session_state
    if key in state and state[key] != value:
        state.setdefault("put", {})[key] = (state[key], value, state.get("runs", 0), time.monotonic() + _LATE)
    state[key] = value


def is_late(key: str) -> bool:
    """Whether the browser has sent the value that ``put`` has replaced; then the put value is put again."""
    state = st.session_state
    puts: dict[str, tuple[Any, Any, int, float]] = state.get("put", {})
    if key not in puts:
        return False
    before, value, run, end = puts[key]
    now = state.get(key)
    if now == before and time.monotonic() < end:
        put(key, value)
        return True
    # Not in the run that put it: once the browser has sent the put value, the old one is a choice again.
    if now != value or state.get("runs", 0) > run + 1:
        del puts[key]
    return False


def keep_put() -> None:
    """Put again what the browser has not heard of, before anything reads the controls."""
    for key in list(st.session_state.get("put", ())):
        is_late(key)


_STALE = 5.0  # seconds in which a browser may still send the address it had before the last one was written


def opened_link(name: str) -> dict[str, str] | None:
    """The query of a link that was opened from outside, or None where it is the one this page has written.

    A link is opened on the first run, by an address that was typed or clicked, or by the back button. Right after a
    link was written the browser may ask for another run with the address from before (a slider that is being dragged
    does): that is no opened link, and following it would undo the drag. ``name`` is the page's own.
    """
    query = st.query_params.to_dict()
    written: list[tuple[dict[str, str], float]] | None = st.session_state.get(f"{name} links")
    if written is None:
        return query
    now = time.monotonic()
    known = any(query == link and now < end for link, end in written)
    return None if known or not query else query


def write_link(name: str, link: Mapping[str, str]) -> None:
    """Put a page's state into the address; see ``opened_link``."""
    link, now = dict(link), time.monotonic()
    key = f"{name} links"
    before = [(old, min(end, now + _STALE)) for old, end in st.session_state.get(key, []) if now < end and old != link]
    st.session_state[key] = [*before[-50:], (link, math.inf)]
    if link != st.query_params.to_dict():
        st.query_params.from_dict(link)


@lru_cache(maxsize=8192)  # a slider has 144 stops, and every run names them all
def _stop_label(unit: str, stop: float) -> str:
    return f"{unit} {readable(stop)}".lstrip()


def _distinct(stops: Sequence[float], given: float, words: Callable[[float], str]) -> Callable[[float], str]:
    """How stops read. The browser tells a stop by its words: a value that reads like another keeps all its digits."""
    alike = sum(words(stop) == words(given) for stop in stops) > 1
    return lambda stop: f"{stop!r}" if alike and stop == given else words(stop)


def parameter_control(
    parameter: Hyperparameter,
    key: str,
    *,
    label: str | None = None,
    unit: str = "",
    names: Mapping[str, str] | None = None,
    words: Callable[[float], str] | None = None,
    hidden: bool = False,
    initial: Any = None,
    on_change: Callable[[], None] | None = None,
) -> Any:
    """The control that suits a hyperparameter, holding ``st.session_state[key]``; returns its value.

    With ``initial`` a control that is new begins with this as its own value, and the session is not written to. A page
    that runs again by itself needs that: a value put into the session is told to the browser by one run alone, and
    where the next run comes before the browser has drawn it, the browser takes the first of the stops for the value.

    A switch is a toggle, a choice a menu, an uneven or logarithmic range a slider over its stops, any other a slider.
    A value from a link that lies between or beyond the stops gets a stop of its own, so that nothing is rounded. With
    ``unit`` the values of an uneven slider say what they are ("rate 0.01"), and its label is left to screen readers.
    ``names`` are what a menu shows for the keys of a choice, ``words`` how a stop of such a slider reads. ``hidden``
    leaves the label to screen readers.
    """
    own = initial is not None
    given = st.session_state.get(key, initial) if own else st.session_state.setdefault(key, parameter.default)
    name = parameter.name.replace("_", " ")
    text = label or (f"${parameter.symbol}$" if parameter.symbol == parameter.name else f"{name} ${parameter.symbol}$")
    common: dict[str, Any] = {"key": key, "help": parameter.meaning, "on_change": on_change}
    if hidden:
        common |= {"label_visibility": "collapsed", "help": None}
    if parameter.kind == "choice":
        if own:
            common["index"] = list(parameter.choices).index(initial)
        return st.selectbox(
            text, parameter.choices, format_func=lambda choice: str((names or {}).get(choice, choice)), **common
        )
    if own:
        common["value"] = initial
    if parameter.kind == "bool":
        return st.toggle(text, **common)
    if parameter.slider_stops:
        cast = int if parameter.kind == "int" else float
        stops = sorted({*map(cast, parameter.slider_stops), given, *([initial] if own else [])})
        if own:  # Streamlit looks for the value with a tolerance and would take the neighbor
            stops = [
                stop for stop in stops if stop in (given, initial) or not math.isclose(stop, initial, rel_tol=1e-5)
            ]
        if unit:
            common |= {"label_visibility": "collapsed", "help": None}
        reads = _distinct(stops, given, words or partial(_stop_label, unit))
        return st.select_slider(text, stops, format_func=reads, **common)
    if parameter.kind == "int":
        low, high = _span(parameter, given, initial)
        return st.slider(text, int(low), int(high), step=1, **common)
    low, high = _span(parameter, given, initial)
    return st.slider(text, low, high, step=(high - low) / 200, format=f"{unit} %.3g".lstrip(), **common)


def _span(parameter: Hyperparameter, *values: float | None) -> tuple[float, float]:
    """From the lowest to the highest value that a slider must reach."""
    known = [float(value) for value in values if value is not None]
    return min(float(parameter.low), *known), max(float(parameter.high), *known)


def menu_of_presets(key: str, titles: Mapping[str, str], shown: str | None, choose: Callable[[str], None]) -> None:
    """A menu of presets that shows ``shown``, whatever was chosen before; ``choose`` is called with a chosen key.

    Settings that are moved away from a preset empty the menu. It is a new menu then (``key``.0, .1, ...), not the old
    one with another value: a browser that has not heard of it, because a slider is being dragged, would send the old
    value once more, which looks like the choice of that preset and would undo the drag.
    """
    held: dict[int, str | None] = st.session_state.setdefault(f"{key} held", {0: shown})

    def chosen(number: int) -> None:
        value = st.session_state.get(f"{key}.{number}")
        if value != held.get(number, value):
            held[number] = value
            if value is not None:
                choose(value)

    number = max(held)
    if held[number] != shown:
        number += 1
        held[number] = shown
        held.pop(number - 20, None)
    st.selectbox(
        "Preset", list(titles), list(titles).index(shown) if shown else None, key=f"{key}.{number}",
        format_func=titles.__getitem__, on_change=chosen, args=(number,), placeholder="Choose one phenomenon",
    )  # fmt: skip


def chip(color: str) -> str:
    """Inline markup of a small square in a colour of the theme (never of user text), for ``st.html``."""
    return f'<span style="display:inline-block;width:.8em;height:.8em;border-radius:2px;background:{color}"></span>'


def dark_theme() -> bool:
    """Whether the viewer sees the dark theme; light until the browser has said so."""
    return st.context.theme.type == "dark"


def page_style() -> None:
    """Less air around the page, so that the picture is large and what happened is above the fold."""
    st.html(
        """<style>
        [data-testid="stMainBlockContainer"] { padding: 4rem 1.5rem 3rem; }
        [data-testid="stSidebarUserContent"] { padding-top: 0; }
        [data-testid="stSidebarHeader"] { height: 2.4rem; margin-bottom: .2rem; }
        @media (max-width: 640px) { [data-testid="stMainBlockContainer"] { padding: 4rem .9rem 3rem; } }
        /* The dark theme's accent is light enough to be read on its background, too light for white text on it. */
        button[data-testid="stBaseButton-primary"], [data-testid="stMultiSelect"] [data-baseweb="tag"]
            { background: #0072B2; border-color: #0072B2; color: white; }
        button[data-testid="stBaseButton-primary"]:hover { background: #005F96; border-color: #005F96; color: white; }
        </style>"""
    )


def take_away_menu(address: str, what: str, name: str, files: Sequence[tuple[str, str, str, Any]]) -> None:
    """A link and files to download. files: (label, ending, MIME type, what makes it when it is asked for)."""
    with st.popover("Take away", icon=":material/download:"):
        st.caption(f"A link that opens this {what}")
        st.code(address, language=None, wrap_lines=True)
        for label, ending, mime, make in files:
            st.download_button(
                label, make, f"{name}.{ending}", mime, key=f"take-{ending}", on_click="ignore", width="stretch"
            )


def card_style() -> None:
    """Make every container with a key ``card-...`` a card whose whole face is its link."""
    st.html(
        """<style>
        [class*="st-key-card-"] { position: relative; border-radius: .5rem; }
        [class*="st-key-card-"] [data-testid="stPageLink"] a::after { content: ""; position: absolute; inset: 0; }
        [class*="st-key-card-"] [data-testid="stPageLink"], [class*="st-key-card-"] [data-testid="stPageLink"] div
            { position: static; }
        [class*="st-key-card-"] img { border-radius: .5rem; transition: opacity .15s; }
        [class*="st-key-card-"]:hover img { opacity: .85; }
        .st-key-open-race a, .st-key-open-race a:hover { background: #0072B2; padding: .5rem 1rem; }
        .st-key-open-race a :is(p, span) { color: white; font-weight: 600; }
        </style>"""
    )


def colored_sentences(sentences: Sequence[tuple[str, str]]) -> None:
    """(color of the theme, sentence) as a list, each behind its color."""
    rows = "".join(
        f'<li style="display:flex;gap:.5em;align-items:baseline">{chip(on_background(color, dark_theme()))}'
        f"<span>{html.escape(sentence)}</span></li>"
        for color, sentence in sentences
    )
    st.html(f'<ul style="list-style:none;padding:0;margin:0;line-height:1.6">{rows}</ul>')


# ---- settings that the link holds ---------------------------------------------------------------------------------


@dataclass
class _Held:
    """What a page's last run left in the session: its values, what was declared, its link, and what is to be told."""

    values: dict[str, Any]
    parameters: dict[str, Hyperparameter]
    link: dict[str, str]
    problems: list[str]
    run: int
    put: bool = False


@dataclass(frozen=True)
class LinkedSettings:
    """The settings of a page, in its controls, the session and the URL; the link is the state.

        settings = LinkedSettings("initialization", declared)   # see settings/query.py for ``declared``
        values = settings.open()                                # first thing of every run; also writes the link
        settings.tell_problems()
        settings.control("depth")                               # anywhere, in any order

    The control of a setting has the key ``page.name`` in ``st.session_state``. A setting whose declaration changed
    since the last run (the scale of another initializer) starts at its new default.
    """

    page: str
    declared: Declaration

    def open(self) -> dict[str, Any]:
        """The values of this run: from the link where it was changed from outside, else as the controls left them."""
        state, query = st.session_state, st.query_params.to_dict()
        held: _Held | None = state.get(f"settings.{self.page}")
        problems: list[str] = []
        if held is None:
            values, problems = read_settings(self.declared, query)
        else:
            returning = state.runs != held.run + 1  # other pages ran since; changing page clears the link
            values = self._collected(held)
            changed = held.put or values != held.values
            # A control that was moved before the browser knew the link of its last move sends the link before that.
            if query != held.link and not changed and (query or not returning):
                values, problems = read_settings(self.declared, query)
            elif not changed:
                problems = held.problems
        values, parameters = settle(self.declared, lambda key, parameter: values[key])
        for key, value in values.items():
            if state.get(self.key(key)) != value:  # setting it again could undo a drag that is on its way
                put(self.key(key), value)
        link = write_settings(self.declared, values)
        if link != query:
            st.query_params.from_dict(link)
        state[f"settings.{self.page}"] = _Held(values, parameters, link, problems, state.runs)
        return values

    @property
    def link(self) -> dict[str, str]:
        """The parameters of a link that opens this run's page."""
        return st.session_state[f"settings.{self.page}"].link

    def put(self, changes: Mapping[str, Any]) -> None:
        """Change settings from a callback; every other keeps its value where it is still declared."""
        keep_put()
        held: _Held = st.session_state[f"settings.{self.page}"]
        now = self._collected(held)

        def pick(key: str, parameter: Hyperparameter) -> Any:
            if key in changes:
                return parameter.check(changes[key])
            return now[key] if held.parameters.get(key) == parameter else parameter.default

        values, held.parameters = settle(self.declared, pick)
        for key, value in values.items():
            put(self.key(key), value)
        held.put = True

    def control(self, key: str, **options: Any) -> Any:
        """The control of a setting; ``options`` are those of ``parameter_control``."""
        parameter = st.session_state[f"settings.{self.page}"].parameters[key]
        return parameter_control(parameter, self.key(key), **options)

    def preset_menu(self, presets: Mapping[str, LinkPreset]) -> LinkPreset | None:
        """A menu of presets; the one that is shown, None where the settings are nobody's preset."""
        shown = preset_of(self.link, presets)
        menu_of_presets(
            f"{self.page}.preset",
            {key: preset.title for key, preset in presets.items()},
            shown,
            lambda key: self.put(read_settings(self.declared, presets[key].query)[0]),
        )
        return presets[shown] if shown else None

    def tell_problems(self) -> None:
        """Warn of each part of the link that could not be used, until a setting is changed."""
        for problem in st.session_state[f"settings.{self.page}"].problems:
            st.warning(problem, icon=":material/link_off:")

    def key(self, key: str) -> str:
        """The key of a setting's control in ``st.session_state``, for controls of another kind."""
        return f"{self.page}.{key}"

    def _collected(self, held: _Held) -> dict[str, Any]:
        def pick(key: str, parameter: Hyperparameter) -> Any:
            if held.parameters.get(key) != parameter:
                return parameter.default
            return st.session_state.get(self.key(key), held.values.get(key, parameter.default))

        return settle(self.declared, pick)[0]


# ---- pictures that stand still ------------------------------------------------------------------------------------


def picture(figure: Any, key: str, alt: str, **options: Any) -> Any:
    """A Plotly figure in its own theme, without Plotly's buttons. ``alt`` says what it shows to who cannot see it."""
    config = {"displayModeBar": False, "scrollZoom": False, "doubleClick": False}
    return st.plotly_chart(figure, key=f"picture.{key}", theme=None, config=config, alt=alt, **options)


# ---- the player ---------------------------------------------------------------------------------------------------

_PLAYER, _LIVE = "descent-lab.player", "descent-lab.live"
# By server and name: declaring a component again in every run takes a millisecond, which thirty viewers notice.
_RENDERERS: dict[tuple[Any, str], Any] = {}


def _frontend(component_name: str, js: str) -> Any:
    """A component, whose files the browser loads once, so that a run sends the payload and nothing else.

    An inline script would travel with every run. Streamlit finds a component's folder through an installed package's
    pyproject.toml; this house runs from its clone, so it hands over the same manifest itself.
    """
    manager = get_bidi_component_manager()
    if (manager, component_name) in _RENDERERS:
        return _RENDERERS[manager, component_name]
    if manager.get_component_asset_root(component_name) is None:
        names = [name.partition(".") for name in (_PLAYER, _LIVE)]
        components = [ComponentConfig(name=name, asset_dir=FRONTEND.name) for _, _, name in names]
        manager.register_from_manifest(ComponentManifest(names[0][0], "1", components), FRONTEND.parent)
    _RENDERERS[manager, component_name] = renderer = component(component_name, js=js, css="style.css")
    return renderer


def player(
    payload: bytes,
    *,
    key: str,
    height: int = 580,
    on_pick: Callable[[Mapping[str, float]], None] | None = None,
    on_view: Callable[[Mapping[str, Any]], None] | None = None,
) -> None:
    """Play a race; ``payload`` is from ``player_payload``, ``height`` is in CSS pixels (narrow screens take their own).

    ``on_pick`` gets {"x": ..., "y": ...}, two finite numbers, when a start is clicked or dragged to; without it starts
    cannot be picked. ``on_view`` gets what the player shows now, when that changes and nothing is playing: the argument
    ``view`` of ``player_payload``, only what differs from the defaults. A view that comes back changes nothing.
    """

    own = f"player.{key}"

    def picked() -> None:
        point = st.session_state[own].get("pick")
        if on_pick is not None and isinstance(point, Mapping):
            given = (point.get("x"), point.get("y"))
            numbers = [float(number) for number in given if isinstance(number, int | float) and math.isfinite(number)]
            if len(numbers) == 2:
                on_pick({"x": numbers[0], "y": numbers[1]})

    def viewed() -> None:
        view = st.session_state[own].get("view")
        if on_view is not None and isinstance(view, Mapping):
            on_view(dict(view))

    data = framed(payload, height=height, pickable=on_pick is not None)
    _frontend(_PLAYER, "streamlit.js")(key=own, data=data, on_pick_change=picked, on_view_change=viewed)


# ---- live curves --------------------------------------------------------------------------------------------------


def live_curves(payload: bytes, *, key: str, height: int | None = None) -> None:
    """Curves of runs that may still be training; ``payload`` is from ``live_payload`` and its like in figures/live*.py.

    What the viewer has chosen (panel, scales, zoom, cursor) stays while the payload changes and ``key`` does not. A
    payload that stayed the same is not shown again. ``height`` in CSS pixels goes over the payload's own.
    """
    data = payload if height is None else with_height(payload, height)
    _frontend(_LIVE, "live_streamlit.js")(key=f"live.{key}", data=data)
