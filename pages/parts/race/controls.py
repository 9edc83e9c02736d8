"""The controls of a race: the sidebar of the descent page, and its state in session and link.

The link is the state: a run begins by reading it if it is not the one written last (a link that was opened, the back
button), and ends by writing it. Streamlit's own ``bind="query-params"`` is not used here: values set from code (a
preset, a clicked start, a rate tuned to a new surface) do not reach the URL of bound widgets, and junk is dropped in
silence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from experiments.race import (
    COORDINATE,
    DEFAULT_FORMULA,
    DEFAULT_WINDOW,
    FORMULA,
    MAX_ENTRIES,
    NOISE,
    PRESETS,
    SEED,
    STEPS,
    WARMUP,
    Entry,
    Race,
    checked_view,
    make_entry,
    preset_of,
    race_from_query,
    race_to_query,
    retuned,
    tuned_entry,
    view_from_query,
    view_to_query,
)
from landscapes import LANDSCAPES, FormulaError, Landscape, parse_formula
from optimizers import OPTIMIZERS, SCHEDULES
from widgets import is_late, menu_of_presets, opened_link, parameter_control, put, write_link

_WINDOW = ("x_low", "x_high", "y_low", "y_high")
PICTURES = {"Map": "map", "3-D": "3d"}
"""What the page shows large: label of the switch, and its key in a link."""
_SCHEDULES = [key for key in SCHEDULES if key != "linear_warmup"]
_YOUR_OWN = "Your own formula"


def open_race() -> Race:
    """The race of this run: from the link where it was changed from outside, else as the controls left it."""
    state = st.session_state
    query = opened_link("race")
    if query is not None and (query or "race" not in state):
        race, problems = race_from_query(query)
        state.view, more = view_from_query(query)
        put_race(race)
        put("picture", next(label for label, key in PICTURES.items() if key == state.view.get("picture", "map")))
        state.problems = problems + more
    elif "steps" not in state:  # back from another page, where Streamlit has dropped the values of these controls
        put_race(state.race)
    else:
        race = _race_of_controls()
        if race_to_query(race) != race_to_query(state.race):
            state.race, state.problems = race, []
    return state.race


def _race_of_controls() -> Race:
    """What the controls say. Their values stand in the session before they are drawn, so the picture need not wait."""
    state = st.session_state
    landscape: Landscape = state.race.landscape
    if landscape.hyperparameters:
        landscape = landscape.with_parameters(**{p.name: state[f"s.{p.name}"] for p in landscape.hyperparameters})
    return Race(
        landscape=landscape,
        entries=tuple(_entry_of_controls(slot) for slot in state.slots),
        start=(state.start_x, state.start_y),
        steps=state.steps,
        noise=state.noise,
        seed=state.seed,
    )


def _entry_of_controls(slot: int) -> Entry:
    state = st.session_state
    key, schedule = state[f"o.{slot}"], state[f"o.{slot}.schedule"]
    declared, of_schedule = OPTIMIZERS[key].hyperparameters, SCHEDULES[schedule].hyperparameters
    return make_entry(
        key,
        {p.name: state[f"o.{slot}.{p.name}"] for p in declared},
        schedule,
        {p.name: state.get(f"o.{slot}.schedule.{p.name}", p.default) for p in of_schedule},
        state[f"o.{slot}.warmup"],
    )


def put_race(race: Race) -> None:
    """Make this the race, and every control show it."""
    state = st.session_state
    state.race, state.problems = race, []
    values: dict[str, Any] = {"surface": race.landscape.key, "steps": race.steps, "noise": float(race.noise)}
    values |= {"seed": race.seed, "start_x": float(race.start[0]), "start_y": float(race.start[1])}
    if race.landscape.key == FORMULA:
        ends = [float(end) for ends in race.landscape.domain for end in ends]
        values |= {"formula": race.landscape.name, **dict(zip(_WINDOW, ends, strict=True))}
    for parameter in race.landscape.hyperparameters:
        values[f"s.{parameter.name}"] = race.landscape.parameters.get(parameter.name, parameter.default)
    state.slots = list(range(len(race.entries)))
    for slot, entry in enumerate(race.entries):
        values |= _values_of(slot, entry)
    for key in [key for key in state if isinstance(key, str) and key.startswith(("o.", "s.")) and key not in values]:
        del state[key]
    for key, value in values.items():
        put(key, value)


def put_start(point: Mapping[str, float]) -> None:
    """Begin every path here; a point picked on the map."""
    put("start_x", float(point["x"]))
    put("start_y", float(point["y"]))


def put_view(view: Mapping[str, Any]) -> None:
    """Remember how the player shows the race; it comes from the browser, so only what is valid is kept."""
    kept = {"picture": st.session_state.view["picture"]} if "picture" in st.session_state.view else {}
    st.session_state.view = checked_view(view) | kept


def race_sidebar(race: Race) -> None:
    """Draw the controls of the race. It comes after the picture, which is what people wait for."""
    with st.sidebar:
        titles = {key: preset.title for key, preset in PRESETS.items()}
        menu_of_presets("preset", titles, preset_of(race), _open_preset)
        _landscape_controls(race.landscape)
        _entry_controls(race.entries)
        parameter_control(STEPS, "steps", label="Steps")
        left, right = st.columns(2)
        for column, name in ((left, "x"), (right, "y")):
            column.number_input(f"Start {name}", -1e6, 1e6, key=f"start_{name}", format="%.5g", help=COORDINATE.meaning)
        parameter_control(NOISE, "noise", label="Gradient noise")
        st.number_input("Seed", 0, 2**31 - 1, key="seed", help=SEED.meaning)


def write_race(race: Race) -> None:
    """Put race and view into the URL."""
    state = st.session_state
    chosen = PICTURES[state.setdefault("picture", "Map")]
    state.view = {name: value for name, value in state.view.items() if name != "picture"}
    if chosen != "map":
        state.view["picture"] = chosen
    write_link("race", race_to_query(race) | view_to_query(state.view))


def _open_preset(key: str) -> None:
    put_race(PRESETS[key].race)
    st.session_state.view = dict(PRESETS[key].view)


def _landscape_controls(landscape: Landscape) -> None:
    names = {key: item.name for key, item in LANDSCAPES.items()} | {FORMULA: _YOUR_OWN}
    st.selectbox("Surface", list(names), key="surface", format_func=names.__getitem__, on_change=_change_surface)
    if landscape.key == FORMULA:
        _formula_controls()
        return
    st.caption(landscape.character)
    for parameter in landscape.hyperparameters:
        parameter_control(parameter, f"s.{parameter.name}")


def _formula_controls() -> None:
    st.text_input(
        "f(x, y) =", key="formula", max_chars=200, on_change=_change_formula,
        help="x, y, numbers, + - * / ^, parentheses, sin, cos, exp, log, sqrt, abs and the like; pi and e.",
    )  # fmt: skip
    if st.session_state.get("formula_error"):
        st.error(st.session_state.formula_error, icon=":material/error:")
    with st.expander("Window", type="compact"):
        for name in _WINDOW:
            st.number_input(name.replace("_", " "), -1e6, 1e6, key=name, on_change=_change_formula)


def _change_surface() -> None:
    if is_late("surface"):
        return
    key = st.session_state.surface
    landscape = parse_formula(DEFAULT_FORMULA, domain=DEFAULT_WINDOW) if key == FORMULA else LANDSCAPES[key]
    _move_to(landscape)


def _change_formula() -> None:
    """Take the typed formula, or keep the last good surface and say what is wrong."""
    if any(map(is_late, ("formula", *_WINDOW))):
        return
    state = st.session_state
    x_low, x_high, y_low, y_high = (state[name] for name in _WINDOW)
    if not (x_low < x_high and y_low < y_high):
        state.formula_error = (
            f"The window was given x from {x_low:g} to {x_high:g} and y from {y_low:g} to {y_high:g}; "
            "each low end must lie below its high end."
        )
        return
    try:
        landscape = parse_formula(state.formula, domain=((x_low, x_high), (y_low, y_high)))
    except FormulaError as error:
        state.formula_error = str(error)
        return
    _move_to(landscape)


def _move_to(landscape: Landscape) -> None:
    """The same optimizers on another surface: from its own start, at rates tuned to it."""
    race: Race = st.session_state.race
    entries = tuple(retuned(entry, landscape) for entry in race.entries)
    put_race(replace(race, landscape=landscape, entries=entries, start=landscape.start))
    st.session_state.view = {}
    st.session_state.formula_error = None


def _values_of(slot: int, entry: Entry) -> dict[str, Any]:
    """What the controls of a slot show, by key."""
    values: dict[str, Any] = {f"o.{slot}": entry.optimizer}
    for parameter in OPTIMIZERS[entry.optimizer].hyperparameters:
        values[f"o.{slot}.{parameter.name}"] = entry.values.get(parameter.name, parameter.default)
    values[f"o.{slot}.schedule"] = entry.schedule
    for parameter in SCHEDULES[entry.schedule].hyperparameters:
        values[f"o.{slot}.schedule.{parameter.name}"] = entry.schedule_values.get(parameter.name, parameter.default)
    values[f"o.{slot}.warmup"] = entry.warmup
    return values


def _put_entry(slot: int, entry: Entry) -> None:
    for key, value in _values_of(slot, entry).items():
        put(key, value)


def _entry_controls(entries: tuple[Entry, ...]) -> None:
    slots = st.session_state.slots
    st.markdown("**Optimizers**")
    for slot, entry in zip(slots, entries, strict=True):
        _entry_control(slot, entry)
    st.button(
        "Add an optimizer", icon=":material/add:", on_click=_add, width="stretch", disabled=len(slots) >= MAX_ENTRIES,
        help=f"Up to {MAX_ENTRIES} race together; the same one may run twice with other settings.",
    )  # fmt: skip


def _entry_control(slot: int, entry: Entry) -> None:
    """One optimizer of the race: its name, its rate, and all the rest in a drawer below."""
    st.selectbox(
        "Optimizer", list(OPTIMIZERS), key=f"o.{slot}", format_func=lambda key: OPTIMIZERS[key].name,
        on_change=_change_optimizer, args=(slot,), label_visibility="collapsed",
    )  # fmt: skip
    rule = OPTIMIZERS[entry.optimizer]
    rate = next((parameter for parameter in rule.hyperparameters if parameter.name == "lr"), None)
    if rate is not None:
        parameter_control(rate, f"o.{slot}.lr", label=f"Rate of {rule.name}", unit="rate")
    # No popover: one that holds sliders closes again right after the click that opens it (Streamlit 1.67).
    with st.expander(f"More of {rule.name}", type="compact"):
        st.caption(rule.idea)
        for parameter in rule.hyperparameters:
            if parameter is not rate:
                parameter_control(parameter, f"o.{slot}.{parameter.name}")
        if rate is not None:
            st.selectbox(
                "Schedule of the rate", _SCHEDULES, key=f"o.{slot}.schedule", format_func=lambda k: SCHEDULES[k].name
            )
            for parameter in SCHEDULES[entry.schedule].hyperparameters:
                parameter_control(parameter, f"o.{slot}.schedule.{parameter.name}")
            parameter_control(WARMUP, f"o.{slot}.warmup", label="Warm-up steps")
        st.button(
            "Remove", icon=":material/delete:", key=f"o.{slot}.remove", on_click=_remove, args=(slot,),
            disabled=len(st.session_state.slots) == 1, width="stretch",
        )  # fmt: skip


def _change_optimizer(slot: int) -> None:
    if is_late(f"o.{slot}"):
        return
    _put_entry(slot, tuned_entry(st.session_state.race.landscape, st.session_state[f"o.{slot}"]))


def _add() -> None:
    """The next optimizer of the menu that is not in the race yet."""
    state = st.session_state
    racing = {state[f"o.{slot}"] for slot in state.slots}
    key = next((key for key in OPTIMIZERS if key not in racing), "sgd")
    slot = max(state.slots) + 1
    state.slots = [*state.slots, slot]
    _put_entry(slot, tuned_entry(state.race.landscape, key))


def _remove(slot: int) -> None:
    st.session_state.slots = [other for other in st.session_state.slots if other != slot]
