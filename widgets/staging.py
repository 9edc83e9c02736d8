"""What a link says of a page's controls: which are shown, left out, held fast or framed, by their names in the link.

    /descent?steps=200&hide=seed,noise&lock=steps&point=o1.lr
    /training?show=optimizer.lr

Done where controls are drawn (``LinkedState``, ``parameter_control``, ``staged``), so that it holds on every page.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import streamlit as st

from figures.runs import literal
from figures.theme import ORANGE

STAGES = ("show", "hide", "lock", "point")
MOST_NAMES = 60
_LONGEST_NAME = 80
_MOST_TOLD = 5
_PLACE = "staging"
_DOES = {"show": "shown alone", "hide": "left out", "lock": "held fast", "point": "pointed at"}


@dataclass
class Staging:
    """Names by what is done with them. drawn: the names of this run's controls, by their keys in the session."""

    show: tuple[str, ...] = ()
    hide: tuple[str, ...] = ()
    lock: tuple[str, ...] = ()
    point: tuple[str, ...] = ()
    drawn: dict[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return any(getattr(self, each) for each in STAGES)


def staging_of(texts: Mapping[str, str]) -> Staging:
    """From the parameters of a link; of each list the first sixty names."""
    lists = {each: texts.get(each, "")[: MOST_NAMES * _LONGEST_NAME].split(",") for each in STAGES}
    show, hide, lock, point = (tuple(dict.fromkeys(filter(None, lists[each])))[:MOST_NAMES] for each in STAGES)
    return Staging(show=show, hide=hide, lock=lock, point=point)


def staging() -> Staging:
    """Of the page that is shown."""
    return st.session_state.get(_PLACE) or Staging()


def begin_staging(given: Staging) -> None:
    """Before a page runs."""
    if given or _PLACE in st.session_state:
        st.session_state[_PLACE] = given


def note(name: str, key: str) -> None:
    """Say which key of the session a control has."""
    if given := st.session_state.get(_PLACE):
        given.drawn[key] = name.partition(" ")[0]  # a second control of a setting has a word behind its name


def stage(key: str) -> Literal["shown", "locked", "hidden"]:
    """How the control of this key is shown."""
    given = st.session_state.get(_PLACE)
    name = given.drawn.get(key) if given else None
    if given is None or name is None:
        return "shown"
    if name in given.hide or (given.show and name not in (*given.show, *given.lock, *given.point)):
        return "hidden"
    return "locked" if name in given.lock else "shown"


def staged(draw: Callable[..., Any], *args: Any, key: str, name: str = "", hidden: Any = None, **options: Any) -> Any:
    """A control that is none of ``LinkedState``: drawn by ``draw``, Streamlit's function, as the link says of ``name``.

    name: empty for a control whose key is known already. hidden: what it says where the link leaves it out.
    """
    if name:
        note(name, key)
    if (shown := stage(key)) == "hidden":
        return hidden
    if shown == "locked":
        options["disabled"] = True
    if "format_func" in options:
        options["format_func"] = told_apart(args[1], options["format_func"])
    return draw(*args, key=key, **options)


def told_apart(offered: Sequence[Any], names: Callable[[Any], str]) -> Callable[[Any], str]:
    """``names`` for the options of one menu, where those that are called alike have their key behind it.

    Streamlit's browser side tells what was chosen by what it is called: of two alike it is always the last.
    """
    called = {each: names(each) for each in offered}
    count = Counter(called.values())
    apart = {each: f"{name} \N{MIDDLE DOT} {each}" for each, name in called.items() if count[name] > 1}
    return lambda each: apart.get(each) or called.get(each) or names(each)


def dress_controls() -> None:
    """After a page has run: a frame around what is pointed at; and what stands beside controls goes with them."""
    given = staging()
    shown = {key: name for key, name in given.drawn.items() if stage(key) != "hidden"}
    rules = []
    if pointed := [_class(key) for key, name in shown.items() if name in given.point]:
        rules.append(
            f"{', '.join(pointed)} {{ outline: 2px solid {ORANGE}; outline-offset: 6px; border-radius: 4px; }}"
        )
    if given.show:
        kept = "".join(f":not({_class(key)})" for key in shown)
        drawer = '[data-testid="stSidebarUserContent"]'
        rules.append(
            f'{drawer} [data-testid="stElementContainer"]{kept}:not(.st-key-lesson-panel *) {{ display: none; }}'
        )
        holds = ", ".join(map(_class, shown)) or "nothing"
        rules.append(
            f'{drawer} [data-testid="stExpander"]:not(:has({holds})):not(.st-key-lesson-panel *) {{ display: none; }}'
        )
    if rules:
        st.html(f"<style>{' '.join(rules)}</style>")


def _class(key: str) -> str:
    """The rule of style for what has this key, as Streamlit names it."""
    return f".st-key-{re.sub('[^a-zA-Z0-9_-]', '-', key)}"


def tell_strangers(is_known: Callable[[str], bool]) -> None:
    """After a page has run: which names are none of its controls.

    is_known: whether the page has such a setting, even if it shows no control of it now.
    """
    given, told = staging(), 0
    drawn = set(given.drawn.values())
    for each in STAGES:
        for name in getattr(given, each):
            if name not in drawn and not is_known(name) and told < _MOST_TOLD:
                told += 1
                shown = literal(name[:_LONGEST_NAME])
                st.warning(
                    f"{shown} is no control of this page, so it is not {_DOES[each]}.", icon=":material/link_off:"
                )
