"""What the runs page shows, in its controls, the session and the link; the link is the state."""

from __future__ import annotations

from typing import Any

import streamlit as st

from figures.runs import COLUMNS, DATA, WORDS
from trainers.diagnosis import DIAGNOSES
from widgets import opened_link, write_link

VIEWS = {"list": "All runs", "compare": "Compare", "import": "Bring your own curves"}
CLOCKS = {"epoch": "epoch", "step": "step", "seconds": "seconds"}
MOST_COMPARED = 8
VERDICTS = {key: diagnosis.name for key, diagnosis in DIAGNOSES.items()}
_DEFAULTS: dict[str, Any] = {
    "view": "list", "search": "", "statuses": [], "data": [], "verdicts": [], "sort": "", "page": 1,
    "compared": [], "number": "val_loss", "x": "epoch",
}  # fmt: skip
_MENUS = {"statuses": WORDS, "data": DATA, "verdicts": VERDICTS}


def key(name: str) -> str:
    """The key of a control in ``st.session_state``."""
    return f"runs.{name}"


def value(name: str) -> Any:
    return st.session_state.get(key(name), _held()[name])


def put(**values: Any) -> None:
    """Change what is shown, from a callback or before the controls are made."""
    for name, given in values.items():
        st.session_state[key(name)] = _held()[name] = given


def open_state() -> None:
    """First thing of every run: what the link, or the visit before, asks for."""
    query = opened_link("runs")
    if query:
        _held().update(_read(query))
        for name, held in _held().items():
            st.session_state[key(name)] = held
    for name, held in _held().items():  # a control that was not on the page has lost its value
        st.session_state.setdefault(key(name), held)


def keep_state() -> None:
    """Last thing of every run: into the session and the link."""
    held = _held()
    for name in held:
        if (given := st.session_state.get(key(name))) is not None:
            held[name] = given
    write_link("runs", _link(held))


def tell_problems() -> None:
    """Warn of what in the link could not be used."""
    for sentence in st.session_state.get("runs.problems", []):
        st.warning(sentence, icon=":material/link_off:")


def _held() -> dict[str, Any]:
    return st.session_state.setdefault("runs.held", dict(_DEFAULTS))


def _link(held: dict[str, Any]) -> dict[str, str]:
    if held["view"] == "import":
        return {"view": "import"}
    if held["view"] == "compare":
        link = {"runs": ",".join(held["compared"])} if held["compared"] else {"view": "compare"}
        return link | {name: held[name] for name in ("number", "x") if held["compared"]}
    link = {"q": held["search"]} if held["search"] else {}
    link |= {name: ",".join(held[name]) for name in _MENUS if held[name]}
    link |= {"sort": held["sort"]} if held["sort"] else {}
    return link | ({"page": str(held["page"])} if held["page"] > 1 else {})


def _read(query: dict[str, str]) -> dict[str, Any]:
    problems: list[str] = []
    values: dict[str, Any] = dict(_DEFAULTS)
    values["search"] = query.get("q", "")[:200]
    for name, menu in _MENUS.items():
        given = [part for part in query.get(name, "").split(",") if part]
        values[name] = [part for part in dict.fromkeys(given) if part in menu]
        if unknown := [part for part in given if part not in menu]:
            problems.append(f"The link filters by {unknown[0]!r:.60}, which is nothing here.")
    values["sort"] = query.get("sort", "")
    if values["sort"] and values["sort"].removeprefix("-") not in COLUMNS:
        problems.append(f"The link sorts by {values['sort']!r:.60}, which is no column here.")
        values["sort"] = ""
    page = query.get("page", "1")
    values["page"] = int(page) if page.isascii() and page.isdigit() and 1 <= len(page) <= 6 and int(page) else 1
    runs = list(dict.fromkeys(part[:40] for part in query.get("runs", "").split(",") if part))
    if len(runs) > MOST_COMPARED:
        problems.append(f"The link names {len(runs)} runs; the first {MOST_COMPARED} are compared.")
    values["compared"] = runs[:MOST_COMPARED]
    values["view"] = "compare" if runs else query.get("view", "list")
    if values["view"] not in VIEWS:
        problems.append(f"The link asks for the view {values['view']!r:.60}, which is not there.")
        values["view"] = "list"
    values["number"] = query.get("number", "val_loss")[:60]  # which there are depends on the runs
    if query.get("x", "epoch") in CLOCKS:
        values["x"] = query.get("x", "epoch")
    else:
        problems.append(f"The link draws over {query['x']!r:.60}; allowed are {', '.join(CLOCKS)}.")
    st.session_state["runs.problems"] = problems
    return values
