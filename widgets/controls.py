"""Controls made of declared hyperparameters."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache, partial
from typing import Any

import streamlit as st

from numerals import readable
from settings import Hyperparameter
from widgets.staging import stage
from widgets.symbols import spoken


def held(key: str) -> Any:
    """What a control holds, for its callback; None where the control has gone.

    A hand may come with the very run that takes the control away, as where a table is sorted just as a view opens.
    """
    return st.session_state.get(key)


@lru_cache(maxsize=8192)  # a slider has 144 stops, and every run names them all
def _stop_label(unit: str, stop: float) -> str:
    return f"{unit} {readable(stop)}".lstrip()


def _distinct(stops: Sequence[float], given: float, words: Callable[[float], str]) -> dict[float, str]:
    """How stops read. The browser tells a stop by its words: a value that reads like another keeps all its digits."""
    reads = {stop: words(stop) for stop in stops}
    if sum(each == reads[given] for each in reads.values()) > 1:
        reads[given] = f"{given!r}"
    return reads


@lru_cache(maxsize=1024, typed=True)  # every run of a page asks for all its sliders, whose values are mostly the same
def _offered(stops: tuple[float, ...], whole: bool, given: float, initial: float) -> tuple[tuple[float, ...], bool]:
    """The stops of a slider, with the value that it shows and the one that it begins with; whether two are near."""
    cast = int if whole else float
    values = sorted({*map(cast, stops), given, initial})
    # A stop that reads like the value gives way to it.
    values = [stop for stop in values if stop in (given, initial) or not math.isclose(stop, initial, rel_tol=1e-5)]
    return tuple(values), any(0 < abs(stop - initial) < 1e-11 for stop in values)


def parameter_control(
    parameter: Hyperparameter,
    key: str,
    *,
    label: str | None = None,
    unit: str = "",
    names: Mapping[str, str] | None = None,
    words: Callable[[float], str] | None = None,
    hidden: bool = False,
    hint: bool = True,
    initial: Any,
    on_change: Callable[[], None] | None = None,
) -> Any:
    """The control that suits a hyperparameter, holding ``st.session_state[key]``; returns its value.

    A control that is new begins with ``initial`` as its own value, and the session is not written to: a value put into
    the session is told to the browser by one run alone, and where the next run comes before the browser has drawn it,
    the browser takes the first of the stops for the value.

    A switch is a toggle, a choice a menu, an uneven or logarithmic range a slider over its stops, any other a slider.
    A value from a link that lies between or beyond the stops gets a stop of its own, so that nothing is rounded. With
    ``unit`` the values of an uneven slider say what they are ("rate 0.01"), and its label is left to screen readers.
    ``names`` are what a menu shows for the keys of a choice, ``words`` how a stop of such a slider reads. ``hidden``
    leaves the label to screen readers; without ``hint`` the meaning is not offered beside it. Where the link leaves it
    out, nothing is drawn.
    """
    given = st.session_state.get(key, initial)
    if (shown := stage(key)) == "hidden":
        return given
    name = parameter.name.replace("_", " ")
    text = spoken(label or f"{name} ${parameter.symbol}$")
    common: dict[str, Any] = {
        "key": key,
        "help": parameter.meaning,
        "on_change": on_change,
        "disabled": shown == "locked",
    }
    if hidden:
        common |= {"label_visibility": "collapsed", "help": None}
    if not hint:
        common["help"] = None
    if parameter.kind == "choice":
        common["index"] = list(parameter.choices).index(initial)
        return st.selectbox(
            text,
            parameter.choices,
            format_func=lambda choice: str((names or {}).get(choice, str(choice).replace("_", " "))),
            **common,
        )
    common["value"] = initial
    if parameter.kind == "bool":
        return st.toggle(text, **common)
    if parameter.slider_stops:
        stops, near = _offered(parameter.slider_stops, parameter.kind == "int", given, initial)
        if unit:
            common |= {"label_visibility": "collapsed", "help": None}
        in_words = words or partial(_stop_label, unit)
        reads = _distinct(stops, given, in_words)
        # Streamlit takes floats for one where they differ by less than 5e-12, and would begin at a neighbor of 2e-12. A
        # fraction is equal to its float alone, and takes long to be compared.
        common["value"] = Fraction(initial) if near else initial
        return st.select_slider(text, stops, format_func=lambda stop: reads.get(stop) or in_words(stop), **common)
    if parameter.kind == "int":
        low, high = _span(parameter, given, initial)
        return st.slider(text, int(low), int(high), step=1, **common)
    low, high = _span(parameter, given, initial)
    return st.slider(text, low, high, step=_round_step(high - low), format=f"{unit} %.4g".lstrip(), **common)


def _round_step(span: float) -> float:
    """The largest of 1, 2 and 5 times a power of ten that makes at least 200 steps of a span.

    A hand comes back to a default then, for those are round, too; and what it has chosen is as short in the link.
    """
    power = math.floor(math.log10(span / 200 * (1 + 1e-9)))
    return next(step for step in (float(f"{n}e{power}") for n in (5, 2, 1)) if step <= span / 200 * (1 + 1e-9))


def _span(parameter: Hyperparameter, *values: float | None) -> tuple[float, float]:
    """From the lowest to the highest value that a slider must reach."""
    known = [float(value) for value in values if value is not None]
    return min(float(parameter.low), *known), max(float(parameter.high), *known)
